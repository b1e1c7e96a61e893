package cloud.welkin.host.agent;

import cloud.welkin.host.contained.GuestAccount;
import cloud.welkin.host.libvirt.Connection;
import cloud.welkin.host.libvirt.Domain;
import cloud.welkin.host.libvirt.ErrorCode;
import cloud.welkin.host.libvirt.Job;
import cloud.welkin.host.libvirt.LibvirtException;
import cloud.welkin.kernel.host.HostTask;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;

/**
 * Copies root disks into files of their own. Of a running guest QEMU itself makes the copy: a
 * backup job that holds the disk as it was at the instant of its start, whatever the guest writes
 * meanwhile. No overlay is ever put over the disk, so that nothing is to be merged afterwards.
 *
 * <p>The file appears under its name when it is complete; begun again it starts from the beginning.
 */
final class Snapshots {

    private static final Duration LONGEST = Duration.ofHours(6);
    private static final long LOOK_MILLIS = 50;

    private final HostShape shape;
    private final LibvirtLink libvirt;
    private final GuestWork work;

    Snapshots(HostShape shape, LibvirtLink libvirt, GuestWork work) {
        this.shape = shape;
        this.libvirt = libvirt;
        this.work = work;
    }

    /**
     * @throws Trouble GuestGone, NoSpace, SnapshotFailed …
     * @throws LibvirtException CONNECTION_LOST: to be begun again
     */
    void take(HostTask.Snapshot task) {
        Path target = Path.of(task.target());
        Path partial = target.resolveSibling(target.getFileName() + ".partial");
        try {
            Files.createDirectories(Objects.requireNonNull(target.getParent()));
            GuestAccount self = GuestAccount.owning(Path.of("/proc/self"));
            boolean begun =
                    work.holding(
                            task.guest(),
                            () -> {
                                try {
                                    return begin(task, partial);
                                } catch (IOException failed) {
                                    throw Trouble.of(failed, "snapshot of " + task.guest());
                                }
                            });
            if (begun) {
                await(task.guest());
            }
            // What an image is made from is no guest's any more.
            self.own(partial);
            try (var channel = FileChannel.open(partial, StandardOpenOption.WRITE)) {
                channel.force(true);
            }
            Files.move(partial, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException failed) {
            throw Trouble.of(failed, "snapshot of " + task.guest());
        } catch (LibvirtException failed) {
            if (failed.is(ErrorCode.CONNECTION_LOST) || failed.is(ErrorCode.CLOSED)) {
                throw failed;
            }
            throw Trouble.of(failed, "SnapshotFailed", "The disk could not be copied.");
        }
    }

    /** Whether a copy goes on now; else it is complete. */
    private boolean begin(HostTask.Snapshot task, Path partial) throws IOException {
        Connection connection = libvirt.connection();
        FoundGuest found = GuestLook.at(connection, task.guest(), true);
        if (found.activity() == FoundGuest.Activity.ABSENT) {
            throw new Trouble("GuestGone", "The guest is not there any more.", "no domain");
        }
        String root =
                found.root()
                        .orElseThrow(
                                () ->
                                        new Trouble(
                                                "NoRootDisk",
                                                "The guest has no disk of its own.",
                                                "it boots from a volume"));
        Qcow2 head =
                Qcow2.read(Path.of(root))
                        // The guest's process could write what it likes there, and this program
                        // may read more than that process.
                        .filter(disk -> disk.isComplete(shape.home().resolve("images")))
                        .orElseThrow(() -> new IOException(root + " is not as it was made"));
        if (!found.activity().isActive()) {
            Files.deleteIfExists(partial);
            Program.run(
                    LONGEST,
                    "qemu-img",
                    "convert",
                    "-f",
                    "qcow2",
                    "-O",
                    task.format(),
                    root,
                    partial.toString());
            return false;
        }
        try (Domain domain = connection.find(task.guest()).orElseThrow()) {
            abortEarlier(domain);
            Files.deleteIfExists(partial);
            forGuest(task.format(), head.size(), partial);
            domain.disks().beginBackup(backup(task.format(), partial), true);
        }
        return true;
    }

    /** A file of the disk's size that QEMU, which may make none where images are, can write. */
    private void forGuest(String format, long size, Path partial) throws IOException {
        if (format.equals("qcow2")) {
            Qcow2.create(partial, size);
        } else {
            try (RandomAccessFile file = new RandomAccessFile(partial.toFile(), "rw")) {
                file.setLength(size);
            }
        }
        Files.setPosixFilePermissions(partial, PosixFilePermissions.fromString("rw-------"));
        shape.account().own(partial);
    }

    private static void abortEarlier(Domain domain) {
        if (domain.jobs().running().filter(Snapshots::isBackup).isPresent()) {
            domain.jobs().abort();
            while (domain.jobs().running().filter(Snapshots::isBackup).isPresent()) {
                pause();
            }
        }
    }

    private void await(UUID guest) {
        while (true) {
            try (Domain domain = libvirt.connection().find(guest).orElse(null)) {
                if (domain == null) {
                    throw new Trouble("GuestGone", "The guest is not there any more.", "no domain");
                }
                if (domain.jobs().running().filter(Snapshots::isBackup).isEmpty()) {
                    Optional<Job> last = domain.jobs().completed().filter(Snapshots::isBackup);
                    if (last.filter(job -> job.type() == Job.Type.COMPLETED).isPresent()) {
                        return;
                    }
                    String detail = last.map(Job::error).orElse("the guest stopped meanwhile");
                    throw Trouble.of(new IOException(detail), "snapshot of " + guest);
                }
            }
            pause();
        }
    }

    private static boolean isBackup(Job job) {
        return job.operation() == Job.Operation.BACKUP;
    }

    private static String backup(String format, Path target) {
        return Xml.element("domainbackup")
                .with("mode", "push")
                .add(
                        Xml.element("disks")
                                .add(
                                        Xml.element("disk")
                                                .with("name", Targets.ROOT)
                                                .with("backup", "yes")
                                                .with("type", "file")
                                                .add(Xml.element("driver").with("type", format))
                                                .add(
                                                        Xml.element("target")
                                                                .with("file", target.toString()))))
                .toString();
    }

    private static void pause() {
        try {
            Thread.sleep(LOOK_MILLIS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while a disk was copied", interrupted);
        }
    }
}
