package cloud.welkin.host.agent;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.welkin.kernel.host.DesiredGuest;
import cloud.welkin.kernel.host.Power;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Agents, daemons and hosts die; guests do not care, and the next agent goes on. */
@Tag("engine")
class AgentCrashTest {

    @TempDir private static Path home;
    private static AgentBench bench;

    @BeforeAll
    static void up() {
        bench = new AgentBench(home);
    }

    @AfterAll
    static void down() {
        bench.close();
    }

    @AfterEach
    void noAgentLivesOn() {
        bench.agent().close();
    }

    /** The death of an agent in the midst of its work: it does nothing more. */
    private static final class Killed extends RuntimeException {
        Killed(String where) {
            super(where);
        }
    }

    /** Agents one after the other, each of which dies after some steps. */
    private static final class Mortals implements AutoCloseable {
        private final Random random;
        private final LinkedBlockingQueue<String> deaths = new LinkedBlockingQueue<>();
        private final AtomicInteger died = new AtomicInteger();
        private final Thread heirs = Thread.ofVirtual().unstarted(this::inherit);
        private volatile boolean immortal;

        Mortals(long seed) {
            random = new Random(seed);
            bear();
            heirs.start();
        }

        private void bear() {
            AtomicInteger left = new AtomicInteger(1 + random.nextInt(8));
            AtomicBoolean dead = new AtomicBoolean();
            bench.start(
                    (_, where) -> {
                        if (!immortal && left.decrementAndGet() <= 0) {
                            if (dead.compareAndSet(false, true)) {
                                deaths.add(where);
                            }
                            throw new Killed(where);
                        }
                    });
        }

        private void inherit() {
            try {
                while (true) {
                    deaths.take();
                    died.incrementAndGet();
                    bench.agent().close();
                    bear();
                }
            } catch (InterruptedException end) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public void close() {
            immortal = true;
            heirs.interrupt();
            try {
                heirs.join();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            bench.agent().close();
        }
    }

    @Test
    void anAgentThatDiesAtAnyStepIsFollowedByOneThatGoesOn() throws Exception {
        long seed = Long.getLong("welkin.seed", System.nanoTime());
        System.out.println("seed " + seed);
        try (var mortals = new Mortals(seed)) {
            Wanted wanted = Wanted.guest().withConfigDrive();
            wanted.nics.add(Wanted.nic());
            converge(wanted);
            UUID volume = UUID.randomUUID();
            Path file = bench.volumeFile(volume);
            wanted.volumes.add(
                    new DesiredGuest.VolumeDisk(
                            volume, file.toString(), "qcow2", volume.toString(), "vdb", false));
            wanted.nics.add(Wanted.nic());
            converge(wanted);
            assertThat(bench.desk.report(wanted.id).orElseThrow().volumes())
                    .containsExactly(volume);
            for (Power power :
                    List.of(Power.PAUSED, Power.SUSPENDED, Power.RUNNING, Power.STOPPED)) {
                wanted.power = power;
                converge(wanted);
                assertThat(bench.desk.report(wanted.id).orElseThrow().power()).contains(power);
            }
            wanted.power = Power.RUNNING;
            wanted.rebuilds++;
            converge(wanted);
            wanted.reboots++;
            wanted.hardReboot = true;
            converge(wanted);
            assertThat(bench.desk.report(wanted.id).orElseThrow().power()).contains(Power.RUNNING);
            wanted.present = false;
            converge(wanted);
            bench.desk.drop(wanted.id);
            AgentBench.await("an empty host", () -> bench.agent().leftovers().isEmpty());
            assertThat(bench.host.taps().list()).isEmpty();
            assertThat(mortals.died.get()).as("deaths with seed %d", seed).isGreaterThan(3);
        }
    }

    private static void converge(Wanted wanted) {
        DesiredGuest guest = wanted.now();
        bench.desk.want(guest);
        bench.desk.awaitConverged(guest);
    }

    @Test
    void whatTheDeskDoesNotKnowIsRemovedButNeverForAnotherCloudOrASilentDesk() throws Exception {
        bench.start();
        List<Wanted> both = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            Wanted wanted = Wanted.guest();
            wanted.nics.add(Wanted.nic());
            converge(wanted);
            both.add(wanted);
        }
        bench.agent().close();
        Path mark = GuestFolder.all(home).resolve("cloud");
        Files.writeString(mark, "another-cloud");
        bench.desk.drop(both.getFirst().id);
        bench.start();
        int heartbeats = bench.desk.facts().size();
        AgentBench.await("a few rounds", () -> bench.desk.facts().size() > heartbeats + 3);
        assertThat(bench.agent().leftovers()).hasSize(2);
        bench.desk.setAway(true);
        Files.writeString(mark, "test-cloud");
        assertThat(bench.liveXml(both.getFirst().id)).isPresent();
        bench.desk.setAway(false);
        AgentBench.await("the stranger to go", () -> bench.agent().leftovers().isEmpty());
        assertThat(bench.liveXml(both.getFirst().id)).isEmpty();
        assertThat(bench.liveXml(both.getLast().id)).isPresent();
        bench.desk.drop(both.getLast().id);
        AgentBench.await("the other to go", () -> bench.agent().leftovers().isEmpty());
    }

    @Test
    void libvirtIsKilledAndNoGuestNoticesAndAHostThatWasStartedAnewRunsItsGuestsAgain()
            throws Exception {
        bench.start();
        Wanted wanted = Wanted.guest();
        wanted.nics.add(Wanted.nic());
        converge(wanted);
        String process = qemu(wanted.id);
        String daemon = Files.readString(home.resolve("host/main/run/libvirt/libvirtd.pid"));
        List<String> kill = new ArrayList<>(bench.host.inside());
        kill.addAll(List.of("kill", "-KILL", daemon.strip()));
        Program.run(Duration.ofSeconds(10), kill.toArray(String[]::new));
        wanted.power = Power.PAUSED;
        converge(wanted);
        assertThat(qemu(wanted.id)).isEqualTo(process);
        wanted.power = Power.RUNNING;
        converge(wanted);

        String before = bench.host.bootId();
        String first = Files.readString(home.resolve("host/main/init.pid")).split(" ", -1)[0];
        ProcessHandle.of(Long.parseLong(first)).orElseThrow().destroyForcibly();
        AgentBench.await(
                "another boot",
                () -> {
                    try {
                        return !bench.host.bootId().equals(before);
                    } catch (IllegalStateException isDown) {
                        return false;
                    }
                });
        AgentBench.await(
                "the guest to run again",
                () -> {
                    try (var libvirt = bench.libvirt();
                            var domain = libvirt.find(wanted.id).orElseThrow()) {
                        return domain.state().isActive();
                    } catch (cloud.welkin.host.libvirt.LibvirtException away) {
                        return false;
                    }
                });
        assertThat(bench.desk.report(wanted.id).orElseThrow().stoppedByItself()).isFalse();
        bench.desk.drop(wanted.id);
        AgentBench.await(
                "an empty host",
                () -> {
                    bench.agent().look();
                    return bench.agent().leftovers().isEmpty();
                });
    }

    private static String qemu(UUID guest) throws Exception {
        return Files.readString(
                home.resolve("host/main/run/libvirt/qemu/" + DomainXml.name(guest) + ".pid"));
    }
}
