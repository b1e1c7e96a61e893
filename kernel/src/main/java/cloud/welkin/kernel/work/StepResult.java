package cloud.welkin.kernel.work;

import java.time.Duration;

/** What a step or an undo says when it returns. A failure is thrown. */
public sealed interface StepResult {

    /** The deed is done: the next step follows. */
    record Done() implements StepResult {}

    /**
     * A fact is missing that somebody else will report: run the step again on a signal, or after
     * the given time.
     */
    record WaitFor(Duration recheckAfter) implements StepResult {

        public WaitFor {
            if (!recheckAfter.isPositive()) {
                throw new IllegalArgumentException("A wait must be longer than " + recheckAfter);
            }
        }
    }

    static StepResult done() {
        return new Done();
    }

    static StepResult waitFor(Duration recheckAfter) {
        return new WaitFor(recheckAfter);
    }
}
