package cloud.welkin.host.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class OneAtATimeTest {

    @Test
    void pokesDuringWorkCauseOneMoreRun() throws Exception {
        var begun = new Semaphore(0);
        var go = new Semaphore(0);
        var runs = new AtomicInteger();
        try (var work =
                new OneAtATime<String>(
                        4,
                        _ -> {
                            runs.incrementAndGet();
                            begun.release();
                            go.acquireUninterruptibly();
                        })) {
            work.poke("a");
            assertThat(begun.tryAcquire(10, TimeUnit.SECONDS)).isTrue();
            work.poke("a");
            work.poke("a");
            work.poke("a");
            go.release();
            assertThat(begun.tryAcquire(10, TimeUnit.SECONDS)).isTrue();
            go.release(10);
            work.close(Duration.ofSeconds(10));
            assertThat(runs).hasValue(2);
        }
    }

    @Test
    void severalKeysRunTogetherUpToTheBound() throws Exception {
        var together = new CyclicBarrier(3);
        var most = new AtomicInteger();
        var now = new AtomicInteger();
        var done = new CountDownLatch(9);
        try (var work =
                new OneAtATime<Integer>(
                        3,
                        _ -> {
                            most.accumulateAndGet(now.incrementAndGet(), Math::max);
                            try {
                                together.await(10, TimeUnit.SECONDS);
                            } catch (Exception e) {
                                throw new IllegalStateException(e);
                            } finally {
                                now.decrementAndGet();
                                done.countDown();
                            }
                        })) {
            for (int key = 0; key < 9; key++) {
                work.poke(key);
            }
            assertThat(done.await(20, TimeUnit.SECONDS)).isTrue();
            assertThat(most.get()).isEqualTo(3);
        }
    }

    @Test
    void workThatFailsIsNotTheEnd() throws Exception {
        var runs = new Semaphore(0);
        try (var work =
                new OneAtATime<String>(
                        1,
                        _ -> {
                            runs.release();
                            throw new IllegalStateException("as wanted");
                        })) {
            work.poke("a");
            assertThat(runs.tryAcquire(10, TimeUnit.SECONDS)).isTrue();
            work.pokeIn(Duration.ofMillis(1), "a");
            assertThat(runs.tryAcquire(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void nothingBeginsAfterTheEnd() {
        var runs = new AtomicInteger();
        var work = new OneAtATime<String>(1, _ -> runs.incrementAndGet());
        work.close(Duration.ofSeconds(1));
        work.poke("a");
        assertThat(runs).hasValue(0);
    }

    @Test
    void theEndOfAConsoleLogIsCutAtLines() {
        assertThat(GuestConsoles.last("a\nb\nc\n", 2)).isEqualTo("b\nc\n");
        assertThat(GuestConsoles.last("a\nb", 1)).isEqualTo("b");
        assertThat(GuestConsoles.last("a\n", 5)).isEqualTo("a\n");
        assertThat(GuestConsoles.last("a\n", 0)).isEmpty();
        assertThat(GuestConsoles.last("", 3)).isEmpty();
    }
}
