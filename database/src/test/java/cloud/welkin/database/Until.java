package cloud.welkin.database;

import java.time.Duration;

/** Waits for a condition; the patience is for a machine under load and says nothing about speed. */
final class Until {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private Until() {}

    interface Condition {
        boolean holds() throws Exception;
    }

    static void holds(Condition condition) throws Exception {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.holds()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("did not come about within " + PATIENCE);
            }
            Thread.sleep(5);
        }
    }
}
