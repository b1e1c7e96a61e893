package cloud.welkin.image.work;

import cloud.welkin.image.store.ContentTable.Content;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The files of images under one folder, {@code HOME/images}:
 *
 * <ul>
 *   <li>{@code content/ab/abcdef…}: data by its SHA-512, written once, never changed
 *   <li>{@code incoming/UUID.part}: uploads that are running, locked by whoever writes them
 *   <li>{@code incoming/UUID}: what hosts write for the image with that id
 *   <li>{@code staging/UUID}: staged data of the image with that id
 * </ul>
 *
 * All lie on one file system, so that data finds its place by a hard link: a crash at any instant
 * leaves either the old name, or both, or the new one, and never half a file under {@code content}.
 */
public final class ImageStore {
    private static final Pattern SHA512 = Pattern.compile("[0-9a-f]{128}");
    private static final String PART = ".part";

    private final Path contents;
    private final Path incoming;
    private final Path staging;

    /**
     * This program's own uploads: opening and closing such a file once more would drop its lock
     * (POSIX).
     */
    private final Set<Path> running = ConcurrentHashMap.newKeySet();

    public ImageStore(Path home) {
        contents = home.resolve("content");
        incoming = home.resolve("incoming");
        staging = home.resolve("staging");
        try {
            for (Path folder : List.of(contents, incoming, staging)) {
                Files.createDirectories(folder);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The file of the data with this SHA-512. */
    public Path content(String sha512) {
        if (!SHA512.matcher(sha512).matches()) {
            throw new IllegalArgumentException("not a SHA-512: " + sha512);
        }
        return contents.resolve(sha512.substring(0, 2)).resolve(sha512);
    }

    /** Where a host writes the data of an image. */
    public Path incoming(UUID image) {
        return incoming.resolve(image.toString());
    }

    /** Where staged data of an image waits for its import. */
    public Path staged(UUID image) {
        return staging.resolve(image.toString());
    }

    /** A new file for data that is about to come. */
    public Upload begin() throws IOException {
        UUID id = UUID.randomUUID();
        Path path = incoming.resolve(id + PART);
        FileChannel file =
                FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        running.add(path);
        return new Upload(id, path, file, file.lock(), () -> running.remove(path));
    }

    /**
     * Puts data in its place, durably; the caller holds the lock of its row. The source's own name
     * stays.
     */
    void place(Path source, Content content) throws IOException {
        Path target = content(content.sha512());
        Path folder = folderOf(target);
        if (Files.notExists(folder)) {
            Files.createDirectories(folder);
            sync(contents);
        }
        if (Files.exists(target) && Files.size(target) != content.size()) {
            Files.delete(target);
        }
        // Guests read it, who come no further than a folder that is open to them.
        Files.setPosixFilePermissions(source, PosixFilePermissions.fromString("rw-r--r--"));
        link(source, target);
        sync(folder);
    }

    /** Keeps an upload as the staged data of an image. */
    void stage(Path source, UUID image) throws IOException {
        Files.deleteIfExists(staged(image));
        link(source, staged(image));
        sync(staging);
    }

    /** Removes data; the caller holds the lock of its row. */
    void remove(String sha512) throws IOException {
        Path file = content(sha512);
        if (Files.deleteIfExists(file)) {
            sync(folderOf(file));
        }
    }

    private static void link(Path source, Path target) throws IOException {
        try {
            Files.createLink(target, source);
        } catch (FileAlreadyExistsException e) {
            // The same bytes are there already: their name is their checksum.
        }
    }

    /** The SHA-512 of every file there is. */
    List<String> present() throws IOException {
        List<String> names = new ArrayList<>();
        for (Path folder : list(contents)) {
            for (Path file : list(folder)) {
                if (SHA512.matcher(nameOf(file)).matches()) {
                    names.add(nameOf(file));
                }
            }
        }
        return names;
    }

    /** Whether somebody is writing this upload now, in this program or another. */
    boolean isRunning(UUID upload) throws IOException {
        Path path = incoming.resolve(upload + PART);
        return Files.exists(path) && isLocked(path);
    }

    /** Removes the uploads that nobody writes any more. */
    int removeAbandoned() throws IOException {
        int removed = 0;
        for (Path file : list(incoming)) {
            if (nameOf(file).endsWith(PART) && !isLocked(file)) {
                Files.deleteIfExists(file);
                removed++;
            }
        }
        return removed;
    }

    private boolean isLocked(Path file) throws IOException {
        if (running.contains(file)) {
            return true;
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE);
                FileLock lock = channel.tryLock()) {
            return lock == null;
        } catch (OverlappingFileLockException e) {
            return true;
        } catch (java.nio.file.NoSuchFileException e) {
            return false;
        }
    }

    /** The images for which hosts have written something. */
    List<UUID> incomingImages() throws IOException {
        return ids(incoming);
    }

    List<UUID> stagedImages() throws IOException {
        return ids(staging);
    }

    private static List<UUID> ids(Path folder) throws IOException {
        return list(folder).stream()
                .map(file -> cloud.welkin.kernel.id.Ids.uuid(nameOf(file)))
                .flatMap(Optional::stream)
                .toList();
    }

    private static List<Path> list(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        }
    }

    private static String nameOf(Path file) {
        Path name = file.getFileName();
        return name == null ? "" : name.toString();
    }

    private static Path folderOf(Path file) {
        Path parent = file.getParent();
        return parent == null ? file : parent;
    }

    private static void sync(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
