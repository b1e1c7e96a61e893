package cloud.welkin.kernel.work;

import cloud.welkin.database.Tx;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/**
 * The steps of a saga, as a sentence: {@code first("create volumes",
 * this::createVolumes).undo(this::deleteVolumes)
 * .then(…).finallyRecord(this::active).orOnFailure(this::error)}. Immutable.
 *
 * <p>When a step fails, its own undo runs too: a step that failed may have done half of its work.
 */
public final class Steps<I> {

    /** One step as declared. A step without an undo changes nothing that outlives it. */
    public record Declared<I>(
            String name,
            Step<I> run,
            Optional<Step<I>> undo,
            Optional<Duration> within,
            Retry retry) {}

    /** What the transaction that ends a saga well also writes. */
    @FunctionalInterface
    public interface Success<I> {
        void record(Tx tx, SagaContext<I> context);
    }

    /** What the transaction that ends an unwound saga also writes. */
    @FunctionalInterface
    public interface Failure<I> {
        void record(Tx tx, SagaContext<I> context, SagaFailure failure);
    }

    private final List<Declared<I>> declared;
    private final Success<I> success;
    private final Failure<I> failure;

    private Steps(List<Declared<I>> declared, Success<I> success, Failure<I> failure) {
        this.declared = List.copyOf(declared);
        this.success = success;
        this.failure = failure;
        var names = new HashSet<String>();
        for (var step : declared) {
            if (!names.add(step.name())) {
                throw new IllegalArgumentException("Two steps are called " + step.name());
            }
        }
    }

    public static <I> Steps<I> first(String name, Step<I> step) {
        return new Steps<I>(List.of(), (tx, context) -> {}, (tx, context, failure) -> {})
                .then(name, step);
    }

    /** Steps made anew from declarations, with the ends of another: how tests wrap each step. */
    static <I> Steps<I> of(List<Declared<I>> declared, Steps<I> ends) {
        return new Steps<>(declared, ends.success, ends.failure);
    }

    /** The name is kept in rows: a running saga is resumed by it after an update of the program. */
    public Steps<I> then(String name, Step<I> step) {
        var longer = new ArrayList<>(declared);
        longer.add(new Declared<>(name, step, Optional.empty(), Optional.empty(), Retry.OF_STEPS));
        return new Steps<>(longer, success, failure);
    }

    /** How the step just named is taken back. Idempotent, and content if the step did nothing. */
    public Steps<I> undo(Step<I> undo) {
        var last = declared.getLast();
        return withLast(
                new Declared<>(
                        last.name(), last.run(), Optional.of(undo), last.within(), last.retry()));
    }

    /**
     * How long the step just named may wait and be retried before that counts as its failure.
     * Counted from its first run.
     */
    public Steps<I> within(Duration within) {
        var last = declared.getLast();
        return withLast(
                new Declared<>(
                        last.name(), last.run(), last.undo(), Optional.of(within), last.retry()));
    }

    /**
     * How transient failures of the step just named are retried; {@link Retry#OF_STEPS} if unsaid.
     */
    public Steps<I> retrying(Retry retry) {
        var last = declared.getLast();
        return withLast(new Declared<>(last.name(), last.run(), last.undo(), last.within(), retry));
    }

    /**
     * Runs exactly once, in the transaction that ends the saga after its last step. What it throws
     * unwinds the saga.
     */
    public Steps<I> finallyRecord(Success<I> recorded) {
        return new Steps<>(declared, recorded, failure);
    }

    /**
     * Runs exactly once, in the transaction that ends the saga after its last undo. Retried for
     * ever: it must not refuse.
     */
    public Steps<I> orOnFailure(Failure<I> recorded) {
        return new Steps<>(declared, success, recorded);
    }

    public List<Declared<I>> declared() {
        return declared;
    }

    Success<I> success() {
        return success;
    }

    Failure<I> failure() {
        return failure;
    }

    private Steps<I> withLast(Declared<I> replacement) {
        var changed = new ArrayList<>(declared);
        changed.set(changed.size() - 1, replacement);
        return new Steps<>(changed, success, failure);
    }
}
