package cloud.welkin.kernel.work;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * What every saga must stand. Implement it in a test class of the saga and say how to make a trial:
 * the rest comes from here, step by step of the saga itself.
 */
public interface SagaContract<I> {

    /** A fresh trial: nothing of an earlier one is visible to it. */
    SagaTrial<I> trial();

    @Test
    default void succeeds() {
        var trial = trial();
        assertThat(new SagaDriver<>(trial).begin().toTheEnd()).isEqualTo(SagaState.SUCCEEDED);
        trial.assertDone();
    }

    @Test
    default void everyStepRunTwiceDoesItsDeedOnce() {
        var trial = trial();
        var driver = new SagaDriver<>(trial, steps -> Rewrite.eachTwice(steps));
        assertThat(driver.begin().toTheEnd()).isEqualTo(SagaState.SUCCEEDED);
        trial.assertDone();
    }

    @Test
    default void everyUndoRunTwiceLeavesACleanSlate() {
        var trial = trial();
        int last = trial.saga().steps().declared().size() - 1;
        var driver =
                new SagaDriver<>(
                        trial, steps -> Rewrite.eachTwice(Rewrite.failingAfter(steps, last)));
        assertThat(driver.begin().toTheEnd()).isEqualTo(SagaState.FAILED);
        trial.assertClean();
    }

    @TestFactory
    default Stream<DynamicTest> failingAtEachStepLeavesACleanSlate() {
        List<String> names = names();
        return IntStream.range(0, names.size())
                .boxed()
                .flatMap(
                        at ->
                                Stream.of(
                                        DynamicTest.dynamicTest(
                                                "before " + names.get(at),
                                                () ->
                                                        fails(
                                                                steps ->
                                                                        Rewrite.failingBefore(
                                                                                steps, at))),
                                        DynamicTest.dynamicTest(
                                                "after " + names.get(at),
                                                () ->
                                                        fails(
                                                                steps ->
                                                                        Rewrite.failingAfter(
                                                                                steps, at)))));
    }

    @TestFactory
    default Stream<DynamicTest> aCrashAtAnyInstantIsResumedToSuccess() {
        var moments = new SagaDriver<>(trial()).begin();
        moments.toTheEnd();
        return IntStream.range(0, moments.moments().size())
                .mapToObj(
                        at ->
                                DynamicTest.dynamicTest(
                                        moments.moments().get(at),
                                        () -> {
                                            var trial = trial();
                                            var driver = new SagaDriver<>(trial).begin();
                                            driver.crashAt(at);
                                            assertThat(driver.toTheEnd())
                                                    .isEqualTo(SagaState.SUCCEEDED);
                                            trial.assertDone();
                                        }));
    }

    @TestFactory
    default Stream<DynamicTest> aCrashAtAnyInstantOfAFailureLeavesACleanSlate() {
        int last = names().size() - 1;
        var moments = new SagaDriver<>(trial(), steps -> Rewrite.failingAfter(steps, last)).begin();
        moments.toTheEnd();
        return IntStream.range(0, moments.moments().size())
                .mapToObj(
                        at ->
                                DynamicTest.dynamicTest(
                                        moments.moments().get(at),
                                        () -> {
                                            var trial = trial();
                                            var driver =
                                                    new SagaDriver<>(
                                                                    trial,
                                                                    s ->
                                                                            Rewrite.failingAfter(
                                                                                    s, last))
                                                            .begin();
                                            driver.crashAt(at);
                                            assertThat(driver.toTheEnd())
                                                    .isEqualTo(SagaState.FAILED);
                                            trial.assertClean();
                                        }));
    }

    private List<String> names() {
        return trial().saga().steps().declared().stream().map(Steps.Declared::name).toList();
    }

    private void fails(SagaDriver.Wrap<I> wrap) {
        var trial = trial();
        assertThat(new SagaDriver<>(trial, wrap).begin().toTheEnd()).isEqualTo(SagaState.FAILED);
        trial.assertClean();
    }

    /** The same saga with its steps changed. */
    final class Rewrite {

        private Rewrite() {}

        static <I> Steps<I> eachTwice(Steps<I> steps) {
            var twice = new ArrayList<Steps.Declared<I>>();
            for (var step : steps.declared()) {
                twice.add(
                        new Steps.Declared<>(
                                step.name(),
                                twice(step.run()),
                                step.undo().map(Rewrite::twice),
                                step.within(),
                                step.retry()));
            }
            return Steps.of(twice, steps);
        }

        static <I> Steps<I> failingBefore(Steps<I> steps, int at) {
            return replacing(
                    steps,
                    at,
                    context -> {
                        throw new IllegalStateException("made to fail before the deed");
                    });
        }

        static <I> Steps<I> failingAfter(Steps<I> steps, int at) {
            Step<I> run = steps.declared().get(at).run();
            return replacing(
                    steps,
                    at,
                    context ->
                            switch (run.run(context)) {
                                case StepResult.Done() ->
                                        throw new IllegalStateException(
                                                "made to fail after the deed");
                                case StepResult.WaitFor wait -> wait;
                            });
        }

        private static <I> Steps<I> replacing(Steps<I> steps, int at, Step<I> run) {
            var replaced = new ArrayList<>(steps.declared());
            var old = replaced.get(at);
            replaced.set(
                    at,
                    new Steps.Declared<>(old.name(), run, old.undo(), old.within(), old.retry()));
            return Steps.of(replaced, steps);
        }

        private static <I> Step<I> twice(Step<I> step) {
            return context ->
                    switch (step.run(context)) {
                        case StepResult.WaitFor wait -> wait;
                        case StepResult.Done done -> {
                            assertThat(step.run(context)).as("the second run").isEqualTo(done);
                            yield done;
                        }
                    };
        }
    }
}
