package cloud.welkin.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The program is killed at random instants of a run of work, started again, and must know
 * everything that it acknowledged and leave nothing over. {@code -Dwelkin.kills=100} kills that
 * often on simulated hosts, {@code -Dwelkin.seed=N} repeats an order of work (the instants are the
 * machine's).
 */
@Tag("engine")
class CrashTest {
    private static final Duration SETTLING = Duration.ofMinutes(3);

    private final long seed = Long.getLong("welkin.seed", System.nanoTime() & 0xffffff);

    @Test
    void onSimulatedHostsNothingAcknowledgedIsLost() {
        killed(Integer.getInteger("welkin.kills", 10), 8, "compute.driver=simulated");
    }

    @Test
    void onRealEnginesNothingAcknowledgedIsLost() {
        killed(Integer.getInteger("welkin.kills.engine", 2), 3);
    }

    private void killed(int kills, int most, String... settings) {
        System.out.printf("CrashTest: -Dwelkin.seed=%d, %d kills%n", seed, kills);
        Random random = new Random(seed);
        try (CloudUnderTest cloud = CloudUnderTest.start(settings);
                Scene scene = new Scene(cloud, "10.130.0.0/16")) {
            Workload work = new Workload(scene, random, most);
            for (int kill = 0; kill < kills; kill++) {
                round(cloud, work, Duration.ofMillis(200 + random.nextInt(2500)));
                work.mustHold(SETTLING);
            }
            cloud.mustBeHealthy(Duration.ofMinutes(1));
            assertThat(work.acknowledged()).isGreaterThan(kills);
            work.clear(SETTLING);
            cloud.mustBeHealthy(Duration.ofMinutes(1));
            if (!cloud.simulated()) {
                nothingIsLeftOnTheHost(cloud);
            }
        } catch (AssertionError e) {
            throw new AssertionError("with -Dwelkin.seed=" + seed + ": " + e.getMessage(), e);
        }
    }

    /** Works until the kill; a step that fails for want of a program ends the round. */
    private static void round(CloudUnderTest cloud, Workload work, Duration until) {
        AtomicBoolean killed = new AtomicBoolean();
        Thread killer =
                Thread.ofVirtual()
                        .start(
                                () -> {
                                    Await.pause(until);
                                    killed.set(true);
                                    cloud.kill();
                                });
        while (work.step()) {
            if (killed.get()) {
                break;
            }
        }
        try {
            killer.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
        cloud.up();
    }

    private static void nothingIsLeftOnTheHost(CloudUnderTest cloud) {
        assertThat(
                        cloud.onHost("virsh", "-c", "qemu:///system", "list", "--all", "--uuid")
                                .run()
                                .text())
                .as("domains")
                .isEmpty();
        assertThat(cloud.onHost("sh", "-c", "ip -o link | grep -c ': tap' || true").run().text())
                .as("taps")
                .isEqualTo("0");
        assertThat(
                        Command.of(
                                        "find",
                                        cloud.home() + "/guests",
                                        cloud.home() + "/volumes",
                                        "-type",
                                        "f",
                                        "-name",
                                        "*.qcow2")
                                .run()
                                .out()
                                .strip())
                .as("disks")
                .isEmpty();
    }
}
