package cloud.welkin.host.agent;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.welkin.kernel.host.DesiredGuest;
import cloud.welkin.kernel.host.HostTask;
import cloud.welkin.kernel.host.ObservedGuest;
import cloud.welkin.kernel.host.Power;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The agent on a real contained host, with real guests. */
@Tag("engine")
class HostAgentTest {

    private static final String READY = "welkin-guest ready: vm-one";

    /** Which only its owner may enter: as /root, where a home lies unless told otherwise. */
    @TempDir private static Path closed;

    private static Path home;
    private static AgentBench bench;

    @BeforeAll
    static void up() throws Exception {
        home = Files.createTempDirectory(closed, "home");
        bench = new AgentBench(home);
    }

    @AfterAll
    static void down() {
        bench.close();
    }

    @BeforeEach
    void agent() {
        bench.start();
    }

    @AfterEach
    void nothingIsLeft() throws Exception {
        for (var guest : bench.desk.guests(AgentBench.settings().host())) {
            bench.desk.drop(guest.id());
        }
        try {
            AgentBench.await("the host to be empty", () -> bench.agent().leftovers().isEmpty());
        } finally {
            // The next test's agent must not work beside it.
            bench.agent().close();
        }
        assertThat(bench.host.taps().list()).isEmpty();
    }

    private static DesiredGuest run(Wanted wanted) {
        DesiredGuest guest = wanted.now();
        bench.desk.want(guest);
        bench.desk.awaitConverged(guest);
        return guest;
    }

    private static ObservedGuest report(Wanted wanted) {
        return bench.desk.report(wanted.id).orElseThrow();
    }

    private static Wanted ready() {
        Wanted wanted = Wanted.guest().withConfigDrive();
        wanted.nics.add(Wanted.nic());
        run(wanted);
        bench.awaitSaid(wanted.id, READY);
        return wanted;
    }

    @Test
    void aGuestBootsAndIsDeletedWithoutATrace() {
        Wanted wanted = ready();

        assertThat(report(wanted).power()).contains(Power.RUNNING);
        assertThat(report(wanted).nics()).containsExactly(wanted.nics.getFirst().id());
        assertThat(report(wanted).console().map(console -> Path.of(console.vncSocket())))
                .hasValueSatisfying(socket -> assertThat(socket).exists());
        assertThat(bench.agent().statistics().all().get(wanted.id)).isNotNull();

        wanted.present = false;
        run(wanted);

        assertThat(report(wanted).power()).isEmpty();
        assertThat(bench.liveXml(wanted.id)).isEmpty();
        assertThat(GuestFolder.of(home, wanted.id).path()).doesNotExist();
        assertThat(bench.host.taps().list()).isEmpty();
    }

