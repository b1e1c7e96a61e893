package cloud.welkin.kernel.work;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread of one reconciler on this replica: runs it when it is poked or due, as long as this
 * replica holds its lease.
 */
final class ReconcilerLoop {

    private static final Logger log = LoggerFactory.getLogger(ReconcilerLoop.class);
    private static final Retry AFTER_FAILURE =
            new Retry(Duration.ofMillis(250), Duration.ofSeconds(30), Integer.MAX_VALUE);

    private final Reconciler reconciler;
    private final String replica;
    private final Clock clock;
    private final Consumer<ReconcilerStatus> onRun;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private Optional<Thread> thread = Optional.empty();
    private boolean leads;
    private boolean poked;
    private boolean running;
    private boolean closed;
    private long nextRunNanos;
    private long notBeforeNanos;
    private Optional<ReconcilerStatus> last = Optional.empty();

    ReconcilerLoop(
            Reconciler reconciler, String replica, Clock clock, Consumer<ReconcilerStatus> onRun) {
        this.reconciler = reconciler;
        this.replica = replica;
        this.clock = clock;
        this.onRun = onRun;
    }

    void start() {
        thread =
                Optional.of(
                        Thread.ofVirtual()
                                .name("reconciler " + reconciler.name())
                                .start(this::loop));
    }

    /** This replica runs it from now on, first after the given pause. */
    void lead(Duration pause) {
        lock.lock();
        try {
            leads = true;
            poked = true;
            notBeforeNanos = System.nanoTime() + pause.toNanos();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Another replica may run it: a run in progress is interrupted. */
    void yieldLead() {
        lock.lock();
        try {
            leads = false;
            if (running) {
                thread.ifPresent(Thread::interrupt);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Whether this replica is the one that will run it. */
    boolean poke() {
        lock.lock();
        try {
            poked = true;
            changed.signalAll();
            return leads;
        } finally {
            lock.unlock();
        }
    }

    Optional<ReconcilerStatus> last() {
        lock.lock();
        try {
            return last;
        } finally {
            lock.unlock();
        }
    }

    void close() {
        lock.lock();
        try {
            closed = true;
            thread.ifPresent(Thread::interrupt);
        } finally {
            lock.unlock();
        }
        try {
            if (thread.isPresent() && !thread.get().join(Duration.ofSeconds(5))) {
                log.warn("Reconciler {} does not stop", reconciler.name());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void loop() {
        while (awaitTurn()) {
            ReconcilerStatus status = run();
            boolean told;
            lock.lock();
            try {
                running = false;
                // an interrupt that was meant for the run must not hit what follows
                told = leads && !closed;
                boolean interrupted = Thread.interrupted();
                last = Optional.of(status);
                long now = System.nanoTime();
                nextRunNanos = now + reconciler.every().toNanos();
                notBeforeNanos = now + reconciler.restAfter(status.took()).toNanos();
                if (status.failure().isPresent()) {
                    poked = true;
                    notBeforeNanos =
                            now + AFTER_FAILURE.pauseAfter(status.failuresInARow()).toNanos();
                }
                log.trace("{} ran, interrupted {}", reconciler.name(), interrupted);
            } finally {
                lock.unlock();
            }
            if (told) {
                onRun.accept(status);
            }
        }
    }

    private boolean awaitTurn() {
        lock.lock();
        try {
            while (!closed) {
                long now = System.nanoTime();
                long wait = Math.max(poked ? 0 : nextRunNanos - now, notBeforeNanos - now);
                if (!leads) {
                    changed.await();
                } else if (wait > 0) {
                    changed.awaitNanos(wait);
                } else {
                    poked = false;
                    running = true;
                    return true;
                }
            }
        } catch (InterruptedException e) {
            if (!closed) {
                log.warn("Reconciler {} was interrupted while it waited", reconciler.name());
            }
        } finally {
            lock.unlock();
        }
        return false;
    }

    private ReconcilerStatus run() {
        Instant started = clock.instant();
        long nanos = System.nanoTime();
        Report report = Report.nothing();
        Optional<String> failure = Optional.empty();
        try {
            report = reconciler.reconcile();
        } catch (Throwable e) {
            failure = Optional.of(e.getClass().getSimpleName() + ": " + SagaDecision.describe(e));
            log.warn("Reconciler {} failed", reconciler.name(), e);
        }
        var took = Duration.ofNanos(System.nanoTime() - nanos);
        int failures =
                failure.isPresent() ? last.map(ReconcilerStatus::failuresInARow).orElse(0) + 1 : 0;
        Optional<Instant> lastChange =
                report.changed() > 0
                        ? Optional.of(started)
                        : last.flatMap(ReconcilerStatus::lastChangeAt);
        return new ReconcilerStatus(
                reconciler.name(), replica, started, took, report, failure, failures, lastChange);
    }
}
