package cloud.welkin.kernel.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import cloud.welkin.testing.Eventually;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class TogetherTest {
    private final ConcurrentLinkedQueue<List<Integer>> rounds = new ConcurrentLinkedQueue<>();

    @Test
    void whoComesDuringARoundIsTakenByTheNextOneTogether() throws Exception {
        CountDownLatch first = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        Together<Integer> together =
                new Together<>(
                        all -> {
                            rounds.add(List.copyOf(all));
                            if (all.contains(0)) {
                                first.countDown();
                                await(go);
                            }
                        });
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> taken = new ArrayList<>();
            taken.add(threads.submit(() -> together.take(0)));
            await(first);
            for (int i = 1; i <= 20; i++) {
                int item = i;
                taken.add(threads.submit(() -> together.take(item)));
            }
            Eventually.holds("all wait", () -> together.waiting() == 20);
            go.countDown();
            for (Future<?> each : taken) {
                each.get(30, TimeUnit.SECONDS);
            }
        }
        assertThat(rounds).hasSize(2);
        assertThat(rounds.stream().skip(1).findFirst().orElseThrow())
                .containsExactlyInAnyOrderElementsOf(
                        java.util.stream.IntStream.rangeClosed(1, 20).boxed().toList());
    }

    @Test
    void aRoundsFailureIsThatOfAllInItAndOfNobodyElse() {
        Together<Integer> together =
                new Together<>(
                        all -> {
                            if (all.contains(1)) {
                                throw new IllegalArgumentException("one is too many");
                            }
                        });
        assertThat(catchThrowable(() -> together.take(1))).hasMessage("one is too many");
        together.take(2);
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
