package cloud.welkin.kernel.work;

import cloud.welkin.database.Database;
import cloud.welkin.testing.TestDatabase;
import java.time.Duration;
import java.util.Arrays;
import java.util.UUID;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;

/**
 * Measures, and asserts nothing: the time from a commit to the first step of its saga, and to the
 * run of its reconciler.
 */
final class WorkLatency {

    private static final int ROUNDS = 400;

    private WorkLatency() {}

    record Nothing() {}

    private static final class Ping implements Saga<Nothing> {
        final SynchronousQueue<Long> times = new SynchronousQueue<>();

        @Override
        public String name() {
            return "ping";
        }

        @Override
        public Class<Nothing> inputType() {
            return Nothing.class;
        }

        @Override
        public Steps<Nothing> steps() {
            return Steps.first("ping", context -> put(times));
        }
    }

    private static final class Pong implements Reconciler {
        final SynchronousQueue<Long> times = new SynchronousQueue<>();

        @Override
        public String name() {
            return "pong";
        }

        @Override
        public Duration every() {
            return Duration.ofHours(1);
        }

        @Override
        public Report reconcile() {
            put(times);
            return Report.nothing();
        }
    }

    private static StepResult put(SynchronousQueue<Long> times) {
        long now = System.nanoTime();
        try {
            times.put(now);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return StepResult.done();
    }

    public static void main(String[] arguments) throws InterruptedException {
        var ping = new Ping();
        var pong = new Pong();
        try (Database database = TestDatabase.fresh();
                Work work = Work.on(database, WorkOptions.of("here"))) {
            work.sagas().register(ping);
            work.reconcilers().register(pong);
            work.start();
            pong.times.poll(10, TimeUnit.SECONDS);
            long[] sagas = new long[ROUNDS];
            long[] pokes = new long[ROUNDS];
            for (int i = 0; i < ROUNDS; i++) {
                database.write(
                        tx ->
                                work.sagas()
                                        .start(
                                                tx,
                                                ping,
                                                Subject.of("ping", UUID.randomUUID()),
                                                new Nothing()));
                sagas[i] = -System.nanoTime() + ping.times.take();
                Thread.sleep(5);
                database.change(tx -> work.reconcilers().poke(tx, "pong"));
                pokes[i] = -System.nanoTime() + pong.times.take();
                Thread.sleep(2);
            }
            print("commit to first step", sagas);
            print("commit to reconciler", pokes);
        }
    }

    private static void print(String what, long[] nanos) {
        long[] late = Arrays.copyOfRange(nanos, nanos.length / 2, nanos.length);
        Arrays.sort(late);
        System.out.printf(
                "%s: median %.2f ms, p95 %.2f ms, worst %.2f ms%n",
                what,
                late[late.length / 2] / 1e6,
                late[late.length * 95 / 100] / 1e6,
                late[late.length - 1] / 1e6);
    }
}
