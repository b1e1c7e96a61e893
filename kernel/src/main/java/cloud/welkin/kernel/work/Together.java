package cloud.welkin.kernel.work;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * Does for many at once what costs the same for one: a commit, an fsync of a folder. Whoever comes
 * while a round is under way waits for the next round, which takes all who have come by then; the
 * first to find none under way does it for the others, on its own thread.
 *
 * @param <T> what each brings
 */
public final class Together<T> {
    private final Consumer<List<T>> work;
    private final ReentrantLock oneRound = new ReentrantLock();
    private final ReentrantLock lock = new ReentrantLock();
    private List<T> waiting = new ArrayList<>();
    private CompletableFuture<Boolean> next = new CompletableFuture<>();

    /**
     * @param work what is done with all who have come; its failure is that of each of them
     */
    public Together(Consumer<List<T>> work) {
        this.work = work;
    }

    /** Returns when a round that began after the call has ended. */
    public void take(T item) {
        CompletableFuture<Boolean> round;
        lock.lock();
        try {
            waiting.add(item);
            round = next;
        } finally {
            lock.unlock();
        }
        oneRound.lock();
        try {
            if (!round.isDone()) {
                run();
            }
        } finally {
            oneRound.unlock();
        }
        outcome(round);
    }

    /** How many have come for the next round. */
    int waiting() {
        lock.lock();
        try {
            return waiting.size();
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        List<T> taken;
        CompletableFuture<Boolean> round;
        lock.lock();
        try {
            taken = waiting;
            round = next;
            waiting = new ArrayList<>();
            next = new CompletableFuture<>();
        } finally {
            lock.unlock();
        }
        try {
            work.accept(taken);
            round.complete(true);
        } catch (RuntimeException | Error failed) {
            round.completeExceptionally(failed);
        }
    }

    private static void outcome(CompletableFuture<Boolean> round) {
        try {
            round.get();
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new IllegalStateException(failed.getCause());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }
}
