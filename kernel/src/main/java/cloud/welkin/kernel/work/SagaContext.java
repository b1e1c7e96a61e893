package cloud.welkin.kernel.work;

import cloud.welkin.database.Database;
import java.time.Instant;
import java.util.Optional;

/** What a step knows about the saga it belongs to. */
public interface SagaContext<I> {

    SagaId id();

    Subject subject();

    I input();

    /**
     * 1 for the first run of this step or undo, counted up by retries (not by waiting, nor by a
     * crash).
     */
    int attempt();

    /**
     * When the step that now runs has to be done; absent for steps without {@link Steps#within}.
     */
    Optional<Instant> deadline();

    /**
     * Writes a note, durable when this returns. Note before the deed what is needed to find the
     * deed again: an id drawn by the step, a chosen host. Not available in the transaction that
     * ends the saga.
     *
     * @param value anything that Jackson writes; a few kilobytes at most
     */
    void remember(String key, Object value);

    <V> Optional<V> recall(String key, Class<V> type);

    Database database();
}
