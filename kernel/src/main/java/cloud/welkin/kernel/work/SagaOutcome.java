package cloud.welkin.kernel.work;

import java.time.Duration;

/** What came of one run of a step, an undo or an end. */
sealed interface SagaOutcome {

    record Finished() implements SagaOutcome {}

    record Waiting(Duration recheckAfter) implements SagaOutcome {}

    record Threw(Throwable failure) implements SagaOutcome {}
}
