package cloud.welkin.kernel.work;

import java.time.Duration;

/**
 * Told of each moment in a saga's run: telemetry listens here, and the test kit lets a runner die
 * here (an {@link Error} thrown by an observer ends the run without any record, as SIGKILL does).
 */
public interface SagaObserver {

    SagaObserver NONE = new SagaObserver() {};

    default void beforeStep(SagaId id, String saga, String step, boolean undo) {}

    /** The step has returned or thrown; nothing is recorded yet. */
    default void afterStep(
            SagaId id, String saga, String step, boolean undo, Duration took, String outcome) {}

    default void afterRecord(SagaId id, String saga, String step, boolean undo) {}

    /** Before the transaction that ends the saga. */
    default void beforeEnd(SagaId id, String saga) {}

    default void afterEnd(SagaId id, String saga, SagaState state) {}
}
