package cloud.welkin.kernel.work;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.Assertions;

/**
 * Runs one saga by hand, without a scheduler or any waiting, and lets its runner die where it is
 * told.
 */
final class SagaDriver<I> {

    interface Wrap<I> {
        Steps<I> steps(Steps<I> original);
    }

    private static final int PATIENCE = 1_000;

    private final SagaTrial<I> trial;
    private final Saga<I> saga;
    private final SagaJson json = new SagaJson();
    private final SagaStore store = new SagaStore(json);
    private final SagaRegistry registry = new SagaRegistry(() -> {});
    private final List<String> moments = new ArrayList<>();
    private Optional<SagaId> id = Optional.empty();
    private int crashAt = -1;

    SagaDriver(SagaTrial<I> trial) {
        this(trial, steps -> steps);
    }

    SagaDriver(SagaTrial<I> trial, Wrap<I> wrap) {
        this.trial = trial;
        Saga<I> original = trial.saga();
        this.saga =
                new Saga<>() {
                    @Override
                    public String name() {
                        return original.name();
                    }

                    @Override
                    public Class<I> inputType() {
                        return original.inputType();
                    }

                    @Override
                    public Steps<I> steps() {
                        return wrap.steps(original.steps());
                    }
                };
        registry.add(saga);
    }

    SagaDriver<I> begin() {
        var sagas = new Sagas(store, json, registry);
        id =
                Optional.of(
                        trial.database()
                                .write(
                                        tx ->
                                                sagas.start(
                                                        tx, saga, trial.subject(), trial.input())));
        return this;
    }

    /** The runner dies at the moment of the given number, once. */
    void crashAt(int moment) {
        crashAt = moment;
    }

    /** Everything that the observer was told, in words. */
    List<String> moments() {
        return moments;
    }

    SagaState toTheEnd() {
        for (int i = 0; i < PATIENCE; i++) {
            SagaRunner runner =
                    new SagaRunner(
                            trial.database(),
                            store,
                            json,
                            registry,
                            new Mortal(),
                            Clock.systemUTC(),
                            () -> false);
            try {
                switch (runner.advance(id.orElseThrow())) {
                    case SagaRunner.Next.Ended() -> {
                        return trial.database()
                                .read(tx -> store.find(tx, id.orElseThrow()))
                                .orElseThrow()
                                .state();
                    }
                    case SagaRunner.Next.At at -> trial.worldMoves();
                }
            } catch (SimulatedDeath death) {
                crashAt = -1;
            }
        }
        return Assertions.fail("The saga did not end after %d runs: %s", PATIENCE, moments);
    }

    private final class Mortal implements SagaObserver {

        @Override
        public void beforeStep(SagaId saga, String name, String step, boolean undo) {
            moment("before " + (undo ? "undo of " : "") + step);
        }

        @Override
        public void afterStep(
                SagaId saga,
                String name,
                String step,
                boolean undo,
                Duration took,
                String outcome) {
            moment("after " + (undo ? "undo of " : "") + step + ", not recorded");
        }

        @Override
        public void afterRecord(SagaId saga, String name, String step, boolean undo) {
            moment("after " + (undo ? "undo of " : "") + step + ", recorded");
        }

        @Override
        public void beforeEnd(SagaId saga, String name) {
            moment("before the end");
        }

        @Override
        public void afterEnd(SagaId saga, String name, SagaState state) {
            moment("after the end");
        }

        private void moment(String words) {
            moments.add(words);
            if (moments.size() - 1 == crashAt) {
                throw new SimulatedDeath();
            }
        }
    }

    private static final class SimulatedDeath extends Error {
        SimulatedDeath() {
            super("the runner dies here");
        }
    }
}
