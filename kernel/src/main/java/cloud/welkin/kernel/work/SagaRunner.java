package cloud.welkin.kernel.work;

import cloud.welkin.database.Database;
import cloud.welkin.database.DatabaseUnavailable;
import cloud.welkin.database.Tx;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes a saga as far as it goes now: runs a step, records what came of it, runs the next, until
 * the saga ends or has to wait. Who calls it, and when, is the scheduler's business.
 *
 * <p>Nothing is held between a step and its record but the row's revision: the record is refused if
 * another runner has recorded meanwhile, and a cancellation is seen because the record locks the
 * row. A runner that dies at any instant leaves a row from which another goes on, by running the
 * same step again.
 */
final class SagaRunner {

    /** When a saga is to be looked at again. */
    sealed interface Next {

        record Ended() implements Next {}

        /** Signals beyond those seen mean that the time is out of date. */
        record At(Instant time, long seenSignals) implements Next {}
    }

    private static final Logger log = LoggerFactory.getLogger(SagaRunner.class);
    private static final Duration UNKNOWN_RECHECK = Duration.ofSeconds(30);
    private static final Retry WHILE_DATABASE_IS_AWAY =
            new Retry(Duration.ofMillis(50), Duration.ofSeconds(2), Integer.MAX_VALUE);

    private final Database database;
    private final SagaStore store;
    private final SagaJson json;
    private final SagaRegistry registry;
    private final SagaObserver observer;
    private final Clock clock;
    private final BooleanSupplier stopping;

    SagaRunner(
            Database database,
            SagaStore store,
            SagaJson json,
            SagaRegistry registry,
            SagaObserver observer,
            Clock clock,
            BooleanSupplier stopping) {
        this.database = database;
        this.store = store;
        this.json = json;
        this.registry = registry;
        this.observer = observer;
        this.clock = clock;
        this.stopping = stopping;
    }

    Next advance(SagaId id) {
        Optional<SagaRow> found = persistently(() -> database.read(tx -> store.find(tx, id)));
        if (found.isEmpty()) {
            return new Next.Ended();
        }
        Optional<Saga<?>> saga = registry.find(found.get().name());
        if (saga.isEmpty()) {
            log.warn(
                    "Saga {} is called {}, which this program does not know",
                    id,
                    found.get().name());
            return new Next.At(clock.instant().plus(UNKNOWN_RECHECK), found.get().signals());
        }
        try {
            return advance(saga.get(), found.get());
        } catch (Superseded e) {
            log.info("{}", e.getMessage());
            return new Next.At(clock.instant(), found.get().signals());
        } catch (Stopped e) {
            return new Next.At(clock.instant(), found.get().signals());
        }
    }

    private <I> Next advance(Saga<I> saga, SagaRow first) {
        Steps<I> steps = saga.steps();
        SagaRow row = first;
        while (!row.state().ended()) {
            Optional<Integer> position = position(row, steps);
            if (position.isEmpty()) {
                log.warn(
                        "Saga {} ({}) is at step {}, which this program does not know",
                        row.id(),
                        row.name(),
                        row.step());
                return new Next.At(clock.instant().plus(UNKNOWN_RECHECK), row.signals());
            }
            Moved moved = turn(saga, steps, row, position.get());
            row = moved.row();
            if (moved.next().isPresent()) {
                return new Next.At(moved.next().get(), row.signals());
            }
        }
        return new Next.Ended();
    }

    private record Moved(SagaRow row, Optional<Instant> next) {}

    private <I> Moved turn(Saga<I> saga, Steps<I> steps, SagaRow row, int position) {
        if (row.state() == SagaState.RUNNING && row.cancelled().isPresent()) {
            String because = row.cancelled().get();
            return record(
                    row,
                    locked -> SagaDecision.cancel(locked, position, steps, because),
                    Optional.empty());
        }
        boolean isStep = position >= 0 && position < steps.declared().size();
        return isStep ? runStep(saga, steps, row, position) : end(saga, steps, row, position);
    }

    private <I> Moved runStep(Saga<I> saga, Steps<I> steps, SagaRow row, int position) {
        boolean undo = row.state() == SagaState.UNWINDING;
        Steps.Declared<I> declared = steps.declared().get(position);
        Optional<Step<I>> step = undo ? declared.undo() : Optional.of(declared.run());
        observer.beforeStep(row.id(), row.name(), row.step(), undo);
        long started = System.nanoTime();
        SagaOutcome outcome =
                step.map(s -> run(saga, steps, row, position, s))
                        .orElse(new SagaOutcome.Finished());
        Duration took = Duration.ofNanos(System.nanoTime() - started);
        stopIfAsked(outcome);
        Optional<String> failure = explain(row, undo, outcome);
        observer.afterStep(row.id(), row.name(), row.step(), undo, took, word(outcome));
        Moved moved =
                record(
                        row,
                        locked ->
                                SagaDecision.after(
                                        locked,
                                        position,
                                        steps,
                                        outcome,
                                        row.signals(),
                                        clock.instant()),
                        failure);
        observer.afterRecord(row.id(), row.name(), row.step(), undo);
        return moved;
    }

    /**
     * Only here is a step's failure caught, whatever its kind: what an observer throws is not a
     * step's failure.
     */
    private <I> SagaOutcome run(
            Saga<I> saga, Steps<I> steps, SagaRow row, int position, Step<I> step) {
        try {
            var deadline = SagaDecision.deadline(row, position, steps);
            return switch (step.run(
                    new SagaRun<>(database, store, json, row, saga.inputType(), deadline, false))) {
                case StepResult.Done() -> new SagaOutcome.Finished();
                case StepResult.WaitFor(Duration recheckAfter) ->
                        new SagaOutcome.Waiting(recheckAfter);
            };
        } catch (Superseded e) {
            throw e;
        } catch (Throwable e) {
            return new SagaOutcome.Threw(e);
        }
    }

