package cloud.welkin.object.engine;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Small bodies packed into segments, larger ones files of their own ({@link FileEngine}). A segment
 * is only ever appended to, by one thread that forces what all writers brought meanwhile by one
 * flush ({@link SegmentWriter}): a million small bodies cost neither a file nor a folder's entry
 * each, and sixteen writers pay for one flush.
 *
 * <p>Where a body lies stands in its locator, and nowhere else: a segment needs no index and no
 * repair. What no row names is dead; {@link #sweep} gives its blocks back to the file system by
 * holes in the segment, and removes segments that nothing is alive in.
 */
public final class PackedEngine implements ObjectEngine {
    /** The largest body that is packed. */
    static final int LARGEST_PACKED = 65_536;

    private static final Logger log = LoggerFactory.getLogger(PackedEngine.class);
    private static final String SEGMENT = ".segment";
    private static final int MOST_OPEN = 512;
    private static final int ATTEMPTS = 10;

    private final FileEngine files;
    private final Path segments;
    private final SegmentWriter writer;
    private final Clock clock;
    private final HolePunch holes = new HolePunch();
    private final ConcurrentMap<Long, FileChannel> open = new ConcurrentHashMap<>();

    /**
     * Opens the folder, makes it at the first time.
     *
     * @throws IllegalStateException when another process has it open
     */
    public PackedEngine(Path folder, Clock clock) {
        this.files = new FileEngine(folder, clock);
        this.clock = clock;
        this.segments = folder.resolve("segments");
        try {
            Files.createDirectories(segments);
            Folders.force(folder);
            // What a crash left at the end of the last segment is never written over.
            long next = numbers().stream().mapToLong(it -> it).max().orElse(0) + 1;
            writer = new SegmentWriter(segments, next);
        } catch (IOException e) {
            files.close();
            throw new UncheckedIOException(e);
        }
    }

    private List<Long> numbers() throws IOException {
        try (Stream<Path> all = Files.list(segments)) {
            return all.map(it -> String.valueOf(it.getFileName()))
                    .filter(it -> it.matches("\\d{1,18}\\" + SEGMENT))
                    .map(it -> Long.parseLong(it.substring(0, it.length() - SEGMENT.length())))
                    .sorted()
                    .toList();
        }
    }

    static Path file(Path segments, long number) {
        return segments.resolve(number + SEGMENT);
    }

    @Override
    public BodyWriter begin(OptionalLong length) {
        if (length.isPresent() && length.getAsLong() > LARGEST_PACKED) {
            return files.begin(length);
        }
        if (space().free() < LARGEST_PACKED) {
            throw new EngineFailure(
                    EngineFailure.Kind.FULL, "no space for another body on " + segments);
        }
        return new Small(length);
    }

    /** A body that is held until it is whole, or too large to be packed. */
    private final class Small implements BodyWriter {
        private final OptionalLong length;
        private final ByteArrayOutputStream held;
        private Optional<BodyWriter> large = Optional.empty();

        Small(OptionalLong length) {
            this.length = length;
            this.held = new ByteArrayOutputStream((int) length.orElse(1024));
        }

        @Override
        public void write(byte[] bytes, int from, int count) {
            if (large.isEmpty() && held.size() + count > LARGEST_PACKED) {
                BodyWriter own = files.begin(length.isPresent() ? OptionalLong.empty() : length);
                large = Optional.of(own);
                own.write(held.toByteArray(), 0, held.size());
            }
            if (large.isPresent()) {
                large.get().write(bytes, from, count);
            } else {
                held.write(bytes, from, count);
            }
        }

        @Override
        public Locator commit() {
            return large.isPresent()
                    ? large.get().commit()
                    : writer.append(held.toByteArray()).locator();
        }

        @Override
        public void close() {
            large.ifPresent(BodyWriter::close);
        }
    }

    @Override
    public InputStream read(Locator locator, long from, long length) {
        Optional<Packed> packed = Packed.of(locator);
        if (packed.isEmpty()) {
            return files.read(locator, from, length);
        }
        byte[] body = body(packed.get());
        int begin = (int) Math.min(from, body.length);
        return new ByteArrayInputStream(
                body, begin, (int) Math.min(length, (long) body.length - begin));
    }

    private byte[] body(Packed place) {
        for (int attempt = 1; ; attempt++) {
            try {
                return body(place, channel(place.segment()));
            } catch (ClosedChannelException e) {
                // Another reader made room for more channels, or was interrupted in this one.
                if (attempt == ATTEMPTS || Thread.currentThread().isInterrupted()) {
                    throw FileBody.failure(e);
                }
            } catch (NoSuchFileException e) {
                throw new EngineFailure(
                        EngineFailure.Kind.MISSING, "no body " + place.locator(), e);
            } catch (IOException e) {
                throw FileBody.failure(e);
            }
        }
    }

    private static byte[] body(Packed place, FileChannel channel) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(place.stored());
        while (bytes.hasRemaining()) {
            if (channel.read(bytes, place.offset() + bytes.position()) < 0) {
                throw rotten(place, "is cut short");
            }
        }
        if (place.checksum(bytes.array()) != bytes.getInt(place.length())) {
            throw rotten(place, "does not match its checksum");
        }
        return Arrays.copyOf(bytes.array(), place.length());
    }

    private static EngineFailure rotten(Packed place, String how) {
        return new EngineFailure(EngineFailure.Kind.ROTTEN, place.locator() + " " + how);
    }

    private FileChannel channel(long number) throws IOException {
        FileChannel channel = open.get(number);
        if (channel != null && channel.isOpen()) {
            return channel;
        }
        if (open.size() >= MOST_OPEN) {
            closeAll();
        }
        FileChannel fresh = FileChannel.open(file(segments, number), StandardOpenOption.READ);
        FileChannel other = open.put(number, fresh);
        if (other != null) {
            other.close();
        }
        return fresh;
    }

    private void closeAll() throws IOException {
        for (Long number : List.copyOf(open.keySet())) {
            FileChannel channel = open.remove(number);
            if (channel != null) {
                channel.close();
            }
        }
    }

    /** A packed body is dead as soon as no row names it: the sweep gives its space back. */
    @Override
    public void forget(Locator locator) {
        if (Packed.of(locator).isEmpty()) {
            files.forget(locator);
        }
    }

    @Override
    public void list(Consumer<Stored> each) {
        files.list(each);
    }

    @Override
    public Swept sweep(LiveBodies live, long grace) {
        Swept swept = files.sweep(live, grace);
        try {
            List<Long> old = new ArrayList<>();
            for (long number : numbers()) {
                long age =
                        clock.millis()
                                - Files.getLastModifiedTime(file(segments, number)).toMillis();
                if (number < writer.active() && age > grace) {
                    old.add(number);
                }
            }
            if (old.isEmpty()) {
                return swept;
            }
            // After the segments were chosen: whatever has a row in them has it by now.
            Map<Long, List<Packed>> alive = new HashMap<>();
            live.beginningWith(
                    Packed.BEGINNING,
                    locator ->
                            Packed.of(new Locator(locator))
                                    .ifPresent(
                                            it ->
                                                    alive.computeIfAbsent(
                                                                    it.segment(),
                                                                    key -> new ArrayList<>())
                                                            .add(it)));
            for (long number : old) {
                swept = swept.and(sweep(number, alive.getOrDefault(number, List.of())));
            }
            return swept;
        } catch (IOException e) {
            throw FileBody.failure(e);
        }
    }

    private Swept sweep(long number, List<Packed> alive) throws IOException {
        Path file = file(segments, number);
        if (!alive.isEmpty()) {
            return new Swept(0, holes.punchBetween(file, alive));
        }
        long size = Files.size(file);
        Files.deleteIfExists(file);
        FileChannel channel = open.remove(number);
        if (channel != null) {
            channel.close();
        }
        Folders.force(segments);
        log.info("segment {} had nothing alive in it and is gone", number);
        return new Swept(1, size);
    }

    @Override
    public Space space() {
        return files.space();
    }

    @Override
    public void close() {
        writer.close();
        try {
            closeAll();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            files.close();
        }
    }
}
