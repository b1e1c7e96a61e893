package cloud.welkin.object.engine;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Bodies as files of one folder, each a sequence of {@link Chunk}s. A body is written into {@code
 * incoming}, forced, moved to {@code bodies/ab/cd/<id>}, and acknowledged after that folder was
 * forced: whatever power loss leaves, a file under {@code bodies} is whole. What is in {@code
 * incoming} at the start was never acknowledged and goes.
 *
 * <p>The folder belongs to one process at a time, which holds the lock on {@code lock}.
 */
public final class FileEngine implements ObjectEngine {
    private static final Logger log = LoggerFactory.getLogger(FileEngine.class);

    private final Path incoming;
    private final Path bodies;
    private final Set<Path> forced = ConcurrentHashMap.newKeySet();
    private final FileChannel lockFile;
    private final Clock clock;

    /**
     * Opens the folder, makes it at the first time.
     *
     * @throws IllegalStateException when another process has it open
     */
    public FileEngine(Path folder, Clock clock) {
        this.clock = clock;
        this.incoming = folder.resolve("incoming");
        this.bodies = folder.resolve("bodies");
        try {
            Files.createDirectories(bodies);
            Files.createDirectories(incoming);
            Folders.force(folder);
            lockFile = locked(folder.resolve("lock"));
            removeLeftovers();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static FileChannel locked(Path file) throws IOException {
        FileChannel channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            FileLock lock = channel.tryLock();
            if (lock != null) {
                return channel;
            }
        } catch (OverlappingFileLockException e) {
            // This very process: said below.
        }
        channel.close();
        throw new IllegalStateException(
                "the folder of objects " + file.getParent() + " is in use by another process");
    }

    private void removeLeftovers() throws IOException {
        try (Stream<Path> left = Files.list(incoming)) {
            for (Path file : left.toList()) {
                Files.deleteIfExists(file);
            }
        }
    }

    @Override
    public BodyWriter begin(OptionalLong length) {
        if (length.isPresent() && length.getAsLong() > space().free()) {
            throw new EngineFailure(
                    EngineFailure.Kind.FULL,
                    length.getAsLong() + " bytes do not fit on " + bodies.getParent());
        }
        String id = UUID.randomUUID().toString();
        return new FileBody(incoming.resolve(id), written -> settle(id, written));
    }

    /** Moves a forced file to its place and makes that last. */
    private Locator settle(String id, long length) throws IOException {
        Path folder = make(make(bodies, id.substring(0, 2)), id.substring(2, 4));
        Files.move(incoming.resolve(id), folder.resolve(id), StandardCopyOption.ATOMIC_MOVE);
        Folders.force(folder);
        return new Locator(length + "/" + id);
    }

    private Path make(Path upper, String name) throws IOException {
        Path folder = upper.resolve(name);
        if (!Files.isDirectory(folder)) {
            try {
                Files.createDirectory(folder);
            } catch (FileAlreadyExistsException e) {
                log.trace("{} was made by another body at the same moment", folder);
            }
        }
        if (!forced.contains(folder)) {
            // Also when somebody else made it, who may not have come to this yet.
            Folders.force(upper);
            forced.add(folder);
        }
        return folder;
    }

    @Override
    public InputStream read(Locator locator, long from, long length) {
        Named body = Named.of(locator);
        try {
            FileChannel channel = FileChannel.open(place(body.id()), StandardOpenOption.READ);
            return new FileBodyReader(channel, locator, body.length(), from, length);
        } catch (NoSuchFileException e) {
            throw new EngineFailure(EngineFailure.Kind.MISSING, "no body " + locator, e);
        } catch (IOException e) {
            throw FileBody.failure(e);
        }
    }

    @Override
    public void forget(Locator locator) {
        try {
            Files.deleteIfExists(place(Named.of(locator).id()));
        } catch (IOException e) {
            throw FileBody.failure(e);
        }
    }

    @Override
    public void list(Consumer<Stored> each) {
        try (Stream<Path> files = Files.walk(bodies, 3)) {
            files.filter(Files::isRegularFile).forEach(file -> stored(file, each));
        } catch (IOException e) {
            throw FileBody.failure(e);
        }
    }

    private void stored(Path file, Consumer<Stored> each) {
        try {
            long length = Chunk.bodyLength(Files.size(file));
            long age = clock.millis() - Files.getLastModifiedTime(file).toMillis();
            each.accept(new Stored(new Locator(length + "/" + file.getFileName()), length, age));
        } catch (NoSuchFileException e) {
            log.debug("{} was forgotten meanwhile", file);
        } catch (IOException e) {
            throw FileBody.failure(e);
        }
    }

    @Override
    public Space space() {
        try {
            var store = Files.getFileStore(bodies);
            return new Space(store.getUsableSpace(), store.getTotalSpace());
        } catch (IOException e) {
            throw FileBody.failure(e);
        }
    }

    @Override
    public Swept sweep(LiveBodies live, long grace) {
        // Listed first: what is committed after that is not among them, and what was committed
        // before has its row by now, or is younger than the grace, or will never have one.
        List<Stored> old = new ArrayList<>();
        list(
                body -> {
                    if (body.age() > grace) {
                        old.add(body);
                    }
                });
        if (old.isEmpty()) {
            return new Swept(0, 0);
        }
        Set<String> named = new HashSet<>();
        live.beginningWith("", named::add);
        long files = 0;
        long bytes = 0;
        for (Stored body : old) {
            if (!named.contains(body.locator().text())) {
                log.info("{} belongs to no object and is gone", body.locator());
                forget(body.locator());
                files++;
                bytes += body.bytes();
            }
        }
        return new Swept(files, bytes);
    }

    private Path place(String id) {
        return bodies.resolve(id.substring(0, 2)).resolve(id.substring(2, 4)).resolve(id);
    }

    @Override
    public void close() {
        try {
            lockFile.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A locator taken apart; one that is not of this engine is a missing body, never a path. */
    private record Named(long length, String id) {
        static Named of(Locator locator) {
            String text = locator.text();
            int slash = text.indexOf('/');
            try {
                return new Named(
                        Long.parseLong(text.substring(0, Math.max(0, slash))),
                        UUID.fromString(text.substring(slash + 1)).toString());
            } catch (IllegalArgumentException e) {
                throw new EngineFailure(
                        EngineFailure.Kind.MISSING, "not a body of this engine: " + text, e);
            }
        }
    }
}
