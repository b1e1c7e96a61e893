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

    /** Both are told, this one first. */
    default SagaObserver and(SagaObserver other) {
        SagaObserver first = this;
        return new SagaObserver() {
            @Override
            public void beforeStep(SagaId id, String saga, String step, boolean undo) {
                first.beforeStep(id, saga, step, undo);
                other.beforeStep(id, saga, step, undo);
            }

            @Override
            public void afterStep(
                    SagaId id,
                    String saga,
                    String step,
                    boolean undo,
                    Duration took,
                    String outcome) {
                first.afterStep(id, saga, step, undo, took, outcome);
                other.afterStep(id, saga, step, undo, took, outcome);
            }

            @Override
            public void afterRecord(SagaId id, String saga, String step, boolean undo) {
                first.afterRecord(id, saga, step, undo);
                other.afterRecord(id, saga, step, undo);
            }

            @Override
            public void beforeEnd(SagaId id, String saga) {
                first.beforeEnd(id, saga);
                other.beforeEnd(id, saga);
            }

            @Override
            public void afterEnd(SagaId id, String saga, SagaState state) {
                first.afterEnd(id, saga, state);
                other.afterEnd(id, saga, state);
            }
        };
    }
}