    private <I> Moved end(Saga<I> saga, Steps<I> steps, SagaRow row, int position) {
        observer.beforeEnd(row.id(), row.name());
        try {
            SagaRow ended =
                    persistently(() -> database.write(tx -> recordEnd(tx, saga, steps, row)));
            if (ended.state().ended()) {
                observer.afterEnd(row.id(), row.name(), ended.state());
            }
            return new Moved(ended, Optional.empty());
        } catch (Superseded | Stopped e) {
            throw e;
        } catch (RuntimeException e) {
            var outcome = new SagaOutcome.Threw(e);
            stopIfAsked(outcome);
            boolean undo = row.state() == SagaState.UNWINDING;
            return record(
                    row,
                    locked ->
                            SagaDecision.after(
                                    locked,
                                    position,
                                    steps,
                                    outcome,
                                    row.signals(),
                                    clock.instant()),
                    explain(row, undo, outcome));
        }
    }

    private <I> SagaRow recordEnd(Tx tx, Saga<I> saga, Steps<I> steps, SagaRow row) {
        SagaRow locked = current(store.lock(tx, row.id()), row);
        var context =
                new SagaRun<>(
                        database, store, json, locked, saga.inputType(), Optional.empty(), true);
        return switch (locked.state()) {
            case RUNNING -> {
                if (locked.cancelled().isPresent()) {
                    yield locked;
                }
                steps.success().record(tx, context);
                yield ended(tx, locked, SagaState.SUCCEEDED);
            }
            case UNWINDING -> {
                steps.failure().record(tx, context, locked.failure().orElseThrow());
                yield ended(tx, locked, SagaState.FAILED);
            }
            case SUCCEEDED, FAILED -> locked;
        };
    }

    /** The end of one saga may be what another of the same subject waits for. */
    private SagaRow ended(Tx tx, SagaRow locked, SagaState state) {
        SagaRow ended = store.end(tx, locked, state);
        if (store.signal(tx, locked.subject()) > 0) {
            tx.afterCommit(registry::wake);
        }
        return ended;
    }

    private Moved record(
            SagaRow row, Function<SagaRow, SagaMove> decision, Optional<String> failure) {
        return persistently(
                () ->
                        database.write(
                                tx -> {
                                    SagaRow locked = current(store.lockLoosely(tx, row.id()), row);
                                    SagaMove move = decision.apply(locked);
                                    return new Moved(
                                            store.move(
                                                    tx,
                                                    locked,
                                                    move,
                                                    locked.stepStartedAt(),
                                                    failure),
                                            move.next());
                                }));
    }

    private static SagaRow current(Optional<SagaRow> locked, SagaRow seen) {
        return locked.filter(row -> row.revision() == seen.revision())
                .orElseThrow(() -> new Superseded(seen.id()));
    }

    /**
     * Index of the step that the row names: found by name, because an update of the program may
     * have moved it.
     */
    private static <I> Optional<Integer> position(SagaRow row, Steps<I> steps) {
        if (row.step().isEmpty()) {
            return Optional.of(row.state() == SagaState.RUNNING ? steps.declared().size() : -1);
        }
        for (int i = 0; i < steps.declared().size(); i++) {
            if (steps.declared().get(i).name().equals(row.step())) {
                return Optional.of(i);
            }
        }
        return Optional.empty();
    }

    private Optional<String> explain(SagaRow row, boolean undo, SagaOutcome outcome) {
        return switch (outcome) {
            case SagaOutcome.Finished(), SagaOutcome.Waiting(_) -> Optional.empty();
            case SagaOutcome.Threw(Throwable thrown) -> {
                log.warn(
                        "{} of {} ({}): {} {} failed, attempt {}",
                        row.name(),
                        row.subject(),
                        row.id(),
                        undo ? "undo of" : "step",
                        row.step().isEmpty() ? "record the end" : row.step(),
                        row.attempt(),
                        thrown);
                yield Optional.of(
                        thrown.getClass().getSimpleName() + ": " + SagaDecision.describe(thrown));
            }
        };
    }

    private static String word(SagaOutcome outcome) {
        return switch (outcome) {
            case SagaOutcome.Finished() -> "done";
            case SagaOutcome.Waiting(_) -> "waiting";
            case SagaOutcome.Threw(_) -> "failed";
        };
    }

    /**
     * A step that fails because the program stops has not failed: whoever comes next runs it again.
     */
    private void stopIfAsked(SagaOutcome outcome) {
        if (outcome instanceof SagaOutcome.Threw && stopping.getAsBoolean()) {
            throw new Stopped();
        }
    }

    private <T> T persistently(Supplier<T> work) {
        for (int attempt = 1; ; attempt++) {
            try {
                return work.get();
            } catch (DatabaseUnavailable e) {
                if (stopping.getAsBoolean()) {
                    throw new Stopped();
                }
                log.debug("The database is away, attempt {}", attempt, e);
                pause(WHILE_DATABASE_IS_AWAY.pauseAfter(attempt));
            }
        }
    }

    private static void pause(Duration pause) {
        try {
            Thread.sleep(pause);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Stopped();
        }
    }

    /** The program is being stopped. */
    private static final class Stopped extends RuntimeException {
        Stopped() {
            super("The program stops");
        }
    }
}
