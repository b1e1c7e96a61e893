package cloud.welkin.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The program is killed at random instants of a run of work, started again, and must know
 * everything that it acknowledged and leave nothing over. Now and then it is killed again while it
 * still mends. 78 kills on simulated hosts and 22 on real engines are the hundred of the full test;
 * {@code -Dwelkin.kills=N}, {@code -Dwelkin.kills.engine=N} choose others, {@code -Dwelkin.seed=N}
 * repeats an order of work (the instants are the machine's).
 */
@Tag("engine")
class CrashTest {
    private static final Duration SETTLING = Duration.ofMinutes(4);
    private static final String CONNECTION_LOST = "connection|Connection";

    private final long seed = Long.getLong("welkin.seed", System.nanoTime() & 0xffffff);

    @Test
    void onSimulatedHostsNothingAcknowledgedIsLost() {
        killed(Integer.getInteger("welkin.kills", 78), 8, "compute.driver=simulated");
    }

    @Test
    void onRealEnginesNothingAcknowledgedIsLost() {
        killed(Integer.getInteger("welkin.kills.engine", 22), 3);
    }

    private void killed(int kills, int most, String... settings) {
        System.out.printf("CrashTest: -Dwelkin.seed=%d, %d kills%n", seed, kills);
        Random random = new Random(seed);
        try (CloudUnderTest cloud = CloudUnderTest.start(settings)) {
            cloud.announceErrors(CONNECTION_LOST);
            try (Scene scene = new Scene(cloud, "10.130.0.0/16")) {
                cloud.mustBeHealthy(SETTLING);
                Footprint before = Footprint.of(cloud);
                Workload work = new Workload(scene, random, most);
                for (int kill = 1; kill <= kills; kill++) {
                    round(cloud, work, Duration.ofMillis(100 + random.nextInt(2000)));
                    work.mustHold();
                    if (random.nextInt(3) > 0) {
                        work.mustSettle(SETTLING);
                    }
                }
                work.mustSettle(SETTLING);
                cloud.mustBeHealthy(SETTLING);
                assertThat(work.acknowledged()).isGreaterThan(kills);
                work.clear(SETTLING);
                cloud.mustBeHealthy(SETTLING);
                Footprint.mustBecome(cloud, before, SETTLING);
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
}
