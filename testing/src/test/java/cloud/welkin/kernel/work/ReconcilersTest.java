package cloud.welkin.kernel.work;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.welkin.database.Database;
import cloud.welkin.database.DatabaseAddress;
import cloud.welkin.testing.Eventually;
import cloud.welkin.testing.TestDatabase;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class ReconcilersTest {

    /** Runs only as often as it is let; counts how many run at once. */
    private static final class Gated implements Reconciler {
        final AtomicInteger started = new AtomicInteger();
        final AtomicInteger ended = new AtomicInteger();
        final AtomicInteger atOnce = new AtomicInteger();
        final AtomicInteger mostAtOnce = new AtomicInteger();
        final Semaphore gate;
        volatile boolean fails;

        Gated(int permits) {
            this.gate = new Semaphore(permits);
        }

        @Override
        public String name() {
            return "gated";
        }

        @Override
        public Duration every() {
            return Duration.ofHours(1);
        }

        @Override
        public Report reconcile() {
            started.incrementAndGet();
            mostAtOnce.accumulateAndGet(atOnce.incrementAndGet(), Math::max);
            try {
                gate.acquire();
                if (fails) {
                    fails = false;
                    throw new IllegalStateException("the switch is off");
                }
                return Report.changed(1, "one thing");
            } catch (InterruptedException e) {
                throw new IllegalStateException("interrupted", e);
            } finally {
                atOnce.decrementAndGet();
                ended.incrementAndGet();
            }
        }
    }

    private final DatabaseAddress address = TestDatabase.freshAddress();
    private final Database database = Database.open(address, 8);
    private final Work work = Work.on(database, WorkOptions.of("first"));

    @AfterEach
    void close() {
        work.close();
        database.close();
    }

    @Test
    void aReconcilerRunsAtTheStartAndAfterEachPoke() {
        var gated = startWith(new Gated(100));
        Eventually.holds("the first run", () -> gated.ended.get() == 1);
        poke(work);
        Eventually.holds("the second run", () -> gated.ended.get() == 2);
        Eventually.holds(
                "it is recorded",
                () ->
                        database
                                .<java.util.List<ReconcilerStatus>>read(
                                        tx -> work.reconcilers().status(tx))
                                .stream()
                                .anyMatch(
                                        s ->
                                                s.name().equals("gated")
                                                        && s.report()
                                                                .message()
                                                                .equals("one thing")));
    }

    @Test
    void pokesDuringARunCauseExactlyOneMore() {
        var gated = startWith(new Gated(0));
        Eventually.holds("it runs", () -> gated.started.get() == 1);
        for (int i = 0; i < 20; i++) {
            poke(work);
        }
        gated.gate.release();
        Eventually.holds("it runs again", () -> gated.started.get() == 2);
        gated.gate.release(10);
        Eventually.holds("that ends", () -> gated.ended.get() == 2);
        poke(work);
        Eventually.holds("the next is for the next poke", () -> gated.ended.get() == 3);
        assertThat(gated.started).hasValue(3);
    }

    @Test
    void aPokeOfARolledBackTransactionCausesNothing() {
        var gated = startWith(new Gated(100));
        Eventually.holds("the first run", () -> gated.ended.get() == 1);
        try {
            database.change(
                    tx -> {
                        work.reconcilers().poke(tx, "gated");
                        throw new IllegalStateException("changed my mind");
                    });
        } catch (IllegalStateException e) {
            assertThat(e).hasMessage("changed my mind");
        }
        poke(work);
        Eventually.holds("the second run", () -> gated.ended.get() == 2);
        assertThat(gated.started).hasValue(2);
    }

    @Test
    void aFailedRunIsReportedAndRepeated() {
        var gated = new Gated(100);
        gated.fails = true;
        startWith(gated);
        Eventually.holds("it was repeated", () -> gated.ended.get() == 2);
        Eventually.holds(
                "it is well again",
                () ->
                        work.reconcilers()
                                .lastRunHere("gated")
                                .filter(s -> s.failuresInARow() == 0 && s.failure().isEmpty())
                                .isPresent());
    }

    @Test
    void ofTwoReplicasOneRunsItAndHearsTheOthersPokes() {
        var gated = startWith(new Gated(1000));
        Eventually.holds("the first run", () -> gated.ended.get() == 1);
        try (Database other = Database.open(address, 8);
                Work second = Work.on(other, WorkOptions.of("second"))) {
            second.reconcilers().register(gated);
            second.start();
            other.change(tx -> second.reconcilers().poke(tx, "gated"));
            Eventually.holds("the first ran for it", () -> gated.ended.get() == 2);
            assertThat(second.reconcilers().lastRunHere("gated")).isEmpty();
            work.close();
            Eventually.holds(
                    "the second takes over",
                    () -> second.reconcilers().lastRunHere("gated").isPresent());
        }
        assertThat(gated.mostAtOnce).hasValue(1);
    }

    private Gated startWith(Gated gated) {
        work.reconcilers().register(gated);
        work.start();
        return gated;
    }

    private void poke(Work where) {
        database.change(tx -> where.reconcilers().poke(tx, "gated"));
    }
}
