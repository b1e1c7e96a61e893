package cloud.welkin.kernel.work;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.time.Duration;

/** Why a saga was unwound. Kept as JSON in the saga's row. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
    @JsonSubTypes.Type(value = SagaFailure.StepFailed.class, name = "failed"),
    @JsonSubTypes.Type(value = SagaFailure.TimedOut.class, name = "timed out"),
    @JsonSubTypes.Type(value = SagaFailure.Cancelled.class, name = "cancelled")
})
public sealed interface SagaFailure {

    /**
     * One sentence for an operator, and for a user where the step's exception was written for one.
     */
    String reason();

    /** A step threw, for good or once too often. {@code exception} is the class's simple name. */
    record StepFailed(String step, String exception, String message) implements SagaFailure {
        @Override
        public String reason() {
            return "%s: %s".formatted(step, message);
        }
    }

    /** A step waited, or was retried, for longer than its deadline. */
    record TimedOut(String step, Duration within) implements SagaFailure {
        @Override
        public String reason() {
            return "%s: not done within %d s".formatted(step, within.toSeconds());
        }
    }

    /** Somebody asked for it: {@link Sagas#cancel}. */
    record Cancelled(String because) implements SagaFailure {
        @Override
        public String reason() {
            return "cancelled: " + because;
        }
    }
}
