package cloud.welkin.kernel.work;

import cloud.welkin.database.DatabaseUnavailable;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * What a saga does after an outcome. Pure: the row as locked in the recording transaction, the
 * steps, the outcome and the time are all it knows. A cancellation wins over whatever a forward
 * step says, because the row is locked when it is read.
 */
final class SagaDecision {

    private SagaDecision() {}

    /**
     * @param seenSignals the row's signals when the step began: more of them since mean that a wait
     *     is already out of date
     */
    static <I> SagaMove after(
            SagaRow row,
            int position,
            Steps<I> steps,
            SagaOutcome outcome,
            long seenSignals,
            Instant now) {
        return switch (row.state()) {
            case RUNNING -> forward(row, position, steps, outcome, seenSignals, now);
            case UNWINDING -> backward(row, position, steps, outcome, seenSignals, now);
            case SUCCEEDED, FAILED ->
                    throw new IllegalStateException("Saga " + row.id() + " has ended");
        };
    }

    /** A cancellation that was found before the step at the position began. */
    static <I> SagaMove cancel(SagaRow row, int position, Steps<I> steps, String because) {
        return unwind(position, steps, new SagaFailure.Cancelled(because), SagaMove.History.NONE);
    }

    private static <I> SagaMove forward(
            SagaRow row,
            int position,
            Steps<I> steps,
            SagaOutcome outcome,
            long seenSignals,
            Instant now) {
        Optional<Instant> deadline = deadline(row, position, steps);
        return switch (outcome) {
            case SagaOutcome.Finished() ->
                    row.cancelled().isPresent()
                            ? unwind(position, steps, cancelled(row), SagaMove.History.DONE)
                            : at(
                                    SagaState.RUNNING,
                                    position + 1,
                                    steps,
                                    Optional.empty(),
                                    SagaMove.History.DONE);
            case SagaOutcome.Waiting(Duration recheckAfter) -> {
                if (row.cancelled().isPresent()) {
                    yield unwind(position, steps, cancelled(row), SagaMove.History.WAITING);
                }
                if (deadline.isPresent() && !now.isBefore(deadline.get())) {
                    var failure =
                            new SagaFailure.TimedOut(
                                    row.step(),
                                    steps.declared().get(position).within().orElseThrow());
                    yield unwind(position, steps, failure, SagaMove.History.FAILED);
                }
                Instant recheck = now.plus(recheckAfter);
                Instant next = deadline.filter(recheck::isAfter).orElse(recheck);
                yield stay(
                        row,
                        position,
                        row.attempt(),
                        waitUnlessSignalled(row, seenSignals, next),
                        SagaMove.History.WAITING);
            }
            case SagaOutcome.Threw(Throwable failure) -> {
                if (row.cancelled().isPresent()) {
                    yield unwind(position, steps, cancelled(row), SagaMove.History.FAILED);
                }
                Retry retry =
                        position < steps.declared().size()
                                ? steps.declared().get(position).retry()
                                : Retry.OF_STEPS;
                boolean inTime = deadline.isEmpty() || now.isBefore(deadline.get());
                if (isTransient(failure) && retry.mayFollow(row.attempt()) && inTime) {
                    Instant next = now.plus(retry.pauseAfter(row.attempt()));
                    yield stay(
                            row,
                            position,
                            row.attempt() + 1,
                            Optional.of(next),
                            SagaMove.History.RETRYING);
                }
                yield unwind(position, steps, failed(row, failure), SagaMove.History.FAILED);
            }
        };
    }

    private static <I> SagaMove backward(
            SagaRow row,
            int position,
            Steps<I> steps,
            SagaOutcome outcome,
            long seenSignals,
            Instant now) {
        return switch (outcome) {
            case SagaOutcome.Finished() ->
                    at(
                            SagaState.UNWINDING,
                            undoBelow(position - 1, steps),
                            steps,
                            row.failure(),
                            SagaMove.History.DONE);
            case SagaOutcome.Waiting(Duration recheckAfter) ->
                    stay(
                            row,
                            position,
                            row.attempt(),
                            waitUnlessSignalled(row, seenSignals, now.plus(recheckAfter)),
                            SagaMove.History.WAITING);
            case SagaOutcome.Threw(_) -> {
                int attempt =
                        row.attempt() == Integer.MAX_VALUE ? row.attempt() : row.attempt() + 1;
                Instant next = now.plus(Retry.FOR_EVER.pauseAfter(row.attempt()));
                yield stay(row, position, attempt, Optional.of(next), SagaMove.History.RETRYING);
            }
        };
    }

    private static <I> SagaMove unwind(
            int position, Steps<I> steps, SagaFailure failure, SagaMove.History history) {
        int from = Math.min(position, steps.declared().size() - 1);
        return at(
                SagaState.UNWINDING, undoBelow(from, steps), steps, Optional.of(failure), history);
    }

    private static <I> SagaMove at(
            SagaState state,
            int position,
            Steps<I> steps,
            Optional<SagaFailure> failure,
            SagaMove.History history) {
        boolean isStep = position >= 0 && position < steps.declared().size();
        String step = isStep ? steps.declared().get(position).name() : "";
        return new SagaMove(state, position, step, 1, true, failure, Optional.empty(), history);
    }

    private static SagaMove stay(
            SagaRow row,
            int position,
            int attempt,
            Optional<Instant> next,
            SagaMove.History history) {
        return new SagaMove(
                row.state(), position, row.step(), attempt, false, row.failure(), next, history);
    }

    private static Optional<Instant> waitUnlessSignalled(
            SagaRow row, long seenSignals, Instant next) {
        return row.signals() == seenSignals ? Optional.of(next) : Optional.empty();
    }

    /** The highest position, not above the given one, whose step has an undo; -1 if none has. */
    private static <I> int undoBelow(int position, Steps<I> steps) {
        int at = position;
        while (at >= 0 && steps.declared().get(at).undo().isEmpty()) {
            at--;
        }
        return at;
    }

    static <I> Optional<Instant> deadline(SagaRow row, int position, Steps<I> steps) {
        if (row.state() != SagaState.RUNNING || position >= steps.declared().size()) {
            return Optional.empty();
        }
        return steps.declared().get(position).within().map(row.stepStartedAt()::plus);
    }

    private static boolean isTransient(Throwable failure) {
        return failure instanceof Transient || failure instanceof DatabaseUnavailable;
    }

    private static SagaFailure cancelled(SagaRow row) {
        return new SagaFailure.Cancelled(row.cancelled().orElseThrow());
    }

    private static SagaFailure failed(SagaRow row, Throwable failure) {
        String step = row.step().isEmpty() ? "record the end" : row.step();
        return new SagaFailure.StepFailed(
                step, failure.getClass().getSimpleName(), describe(failure));
    }

    static String describe(Throwable failure) {
        String message = failure.getMessage();
        return message == null || message.isBlank() ? failure.getClass().getSimpleName() : message;
    }
}
