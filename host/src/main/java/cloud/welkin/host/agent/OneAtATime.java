package cloud.welkin.host.agent;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs work for keys: never two at a time for one key, several keys in parallel up to a bound. A
 * poke while a key's work runs causes one more run, however many pokes there were.
 */
final class OneAtATime<K> implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(OneAtATime.class);

    private enum State {
        RUNNING,
        RUNNING_AND_POKED
    }

    private final Consumer<K> work;
    private final Semaphore places;
    private final Map<K, State> states = new HashMap<>();
    private final Map<K, Thread> timers = new HashMap<>();
    private final Set<Thread> threads = new HashSet<>();
    private final ReentrantLock lock = new ReentrantLock();
    private boolean closed;

    OneAtATime(int parallel, Consumer<K> work) {
        this.places = new Semaphore(parallel);
        this.work = work;
    }

    /** Has the key's work run soon, after what may run now. */
    void poke(K key) {
        lock.lock();
        try {
            if (closed) {
                return;
            }
            if (states.containsKey(key)) {
                states.put(key, State.RUNNING_AND_POKED);
                return;
            }
            states.put(key, State.RUNNING);
            Thread thread = Thread.ofVirtual().name("converge-" + key).unstarted(() -> run(key));
            threads.add(thread);
            thread.start();
        } finally {
            lock.unlock();
        }
    }

    /** Pokes after a while; a later call for the same key replaces the earlier one. */
    void pokeIn(Duration delay, K key) {
        Thread timer =
                Thread.ofVirtual()
                        .name("later-" + key)
                        .unstarted(
                                () -> {
                                    try {
                                        Thread.sleep(delay);
                                        poke(key);
                                    } catch (InterruptedException replaced) {
                                        Thread.currentThread().interrupt();
                                    }
                                });
        lock.lock();
        try {
            if (closed) {
                return;
            }
            Thread earlier = timers.put(key, timer);
            if (earlier != null) {
                earlier.interrupt();
            }
            timer.start();
        } finally {
            lock.unlock();
        }
    }

    /** No work begins after this; returns when what runs has ended, or after the limit. */
    void close(Duration limit) {
        Set<Thread> running;
        lock.lock();
        try {
            closed = true;
            timers.values().forEach(Thread::interrupt);
            running = Set.copyOf(threads);
        } finally {
            lock.unlock();
        }
        long end = System.nanoTime() + limit.toNanos();
        try {
            for (Thread thread : running) {
                thread.join(Duration.ofNanos(Math.max(1, end - System.nanoTime())));
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        close(Duration.ofSeconds(30));
    }

    private void run(K key) {
        try {
            do {
                places.acquireUninterruptibly();
                try {
                    if (!isClosed()) {
                        work.accept(key);
                    }
                } catch (RuntimeException failed) {
                    LOG.error("work for {} failed", key, failed);
                } finally {
                    places.release();
                }
            } while (isWantedAgain(key));
        } finally {
            ended();
        }
    }

    private void ended() {
        lock.lock();
        try {
            threads.remove(Thread.currentThread());
        } finally {
            lock.unlock();
        }
    }

    private boolean isClosed() {
        lock.lock();
        try {
            return closed;
        } finally {
            lock.unlock();
        }
    }

    private boolean isWantedAgain(K key) {
        lock.lock();
        try {
            if (!closed && states.get(key) == State.RUNNING_AND_POKED) {
                states.put(key, State.RUNNING);
                return true;
            }
            states.remove(key);
            return false;
        } finally {
            lock.unlock();
        }
    }
}
