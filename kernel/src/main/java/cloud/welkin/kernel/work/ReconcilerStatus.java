package cloud.welkin.kernel.work;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * The last run of a reconciler.
 *
 * @param ranBy the replica
 * @param failure why the last run failed; empty when it did not
 * @param failuresInARow 0 when the last run did not fail
 * @param lastChangeAt when a run last changed something, if ever
 */
public record ReconcilerStatus(
        String name,
        String ranBy,
        Instant startedAt,
        Duration took,
        Report report,
        Optional<String> failure,
        int failuresInARow,
        Optional<Instant> lastChangeAt) {}
