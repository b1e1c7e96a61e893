package cloud.welkin.kernel.work;

import cloud.welkin.database.Database;

/**
 * A saga with a world of its own to act on: what {@link SagaContract} tries once and throws away.
 */
public interface SagaTrial<I> {

    Database database();

    Saga<I> saga();

    Subject subject();

    I input();

    /**
     * What others do while the saga waits: a host reports, another service is done. Called at each
     * wait.
     */
    default void worldMoves() {}

    /** The world is as it shall be after success: once each, no more. */
    void assertDone();

    /** Nothing is left of what any step did. */
    void assertClean();
}
