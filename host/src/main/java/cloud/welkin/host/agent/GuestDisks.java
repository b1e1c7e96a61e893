package cloud.welkin.host.agent;

import cloud.welkin.kernel.host.DesiredGuest;
import cloud.welkin.kernel.host.DesiredGuest.RootDisk;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.UUID;

/**
 * A guest's files in {@code HOME/guests/ID}: root disk, local disks, config drive. A file that is
 * there under its name is complete: each is written under another name and then renamed.
 */
final class GuestDisks {

    private static final long GIB = 1L << 30;
    private static final String PARTIAL = ".partial";

    private final HostShape shape;

    GuestDisks(HostShape shape) {
        this.shape = shape;
    }

    /**
     * Hands over what is there already, whoever the guests of an earlier program ran as, and closes
     * it to all others.
     */
    void handOver() {
        Path all = GuestFolder.all(shape.home());
        try {
            shape.account().gate(all);
            try (var folders = Files.list(all)) {
                for (Path folder : folders.filter(Files::isDirectory).toList()) {
                    shape.account().own(folder);
                    shape.account().ownAllIn(folder);
                }
            }
        } catch (IOException failed) {
            throw Trouble.of(failed, "the folder of all guests");
        }
    }

    private interface Making {
        void make(Path file) throws IOException;
    }

    /**
     * Makes what is missing; what is there stays.
     *
     * @throws Trouble NoSpace, ImageMissing, ImageCorrupt, ImageTooLarge …
     */
    void prepare(DesiredGuest guest) {
        GuestFolder folder = shape.folder(guest.id());
        try {
            Files.createDirectories(folder.path());
            // Its own: it makes its screen's socket there.
            shape.account().own(folder.path());
            Files.setPosixFilePermissions(
                    folder.path(), PosixFilePermissions.fromString("rwx------"));
            if (guest.root() instanceof RootDisk.FromImage image) {
                make(folder.root(guest.rebuilds()), file -> root(file, image));
            }
            for (int i = 0; i < guest.localDisks().size(); i++) {
                var disk = guest.localDisks().get(i);
                make(folder.local(i), file -> LocalDisks.create(file, disk));
            }
            if (guest.configDrive()) {
                make(
                        folder.configDrive(guest.rebuilds()),
                        file -> ConfigDrive.create(file, guest.metadata()));
            }
        } catch (IOException failed) {
            throw Trouble.of(failed, "the disks of " + guest.id());
        }
    }

    /** Drops what earlier rebuilds have left, once nothing uses it. */
    void forgetEarlierBuilds(DesiredGuest guest) {
        GuestFolder folder = shape.folder(guest.id());
        for (long old = guest.rebuilds() - 1; old >= 0; old--) {
            deleteQuietly(folder.configDrive(old));
            if (!Files.exists(folder.root(old))) {
                return;
            }
            deleteQuietly(folder.root(old));
        }
    }

    boolean exist(UUID guest) {
        return Files.exists(shape.folder(guest).path());
    }

    /** Removes all that the guest has on disk. */
    void remove(UUID guest) {
        deleteQuietly(shape.folder(guest).path());
    }

    private void root(Path file, RootDisk.FromImage image) throws IOException {
        Path base = shape.images().apply(image.content());
        long smallest = virtualSize(base, image);
        long size =
                Math.max(
                        Math.multiplyExact(image.sizeGib(), GIB),
                        image.sizeGib() == 0 ? smallest : 0);
        if (size < smallest) {
            throw new Trouble(
                    "ImageTooLarge",
                    "The image is larger than the flavor's disk.",
                    "%s has %d bytes, the disk %d".formatted(base, smallest, size));
        }
        // QEMU refuses sizes that are no multiple of a sector.
        Qcow2.create(file, (size + 511) / 512 * 512, base, image.format());
    }

    private static long virtualSize(Path base, RootDisk.FromImage image) throws IOException {
        try {
            if (!image.format().equals("qcow2")) {
                return Files.size(base);
            }
            Qcow2 head =
                    Qcow2.read(base)
                            .filter(found -> !found.namesOtherFiles())
                            .orElseThrow(
                                    () ->
                                            new Trouble(
                                                    "ImageCorrupt",
                                                    "The image is damaged.",
                                                    base + " is not a qcow2 image of its own"));
            return head.size();
        } catch (NoSuchFileException missing) {
            throw new Trouble(
                    "ImageMissing", "The image is not there any more.", base + " does not exist");
        }
    }

    private void make(Path file, Making making) throws IOException {
        if (Files.exists(file)) {
            return;
        }
        Path partial = file.resolveSibling(file.getFileName() + PARTIAL);
        try {
            making.make(partial);
            try (var channel = FileChannel.open(partial, StandardOpenOption.WRITE)) {
                channel.force(true);
            }
            shape.account().own(partial);
            Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException | RuntimeException failed) {
            deleteQuietly(partial);
            throw failed;
        }
    }

    private static void deleteQuietly(Path path) {
        try {
            delete(path);
        } catch (IOException failed) {
            throw Trouble.of(failed, "removal of " + path);
        }
    }

    /** Removes a file or a folder with all that is in it. */
    static void delete(Path path) throws IOException {
        if (!Files.exists(path)) {
            return;
        }
        try (var all = Files.walk(path)) {
            for (var each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(each);
            }
        }
    }
}
