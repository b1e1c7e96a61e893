package cloud.welkin.kernel.work;

import cloud.welkin.database.Database;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells other replicas that there is work. Hints only, so they go in transactions of their own,
 * many in one: a NOTIFY within the caller's transaction would make PostgreSQL commit one such
 * transaction at a time.
 */
final class Herald {

    static final String CHANNEL = "welkin_work";
    private static final Logger log = LoggerFactory.getLogger(Herald.class);

    private final Database database;
    private final ReentrantLock lock = new ReentrantLock();
    private final Set<String> pending = new LinkedHashSet<>();
    private boolean sending;

    Herald(Database database) {
        this.database = database;
    }

    void tell(String payload) {
        lock.lock();
        try {
            pending.add(payload);
            if (!sending) {
                sending = true;
                Thread.ofVirtual().name("herald").start(this::send);
            }
        } finally {
            lock.unlock();
        }
    }

    private void send() {
        for (List<String> batch = take(); !batch.isEmpty(); batch = take()) {
            List<String> payloads = batch;
            try {
                database.change(tx -> payloads.forEach(payload -> tx.notify(CHANNEL, payload)));
            } catch (RuntimeException e) {
                log.debug("A hint to other replicas was lost; they poll", e);
            }
        }
    }

    private List<String> take() {
        lock.lock();
        try {
            List<String> batch = List.copyOf(pending);
            pending.clear();
            sending = !batch.isEmpty();
            return batch;
        } finally {
            lock.unlock();
        }
    }
}
