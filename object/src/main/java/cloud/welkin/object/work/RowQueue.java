package cloud.welkin.object.work;

import cloud.welkin.database.Database;
import cloud.welkin.object.domain.StoredObject;
import cloud.welkin.object.store.ObjectTable;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Makes the rows of objects that come at the same time by one statement and one commit. Nobody
 * waits for a batch to fill: what came while the one before was committed is the next.
 */
public final class RowQueue implements AutoCloseable {
    private static final int MOST = 256;

    private record Pending(StoredObject object, CompletableFuture<Boolean> done) {
        List<Object> place() {
            return List.of(object.container(), object.name());
        }
    }

    private final Database database;
    private final ObjectTable objects;
    private final Queue<Pending> waiting = new ArrayDeque<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition came = lock.newCondition();
    private final Thread writer;
    private boolean closed;

    public RowQueue(Database database, ObjectTable objects) {
        this.database = database;
        this.objects = objects;
        // One: two make smaller batches, and the database's work for them is what costs (measured:
        // a fifth fewer uploads a second).
        writer = Thread.ofVirtual().name("object-rows").start(this::write);
    }

    /**
     * Makes the object, in the place of what is there; returns when that is committed.
     *
     * @throws RuntimeException as a transaction of its own would throw
     */
    void put(StoredObject object) {
        Pending pending = new Pending(object, new CompletableFuture<>());
        lock.lock();
        try {
            if (closed) {
                throw new IllegalStateException("the object service is closed");
            }
            waiting.add(pending);
            came.signal();
        } finally {
            lock.unlock();
        }
        try {
            pending.done().join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException own ? own : e;
        }
    }

    private void write() {
        Collection<Pending> batch = next();
        while (!batch.isEmpty()) {
            commit(List.copyOf(batch));
            batch = next();
        }
    }

    /** The oldest of each place, up to a batch; empty when the queue is closed. */
    private Collection<Pending> next() {
        lock.lock();
        try {
            while (waiting.isEmpty() && !closed) {
                came.awaitUninterruptibly();
            }
            Map<List<Object>, Pending> batch = new LinkedHashMap<>();
            List<Pending> later = new ArrayList<>();
            while (!waiting.isEmpty() && batch.size() < MOST) {
                Pending one = waiting.remove();
                // One statement cannot make the same row twice.
                if (batch.putIfAbsent(one.place(), one) != null) {
                    later.add(one);
                }
            }
            waiting.addAll(later);
            return batch.values();
        } finally {
            lock.unlock();
        }
    }

    private void commit(List<Pending> batch) {
        // In the order of names: whoever else locks several rows does too, and none wait in a ring.
        List<Pending> ordered =
                batch.stream()
                        .sorted(
                                Comparator.comparingLong((Pending one) -> one.object().container())
                                        .thenComparing(one -> one.object().name()))
                        .toList();
        try {
            List<StoredObject> all = ordered.stream().map(Pending::object).toList();
            if (all.size() == 1) {
                database.change(tx -> objects.put(tx, all.getFirst()));
            } else {
                database.once(tx -> objects.putAll(tx, all));
            }
            ordered.forEach(one -> one.done().complete(true));
        } catch (RuntimeException | Error e) {
            // Errors too: whoever waits would do so for good if this thread ended.
            if (ordered.size() == 1) {
                ordered.getFirst().done().completeExceptionally(e);
            } else {
                // Whose fault it was is not known: each is tried for itself.
                ordered.forEach(one -> commit(List.of(one)));
            }
        }
    }

    /** Ends when everything that waits is done. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            came.signalAll();
        } finally {
            lock.unlock();
        }
        try {
            writer.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
