package cloud.welkin.kernel.work;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** A saga, ended or not, with what its steps did. */
public record SagaHistory(
        SagaId id,
        String name,
        Subject subject,
        SagaState state,
        Optional<SagaFailure> failure,
        List<Entry> steps) {

    /**
     * One step in one direction.
     *
     * @param outcome done, waiting, retrying or failed: of the last run
     * @param failure of the last run that failed, empty if none did
     * @param startedAt of the first run; with {@code endedAt}, of the last run, the whole time it
     *     took with its waits
     */
    public record Entry(
            boolean undo,
            String step,
            int attempts,
            String outcome,
            String failure,
            Instant startedAt,
            Instant endedAt) {}
}
