package cloud.welkin.host.volume;

import cloud.welkin.host.contained.GuestAccount;
import cloud.welkin.kernel.host.DesiredVolume;
import cloud.welkin.kernel.host.DesiredVolume.Source;
import cloud.welkin.kernel.host.ObservedGuest.Fault;
import cloud.welkin.kernel.host.ObservedVolume;
import cloud.welkin.kernel.id.Ids;
import cloud.welkin.kernel.work.Together;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Volumes as raw sparse files {@code HOME/volumes/UUID}. A file gets its name when it is complete
 * and durable, so that whatever carries a volume's name is that volume; what a crash leaves is
 * named {@code UUID.part} and removed at the next start. Making a volume as wanted twice changes
 * nothing, and no volume is ever made smaller.
 */
public final class LocalVolumes {
    private static final Logger log = LoggerFactory.getLogger(LocalVolumes.class);
    private static final String PART = ".part";
    private static final long GIB = 1L << 30;
    private static final int COPIES = 4;

    private final Path folder;
    private final GuestAccount account;
    private final Function<String, Path> images;
    private final Together<Boolean> names = new Together<>(all -> syncFolder());

    /** Copies load the disk: few at a time, while those who only need a name go on. */
    private final Semaphore copies = new Semaphore(COPIES);

    /**
     * @param folder {@code HOME/volumes}
     * @param account that guests, to which the files are attached, run as
     * @param images the file of an image's data by its SHA-512
     */
    public LocalVolumes(Path folder, GuestAccount account, Function<String, Path> images) {
        this.folder = folder;
        this.account = account;
        this.images = images;
        try {
            account.gate(folder);
            account.ownAllIn(folder);
            for (Path file : list()) {
                if (nameOf(file).endsWith(PART)) {
                    Files.delete(file);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where guests find the volume. */
    public Path path(UUID id) {
        return folder.resolve(id.toString());
    }

    /** The ids of all volumes that are here, wanted or not. */
    public List<UUID> present() {
        try {
            return list().stream()
                    .map(file -> Ids.uuid(nameOf(file)))
                    .flatMap(Optional::stream)
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Makes the volume as wanted and tells what is there now; never throws for what a volume can
     * suffer.
     */
    public ObservedVolume converge(DesiredVolume wanted) {
        try {
            if (!wanted.present()) {
                remove(wanted.id());
            } else if (Files.exists(path(wanted.id()))) {
                grow(wanted);
            } else if (wanted.generation() > 1) {
                // Only the first intent makes a volume; a later one finds it or has lost it, and an
                // empty disk in
                // its place would be worse than none.
                return report(
                        wanted,
                        new Fault(
                                "VolumeMissing",
                                "The volume's data is missing.",
                                "no file",
                                false));
            } else {
                make(wanted);
            }
            return report(wanted, Optional.empty());
        } catch (Broken e) {
            log.warn("volume {}: {} ({})", wanted.id(), e.fault.message(), e.fault.detail());
            return report(wanted, e.fault);
        } catch (IOException e) {
            Fault fault = faultOf(e);
            log.warn("volume {}: {}", wanted.id(), fault.detail());
            return report(wanted, fault);
        }
    }

    /** Removes what is here and is not among these: what a lost row or an old crash has left. */
    public List<UUID> removeOthers(Set<UUID> wanted) {
        List<UUID> others = present().stream().filter(id -> !wanted.contains(id)).toList();
        for (UUID id : others) {
            try {
                log.warn("removing {}, which belongs to no volume", path(id));
                remove(id);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return others;
    }

    private ObservedVolume report(DesiredVolume wanted, Fault fault) {
        return report(wanted, Optional.of(fault));
    }

    private ObservedVolume report(DesiredVolume wanted, Optional<Fault> fault) {
        Path path = path(wanted.id());
        return new ObservedVolume(
                wanted.id(),
                wanted.generation(),
                Files.exists(path) ? Optional.of(path.toString()) : Optional.empty(),
                fault);
    }

    private void make(DesiredVolume wanted) throws IOException {
        Path part = folder.resolve(wanted.id() + PART);
        long size = wanted.sizeGib() * GIB;
        try {
            Files.deleteIfExists(part);
            Files.createFile(
                    part,
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rw-------")));
            if (wanted.source().isPresent()) {
                copies.acquireUninterruptibly();
                try {
                    fill(wanted.source().get(), part, size);
                } finally {
                    copies.release();
                }
            }
            try (RandomAccessFile file = new RandomAccessFile(part.toFile(), "rw")) {
                if (file.length() > size) {
                    throw new Broken(
                            "VolumeTooSmall",
                            "The data is larger than the volume.",
                            file.length() + " bytes",
                            false);
                }
                file.setLength(size);
                file.getFD().sync();
            }
            account.own(part);
            Files.move(part, path(wanted.id()), StandardCopyOption.ATOMIC_MOVE);
            sync();
        } finally {
            Files.deleteIfExists(part);
        }
    }

    private void fill(Source source, Path part, long size) throws IOException {
        switch (source) {
            case Source.Image(String content, String format) ->
                    fill(images.apply(content), format, part, size);
            case Source.Volume(UUID id) -> copy(path(id), part, size);
            case Source.Snapshot(UUID id) -> copy(path(id), part, size);
        }
    }

    /**
     * From an image. The format is the one that was found at the upload; nothing is ever probed.
     */
    private static void fill(Path image, String format, Path part, long size) throws IOException {
        if (!Files.exists(image)) {
            throw new Broken(
                    "ImageMissing", "The image's data is not here.", image.toString(), false);
        }
        Optional<String> driver = driver(format);
        if (driver.isEmpty()) {
            copy(image, part, size);
            return;
        }
        // -n writes into the file that is there: it must have the disk's size before.
        try (RandomAccessFile file = new RandomAccessFile(part.toFile(), "rw")) {
            file.setLength(size);
        }
        if (Confined.mayChangeUser()) {
            Files.setAttribute(part, "unix:uid", 65534);
        }
        Confined.Outcome outcome =
                Confined.run(
                        List.of(
                                "qemu-img",
                                "convert",
                                "-n",
                                "--target-is-zero",
                                "-f",
                                driver.get(),
                                "-O",
                                "raw",
                                "/proc/self/fd/0",
                                "/proc/self/fd/1"),
                        image,
                        part,
                        size);
        if (outcome.code() != 0) {
            throw isFull(outcome.errors())
                    ? noSpace(outcome.errors())
                    : new Broken(
                            "ImageCorrupt",
                            "The image's data could not be read as " + format + ".",
                            outcome.errors(),
                            false);
        }
    }

    /**
     * QEMU's name of a format that has to be converted; empty for data that is the disk already.
     */
    private static Optional<String> driver(String format) {
        return switch (format) {
            case "qcow2", "vmdk", "vdi", "vhdx" -> Optional.of(format);
            case "vhd" -> Optional.of("vpc");
            case "ploop" -> Optional.of("parallels");
            default -> Optional.empty();
        };
    }

    /** Shares the blocks where the file system can (XFS, btrfs), else copies what is not a hole. */
    private static void copy(Path from, Path part, long size) throws IOException {
        if (!Files.exists(from)) {
            throw new Broken(
                    "SourceMissing",
                    "What the volume is made from is not here.",
                    from.toString(),
                    false);
        }
        if (Files.size(from) > size) {
            throw new Broken(
                    "VolumeTooSmall",
                    "The data is larger than the volume.",
                    Files.size(from) + " bytes",
                    false);
        }
        Process process =
                new ProcessBuilder(
                                "cp",
                                "--reflink=auto",
                                "--sparse=always",
                                "--",
                                from.toString(),
                                part.toString())
                        .redirectErrorStream(true)
                        .start();
        try (var output = process.getInputStream()) {
            String errors =
                    new String(output.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw isFull(errors)
                        ? noSpace(errors)
                        : new Broken("CopyFailed", "The volume could not be copied.", errors, true);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } finally {
            process.destroyForcibly();
        }
    }

    private void grow(DesiredVolume wanted) throws IOException {
        long size = wanted.sizeGib() * GIB;
        if (Files.size(path(wanted.id())) < size) {
            try (RandomAccessFile file = new RandomAccessFile(path(wanted.id()).toFile(), "rw")) {
                file.setLength(size);
                file.getFD().sync();
            }
        }
    }

    private void remove(UUID id) throws IOException {
        if (Files.deleteIfExists(path(id))) {
            sync();
        }
    }

    /** Names are durable after this; those who ask at the same time share one write. */
    private void sync() throws IOException {
        try {
            names.take(true);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private void syncFolder() {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<Path> list() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        } catch (NoSuchFileException e) {
            return List.of();
        }
    }

    private static String nameOf(Path file) {
        Path name = file.getFileName();
        return name == null ? "" : name.toString();
    }

    private static boolean isFull(String errors) {
        return errors.contains("No space left") || errors.contains("Disk quota exceeded");
    }

    private static Broken noSpace(String detail) {
        return new Broken("NoSpace", "There is not enough space for the volume.", detail, false);
    }

    private static Fault faultOf(IOException e) {
        String detail = String.valueOf(e.getMessage());
        return isFull(detail)
                ? noSpace(detail).fault
                : new Fault("StorageError", "The host's storage failed.", detail, true);
    }

    /** A failure with a name. */
    private static final class Broken extends IOException {
        private static final long serialVersionUID = 1;
        private final transient Fault fault;

        Broken(String code, String message, String detail, boolean retries) {
            super(message);
            this.fault = new Fault(code, message, detail, retries);
        }
    }
}
