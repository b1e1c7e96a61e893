package cloud.welkin.kernel.event;

import cloud.welkin.database.Database;
import cloud.welkin.database.Tx;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads for one subscriber on this replica. The lock on the cursor's row keeps replicas from
 * reading the same.
 */
final class Subscription {

    private static final Logger log = LoggerFactory.getLogger(Subscription.class);
    private static final Duration POLL = Duration.ofSeconds(1);
    private static final Duration HELD_BACK = Duration.ofMillis(20);
    private static final Duration LONGEST_BACKOFF = Duration.ofSeconds(30);
    private static final int BATCH = 200;

    private enum Round {
        READ,
        HELD_BACK,
        IDLE
    }

    private final Database database;
    private final EventStore store;
    private final String name;
    private final EventHandler handler;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition woken = lock.newCondition();
    private Optional<Thread> thread = Optional.empty();
    private boolean awake;
    private volatile boolean closed;

    Subscription(Database database, EventStore store, String name, EventHandler handler) {
        this.database = database;
        this.store = store;
        this.name = name;
        this.handler = handler;
    }

    void start() {
        thread = Optional.of(Thread.ofVirtual().name("events to " + name).start(this::loop));
    }

    void wake() {
        lock.lock();
        try {
            awake = true;
            woken.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void close() {
        closed = true;
        thread.ifPresent(Thread::interrupt);
        try {
            if (thread.isPresent() && !thread.get().join(Duration.ofSeconds(5))) {
                log.warn("The subscriber {} does not stop", name);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void loop() {
        Duration backoff = HELD_BACK;
        try {
            while (!closed) {
                Duration pause;
                try {
                    pause =
                            switch (database.write(this::round)) {
                                case READ -> Duration.ZERO;
                                case HELD_BACK -> HELD_BACK;
                                case IDLE -> POLL;
                            };
                    backoff = HELD_BACK;
                } catch (RuntimeException e) {
                    if (closed) {
                        return;
                    }
                    log.warn("The subscriber {} failed; the same events come again", name, e);
                    backoff = backoff.multipliedBy(2);
                    backoff = backoff.compareTo(LONGEST_BACKOFF) > 0 ? LONGEST_BACKOFF : backoff;
                    Thread.sleep(backoff);
                    pause = Duration.ZERO;
                }
                await(pause);
            }
        } catch (InterruptedException e) {
            log.debug("The subscriber {} stops", name);
        }
    }

    private Round round(Tx tx) {
        var cursor = store.lock(tx, name);
        if (cursor.isEmpty()) {
            return Round.IDLE;
        }
        var batch = store.next(tx, cursor.get(), BATCH);
        if (batch.isEmpty()) {
            return store.heldBack(tx, cursor.get()) ? Round.HELD_BACK : Round.IDLE;
        }
        handler.handle(tx, batch.get().events());
        store.move(tx, name, batch.get().end());
        return Round.READ;
    }

    private void await(Duration pause) throws InterruptedException {
        lock.lock();
        try {
            long left = pause.toNanos();
            while (!awake && left > 0) {
                left = woken.awaitNanos(left);
            }
            awake = false;
        } finally {
            lock.unlock();
        }
    }
}
