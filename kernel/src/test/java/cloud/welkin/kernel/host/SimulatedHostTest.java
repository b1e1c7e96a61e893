package cloud.welkin.kernel.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SimulatedHostTest {
    @Test
    void aHostThatIsNeverIdleSaysThatItIsAlive() throws Exception {
        BusyDesk desk = new BusyDesk();
        try (SimulatedHost host =
                new SimulatedHost(new HostName("h"), desk, desk.clock, 1, 1024, 10)) {
            host.start();
            assertThat(desk.alive.await(30, TimeUnit.SECONDS)).isTrue();
        }
    }

    /** Has something new each time that it is asked; half a minute goes by meanwhile. */
    private static final class BusyDesk implements HostDesk {
        final CountDownLatch alive = new CountDownLatch(3);
        private volatile Instant now = Instant.EPOCH;
        private volatile Runnable look = () -> {};
        final Clock clock =
                new Clock() {
                    @Override
                    public ZoneId getZone() {
                        return ZoneOffset.UTC;
                    }

                    @Override
                    public Clock withZone(ZoneId zone) {
                        return this;
                    }

                    @Override
                    public Instant instant() {
                        return now;
                    }
                };

        @Override
        public void register(HostFacts facts) {
            alive.countDown();
        }

        @Override
        public List<DesiredGuest> guests(HostName host) {
            Instant before = now;
            now = before.plus(Duration.ofSeconds(30));
            look.run();
            return List.of();
        }

        @Override
        public List<DesiredGuest> pendingGuests(HostName host) {
            return guests(host);
        }

        @Override
        public void report(HostName host, ObservedGuest guest) {}

        @Override
        public List<DesiredVolume> volumes(HostName host) {
            return List.of();
        }

        @Override
        public void foundVolumes(HostName host, Set<UUID> volumes) {}

        @Override
        public List<DesiredVolume> pendingVolumes(HostName host) {
            return List.of();
        }

        @Override
        public void report(HostName host, ObservedVolume volume) {}

        @Override
        public List<HostTask> tasks(HostName host) {
            return List.of();
        }

        @Override
        public void report(HostName host, HostTask.Done done) {}

        @Override
        public AutoCloseable onPending(HostName host, Runnable wake) {
            look = wake;
            return () -> {};
        }
    }
}
