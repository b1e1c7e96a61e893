package cloud.welkin.host.contained;

import java.time.Duration;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls a host's reconciliation again and again: at an interval and when asked. Its failures are
 * logged and tried again.
 */
final class Supervisor implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Supervisor.class);

    private final Runnable reconcile;
    private final Duration interval;
    private final LinkedBlockingQueue<Boolean> asked = new LinkedBlockingQueue<>();
    private final Thread thread;
    private volatile boolean closed;

    Supervisor(String host, Duration interval, Runnable reconcile) {
        this.reconcile = reconcile;
        this.interval = interval;
        this.thread = Thread.ofVirtual().name("supervisor-" + host).start(this::run);
    }

    private void run() {
        while (!closed) {
            try {
                asked.poll(interval.toMillis(), TimeUnit.MILLISECONDS);
                asked.clear();
                if (!closed) {
                    reconcile.run();
                }
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException e) {
                log.warn("a host could not be put right yet", e);
            }
        }
    }

    void wake() {
        asked.add(true);
    }

    /**
     * Lets a reconciliation that is under way come to its end: half a start of a daemon is worse
     * than a late end.
     */
    @Override
    public void close() {
        closed = true;
        wake();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
