package cloud.welkin.kernel.work;

import java.time.Instant;
import java.util.Optional;

/**
 * What is written after an outcome, and what follows.
 *
 * @param restartsClock whether the deadline of the step at the new position counts from now
 * @param next when to go on; absent for at once
 * @param history what the operator reads about the run
 */
record SagaMove(
        SagaState state,
        int position,
        String step,
        int attempt,
        boolean restartsClock,
        Optional<SagaFailure> failure,
        Optional<Instant> next,
        History history) {

    enum History {
        DONE,
        WAITING,
        RETRYING,
        FAILED,
        /** Nothing ran: a cancellation was noticed. */
        NONE
    }
}