    @Test
    void aGuestsProcessRunsAsAnAccountThatReachesNothingButItsFiles() throws Exception {
        Wanted wanted = ready();
        var account = bench.shape.account();
        Path secret = Files.writeString(home.resolve("secret"), "x");
        Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));

        assertThat(bench.inside("cat /proc/$(pidof qemu-system-x86_64)/status"))
                .containsPattern("Uid:\\s%1$d\\s%1$d\\s%1$d\\s%1$d".formatted(account.uid()))
                .containsPattern("Groups:\\s*(%d )?\\n".formatted(account.gid()));
        // Neither what others have, nor the names of what they have.
        for (var closed :
                List.of(
                        "-r " + home,
                        "-r " + secret,
                        "-r " + home.resolve("guests"),
                        "-r " + home.resolve("images"),
                        "-w " + home.resolve("images/guest"),
                        "-w /run/libvirt/libvirt-sock",
                        "-w /run/libvirt/libvirt-sock-ro",
                        "-w /run/openvswitch/db.sock",
                        "-w /run/ovn/ovnnb_db.sock")) {
            assertThat(may(closed)).as(closed).isFalse();
        }
        Path disk = GuestFolder.of(home, wanted.id).root(0);
        for (var open : List.of("-w " + disk, "-r " + home.resolve("images/guest"))) {
            assertThat(may(open)).as(open).isTrue();
        }
        assertThat(may("-w /dev/kvm")).isEqualTo(Files.exists(Path.of("/dev/kvm")));
    }

    /** What {@code test} says inside to the account of the guests. */
    private static boolean may(String what) {
        var account = bench.shape.account();
        return bench.inside(
                        "setpriv --reuid %d --regid %d --clear-groups test %s && echo yes || echo no"
                                .formatted(account.uid(), account.gid(), what))
                .strip()
                .equals("yes");
    }

    @Test
    void volumesAndPortsComeAndGoWhileTheGuestRuns() throws Exception {
        Wanted wanted = ready();
        UUID first = UUID.randomUUID();
        var volume =
                new DesiredGuest.VolumeDisk(
                        first,
                        bench.volumeFile(first).toString(),
                        "qcow2",
                        first.toString(),
                        "vdb",
                        false);
        wanted.volumes.add(volume);
        wanted.nics.add(Wanted.nic());
        run(wanted);
        assertThat(report(wanted).volumes()).containsExactly(first);
        assertThat(report(wanted).nics()).hasSize(2);
        assertThat(bench.host.taps().list()).hasSize(2);

        wanted.volumes.clear();
        wanted.nics.removeLast();
        run(wanted);
        assertThat(report(wanted).volumes()).isEmpty();
        assertThat(report(wanted).nics()).hasSize(1);
        assertThat(bench.host.taps().list()).hasSize(1);
    }

    @Test
    void aGuestIsStoppedStartedPausedAndSuspended() {
        Wanted wanted = ready();
        for (Power power :
                List.of(
                        Power.PAUSED,
                        Power.RUNNING,
                        Power.SUSPENDED,
                        Power.RUNNING,
                        Power.STOPPED,
                        Power.RUNNING)) {
            wanted.power = power;
            run(wanted);
            assertThat(report(wanted).power()).contains(power);
            assertThat(report(wanted).stoppedByItself()).isFalse();
        }
        bench.awaitSaid(wanted.id, READY);
    }

    @Test
    void aGuestIsRebootedSoftAndHard() {
        Wanted wanted = ready();
        wanted.reboots++;
        run(wanted);
        bench.awaitSaid(wanted.id, READY);
        wanted.reboots++;
        wanted.hardReboot = true;
        run(wanted);
        bench.awaitSaid(wanted.id, READY);
        assertThat(report(wanted).power()).contains(Power.RUNNING);
    }

    @Test
    void aGuestWithoutNicsAndWithLocalDisksIsRebuilt() {
        Wanted wanted = Wanted.guest().withConfigDrive();
        wanted.localDisks.add(new DesiredGuest.LocalDisk("ephemeral0", 16, false));
        wanted.localDisks.add(new DesiredGuest.LocalDisk("swap", 16, true));
        run(wanted);
        wanted.rebuilds++;
        run(wanted);
        bench.awaitSaid(wanted.id, READY);
        var folder = GuestFolder.of(home, wanted.id);
        assertThat(folder.root(0)).doesNotExist();
        assertThat(folder.root(1)).exists();
    }

    @Test
    void aGuestThatPowersItselfOffStaysOffUntilItIsStarted() throws Exception {
        Wanted wanted = ready();
        try (var libvirt = bench.libvirt();
                var domain = libvirt.find(wanted.id).orElseThrow()) {
            domain.shutdown();
        }
        bench.desk.await(wanted.id, ObservedGuest::stoppedByItself);
        assertThat(report(wanted).power()).contains(Power.STOPPED);
        run(wanted); // the next intent: somebody wants it to run
        assertThat(report(wanted).power()).contains(Power.RUNNING);
    }

    @Test
    void aSnapshotOfARunningGuestAndOfAStoppedOneIsAFileOfItsOwn() throws Exception {
        Wanted wanted = ready();
        for (Power power : List.of(Power.RUNNING, Power.STOPPED)) {
            wanted.power = power;
            run(wanted);
            Path target = home.resolve("incoming/snapshot-" + power);
            var task =
                    new HostTask.Snapshot(UUID.randomUUID(), wanted.id, target.toString(), "qcow2");
            bench.desk.want(task);
            assertThat(bench.desk.awaitDone(task.id()).fault()).isEmpty();
            assertThat(Qcow2.read(target))
                    .hasValueSatisfying(
                            head -> {
                                assertThat(head.namesOtherFiles()).isFalse();
                                assertThat(head.size()).isEqualTo(1L << 30);
                            });
            assertThat(Files.size(target)).isGreaterThan(20L << 20);
            assertThat(report(wanted).power()).contains(power);
        }
    }
}
