package cloud.welkin.kernel.work;

import java.time.Duration;

/**
 * How background work runs on this replica.
 *
 * @param replica name of this process, unique among the living and the same after a restart: what a
 *     killed process had begun is taken up at once by its next life under the same name, and by
 *     others after {@link #deadAfter}
 * @param concurrency how many sagas run at the same time
 * @param poll how often due work is looked for when no hint comes
 * @param heartbeat how often a running saga says that its replica lives
 * @param keepEnded how long ended sagas are kept
 */
public record WorkOptions(
        String replica, int concurrency, Duration poll, Duration heartbeat, Duration keepEnded) {

    static final int MISSED_HEARTBEATS = 4;

    public static WorkOptions of(String replica) {
        return new WorkOptions(
                replica, 64, Duration.ofSeconds(1), Duration.ofSeconds(3), Duration.ofDays(7));
    }

    public WorkOptions keepingEnded(Duration keep) {
        return new WorkOptions(replica, concurrency, poll, heartbeat, keep);
    }

    public WorkOptions withConcurrency(int sagas) {
        return new WorkOptions(replica, sagas, poll, heartbeat, keepEnded);
    }

    public WorkOptions withTimes(Duration pollEvery, Duration beatEvery) {
        return new WorkOptions(replica, concurrency, pollEvery, beatEvery, keepEnded);
    }

    /** After how long without a heartbeat a replica's sagas are taken up by others. */
    public Duration deadAfter() {
        return heartbeat.multipliedBy(MISSED_HEARTBEATS);
    }
}
