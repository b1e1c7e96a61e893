package cloud.welkin.host.libvirt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import cloud.welkin.testing.Eventually;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The binding against a real libvirtd with QEMU, contained in namespaces; guests are bare firmware.
 */
@Tag("engine")
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class QemuTest {

    @TempDir static Path directory;
    private static ContainedLibvirtd daemon;

    private Connection connection;
    private Domain domain;
    private final BlockingQueue<LibvirtEvent> events = new LinkedBlockingQueue<>();

    @BeforeAll
    static void startDaemon() throws Exception {
        daemon = new ContainedLibvirtd(directory);
    }

    @AfterAll
    static void stopDaemon() throws Exception {
        daemon.close();
    }

    @BeforeEach
    void define() throws Exception {
        connection = Connection.open(daemon.uri());
        connection.subscribe(events::add);
        domain = connection.define(guest(daemon.disk("vda.qcow2")));
    }

    @AfterEach
    void remove() {
        try (Connection fresh = Connection.open(daemon.uri());
                Domain left = fresh.find("firmware").orElseThrow()) {
            if (left.state().isActive()) {
                left.destroy();
            }
            left.undefine(
                    Set.of(
                            UndefineFlag.MANAGED_SAVE,
                            UndefineFlag.NVRAM,
                            UndefineFlag.SNAPSHOTS_METADATA,
                            UndefineFlag.CHECKPOINTS_METADATA));
        }
        connection.close();
    }

    @Test
    void aGuestStartsPausedRunsAndIsSaved() {
        domain.startPaused();
        assertThat(domain.state()).isInstanceOf(DomainState.Paused.class);
        domain.resume();
        assertThat(domain.state())
                .isEqualTo(new DomainState.Running(DomainState.RunningReason.UNPAUSED));
        domain.managedSave();
        assertThat(domain.hasManagedSave()).isTrue();
        assertThat(domain.jobs().completed()).isPresent();
        domain.start();
        assertThat(domain.state())
                .isEqualTo(new DomainState.Running(DomainState.RunningReason.RESTORED));
        domain.managedSave();
        domain.removeManagedSave();
        assertThat(domain.hasManagedSave()).isFalse();
        assertThat(domain.state())
                .isEqualTo(new DomainState.ShutOff(DomainState.ShutOffReason.SAVED));
    }

    @Test
    void aDiskIsPluggedAndItsRemovalIsAnEvent() throws Exception {
        domain.start();
        String disk = scsiDisk(daemon.disk("sda.qcow2"));
        domain.devices().attach(disk, Scope.LIVE_AND_CONFIG);
        assertThat(domain.liveXml()).contains("sda.qcow2");
        assertThat(domain.definitionXml()).contains("sda.qcow2");
        domain.devices().detach(disk, Scope.LIVE_AND_CONFIG);
        DomainEvent.DeviceRemoved removed =
                (DomainEvent.DeviceRemoved) await(DomainEvent.DeviceRemoved.class::isInstance);
        assertThat(removed.alias()).isEqualTo("ua-data");
        assertThat(domain.liveXml()).doesNotContain("sda.qcow2");
        assertThatThrownBy(() -> domain.devices().detach(disk, Scope.LIVE))
                .asInstanceOf(type(LibvirtException.class))
                .extracting(LibvirtException::code)
                .isEqualTo(ErrorCode.DEVICE_MISSING);
    }

    @Test
    void statisticsOfDiskMemoryAndAllDomains() {
        domain.start();
        assertThat(domain.disks().statistics("vda").readRequests()).isNotNegative();
        assertThat(domain.disks().info("vda").capacity()).isEqualTo(64L << 20);
        assertThat(domain.memoryStatistics().value(MemoryStatistics.Tag.RSS)).isPresent();
        List<DomainStatistics> all = connection.statistics(Set.of(DomainStatistics.Group.values()));
        assertThat(all).hasSize(1);
        DomainStatistics one = all.getFirst();
        assertThat(one.uuid()).isEqualTo(domain.uuid());
        assertThat(one.state()).isEqualTo(domain.state());
        assertThat(one.cpu().total()).isPositive();
        assertThat(one.vcpus()).hasSize(1);
        assertThat(one.disks()).singleElement().extracting("target").isEqualTo("vda");
        assertThat(one.balloon().maximum()).isEqualTo(64 << 10);
    }

    @Test
    void aDiskIsResizedCopiedAndPivoted() throws Exception {
        domain.start();
        domain.disks().resize("vda", 96L << 20);
        assertThat(domain.disks().info("vda").capacity()).isEqualTo(96L << 20);
        Path copy = directory.resolve("disks/copy.qcow2");
        domain.disks()
                .copy(
                        "vda",
                        "<disk type='file'><driver type='qcow2'/><source file='%s'/></disk>"
                                .formatted(copy),
                        List.of(),
                        Set.of(DiskFlags.Copy.TRANSIENT_JOB));
        await(blockJob(DomainEvent.BlockJobStatus.READY));
        assertThat(domain.disks().job("vda"))
                .hasValueSatisfying(job -> assertThat(job.type()).isEqualTo(BlockJob.Type.COPY));
        domain.disks().abortJob("vda", Set.of(DiskFlags.JobAbort.PIVOT));
        await(blockJob(DomainEvent.BlockJobStatus.COMPLETED));
        assertThat(domain.disks().job("vda")).isEmpty();
        assertThat(domain.liveXml()).contains("copy.qcow2");
    }

    @Test
    void anOverlayIsTakenAndCommittedBack() {
        domain.start();
        Path base = directory.resolve("disks/vda.qcow2");
        Path overlay = directory.resolve("disks/overlay.qcow2");
        domain.disks()
                .snapshot(
                        """
                        <domainsnapshot><disks><disk name='vda' snapshot='external'>
                          <source file='%s'/></disk></disks></domainsnapshot>
                        """
                                .formatted(overlay),
                        Set.of(
                                DiskFlags.Snapshot.DISK_ONLY,
                                DiskFlags.Snapshot.NO_METADATA,
                                DiskFlags.Snapshot.ATOMIC));
        assertThat(domain.liveXml()).contains("overlay.qcow2");
        domain.disks()
                .commit(
                        "vda",
                        base.toString(),
                        overlay.toString(),
                        0,
                        Set.of(DiskFlags.Commit.ACTIVE));
        await(blockJob(DomainEvent.BlockJobStatus.READY));
        domain.disks().abortJob("vda", Set.of(DiskFlags.JobAbort.PIVOT));
        await(blockJob(DomainEvent.BlockJobStatus.COMPLETED));
        assertThat(domain.liveXml()).doesNotContain("overlay.qcow2");
    }

    @Test
    void aBackupRunsAsAJobAndIsAborted() {
        domain.start();
        domain.disks()
                .beginBackup(
                        """
                        <domainbackup mode='pull'><server transport='unix' socket='%s'/>
                          <disks><disk name='vda' type='file'><scratch file='%s'/></disk></disks>
                        </domainbackup>
                        """
                                .formatted(
                                        directory.resolve("nbd.sock"),
                                        directory.resolve("disks/scratch.qcow2")),
                        "<domaincheckpoint><name>c1</name></domaincheckpoint>",
                        false);
        assertThat(domain.disks().backupXml()).contains("nbd.sock");
        assertThat(domain.jobs().running())
                .hasValueSatisfying(
                        job -> assertThat(job.operation()).isEqualTo(Job.Operation.BACKUP));
        domain.jobs().abort();
        // A backup is only asked to end.
        Eventually.holds("no job runs", () -> domain.jobs().running().isEmpty());
    }

    @Test
    void theConsoleShowsTheFirmwareAndEndsWhenItIsClosed() throws Exception {
        domain.startPaused();
        try (ConsoleStream console = domain.console().open()) {
            domain.resume();
            StringBuilder seen = new StringBuilder();
            byte[] buffer = new byte[4096];
            while (seen.indexOf("SeaBIOS") < 0) {
                int read = console.read(buffer, 0, buffer.length);
                assertThat(read).isPositive();
                seen.append(new String(buffer, 0, read, StandardCharsets.ISO_8859_1));
            }
            console.write(new byte[] {'\r'}, 0, 1);
        }
        ConsoleStream console = domain.console().open();
        Thread closer = Thread.ofVirtual().start(console::close);
        byte[] buffer = new byte[4096];
        while (console.read(buffer, 0, buffer.length) > 0) {
            assertThat(console).isNotNull(); // what is left of the firmware's output
        }
        closer.join();
    }

    @Test
    void theScreenIsSeen() {
        domain.start();
        Screenshot screenshot = domain.console().screenshot(0);
        assertThat(screenshot.mimeType()).startsWith("image/");
        assertThat(screenshot.image().length).isGreaterThan(1000);
    }

    @Test
    void theMonitorAnswersAndTheAgentDoesNot() {
        domain.start();
        assertThat(domain.monitorCommand("{\"execute\":\"query-status\"}")).contains("running");
        assertThatThrownBy(
                        () ->
                                domain.agent()
                                        .command(
                                                "{\"execute\":\"guest-ping\"}",
                                                Duration.ofSeconds(1)))
                .asInstanceOf(type(LibvirtException.class))
                .extracting(LibvirtException::code)
                .isEqualTo(ErrorCode.AGENT_UNRESPONSIVE);
        assertThatThrownBy(() -> domain.agent().freeze())
                .asInstanceOf(type(LibvirtException.class))
                .extracting(LibvirtException::code)
                .isEqualTo(ErrorCode.AGENT_UNRESPONSIVE);
        domain.reset();
        domain.injectNmi();
        domain.destroyGracefully();
    }

    @Test
    void aDeadDaemonIsAnEventAndALostConnection() throws Exception {
        try (ContainedLibvirtd mortal =
                        new ContainedLibvirtd(
                                java.nio.file.Files.createDirectory(directory.resolve("mortal")));
                Connection lost = Connection.open(mortal.uri())) {
            lost.subscribe(events::add);
            mortal.killDaemon();
            await(LibvirtEvent.ConnectionClosed.class::isInstance);
            assertThat(lost.isAlive()).isFalse();
            assertThatThrownBy(lost::domains)
                    .asInstanceOf(type(LibvirtException.class))
                    .extracting(LibvirtException::code)
                    .isEqualTo(ErrorCode.CONNECTION_LOST);
        }
    }

    @Test
    void aRunningGuestMigratesToAnotherDaemon() throws Exception {
        domain.start();
        try (ContainedLibvirtd other =
                        new ContainedLibvirtd(
                                java.nio.file.Files.createDirectory(directory.resolve("other")));
                Connection there = Connection.open(other.uri())) {
            domain.jobs()
                    .migrate(
                            Migration.live(other.uri())
                                    .with(Set.of(MigrateFlag.UNSAFE))
                                    .memoryTo("unix://" + directory.resolve("migrate.sock")));
            try (Domain arrived = there.find(domain.uuid()).orElseThrow()) {
                assertThat(arrived.state())
                        .isEqualTo(new DomainState.Running(DomainState.RunningReason.MIGRATED));
                assertThat(arrived.isPersistent()).isTrue();
                assertThat(connection.find(domain.uuid())).isEmpty();
            }
        }
        connection.define(guest(directory.resolve("disks/vda.qcow2"))).close();
    }

    private LibvirtEvent await(Predicate<LibvirtEvent> wanted) {
        try {
            LibvirtEvent event = events.take();
            while (!wanted.test(event)) {
                event = events.take();
            }
            return event;
        } catch (InterruptedException timeout) {
            throw new AssertionError("the event did not come", timeout);
        }
    }

    private static Predicate<LibvirtEvent> blockJob(DomainEvent.BlockJobStatus status) {
        return event -> event instanceof DomainEvent.BlockJobChanged job && job.status() == status;
    }

    private static String scsiDisk(Path file) {
        return """
        <disk type='file' device='disk'>
          <driver name='qemu' type='qcow2'/><source file='%s'/>
          <target dev='sda' bus='scsi'/><alias name='ua-data'/>
        </disk>
        """
                .formatted(file);
    }

    private static String guest(Path disk) {
        return """
        <domain type='qemu'>
          <name>firmware</name><memory unit='MiB'>64</memory><vcpu>1</vcpu>
          <os><type arch='x86_64' machine='pc'>hvm</type><bios useserial='yes'/></os>
          <features><acpi/></features>
          <devices>
            <emulator>/usr/bin/qemu-system-x86_64</emulator>
            <disk type='file' device='disk'>
              <driver name='qemu' type='qcow2'/><source file='%s'/><target dev='vda' bus='virtio'/>
            </disk>
            <controller type='scsi' model='virtio-scsi'/>
            <serial type='pty'/>
            <channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>
            <graphics type='vnc' port='-1' autoport='yes' listen='127.0.0.1'/>
            <video><model type='vga'/></video>
          </devices>
        </domain>
        """
                .formatted(disk);
    }
}
