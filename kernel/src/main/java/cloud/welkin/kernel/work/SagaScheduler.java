package cloud.welkin.kernel.work;

import cloud.welkin.database.Database;
import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.SchedulerName;
import com.github.kagkarlsson.scheduler.logging.LogLevel;
import com.github.kagkarlsson.scheduler.task.CompletionHandler;
import com.github.kagkarlsson.scheduler.task.ExecutionComplete;
import com.github.kagkarlsson.scheduler.task.ExecutionOperations;
import com.github.kagkarlsson.scheduler.task.helper.CustomTask;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs due sagas through db-scheduler: a task row for each active saga, locked and fetched, its
 * heart beating while it runs, revived elsewhere when the heart stops.
 *
 * <p>After a run the task is put to its next time, and then the saga's signals are looked at once
 * more: a signal that came between the step's record and the rescheduling would be overwritten by
 * the latter.
 */
final class SagaScheduler implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(SagaScheduler.class);
    private static final Retry COMPLETION =
            new Retry(Duration.ofMillis(50), Duration.ofSeconds(2), Integer.MAX_VALUE);

    private final Database database;
    private final SagaStore store;
    private final SagaRunner runner;
    private final WorkOptions options;
    private final BooleanSupplier stopping;
    private final Scheduler scheduler;
    private final ExecutorService threads =
            Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("saga-", 0).factory());

    SagaScheduler(
            Database database,
            SagaStore store,
            SagaRunner runner,
            WorkOptions options,
            Clock clock,
            BooleanSupplier stopping) {
        this.database = database;
        this.store = store;
        this.runner = runner;
        this.options = options;
        this.stopping = stopping;
        CustomTask<Void> task =
                Tasks.custom("saga", Void.class)
                        .onDeadExecution(
                                (complete, operations) ->
                                        operations.reschedule(complete, clock.instant()))
                        .execute(
                                (instance, context) ->
                                        run(new SagaId(UUID.fromString(instance.getId()))));
        this.scheduler =
                Scheduler.create(database.dataSource(), task)
                        .tableName("kernel.scheduled_task")
                        .schedulerName(new SchedulerName.Fixed(options.replica()))
                        .threads(options.concurrency())
                        .executorService(threads)
                        .pollUsingLockAndFetch(0.5, 1.0)
                        .pollingInterval(options.poll())
                        .heartbeatInterval(options.heartbeat())
                        .missedHeartbeatsLimit(WorkOptions.MISSED_HEARTBEATS)
                        // a task of a program newer than this one is no rubbish
                        .deleteUnresolvedAfter(Duration.ofDays(3650))
                        .failureLogging(LogLevel.WARN, true)
                        .shutdownMaxWait(Duration.ofSeconds(5))
                        .clock(clock::instant)
                        .build();
    }

    void start() {
        int released = database.write(tx -> store.releasePickedBy(tx, options.replica()));
        if (released > 0) {
            log.info(
                    "Taking up {} sagas that a former life of {} was running",
                    released,
                    options.replica());
        }
        scheduler.start();
    }

    /** Looks for due sagas now. */
    void wake() {
        scheduler.triggerCheckForDueExecutions();
    }

    boolean full() {
        return scheduler.getCurrentlyExecuting().size() >= options.concurrency();
    }

    @Override
    public void close() {
        scheduler.stop();
        threads.shutdownNow();
    }

    private CompletionHandler<Void> run(SagaId id) {
        SagaRunner.Next next = runner.advance(id);
        return (complete, operations) -> complete(id, next, complete, operations);
    }

    private void complete(
            SagaId id,
            SagaRunner.Next next,
            ExecutionComplete complete,
            ExecutionOperations<Void> operations) {
        switch (next) {
            case SagaRunner.Next.Ended() -> persistently(operations::remove);
            case SagaRunner.Next.At(Instant time, long seenSignals) -> {
                persistently(() -> operations.reschedule(complete, time));
                persistently(
                        () -> {
                            if (database.write(
                                    tx -> store.wakeIfSignalledSince(tx, id, seenSignals))) {
                                wake();
                            }
                        });
            }
        }
    }

    /**
     * Until the database is back: a task that stays picked would sleep until its heart is found to
     * have stopped.
     */
    private void persistently(Runnable completion) {
        for (int attempt = 1; ; attempt++) {
            try {
                completion.run();
                return;
            } catch (RuntimeException e) {
                if (!causedByDatabase(e) || stopping.getAsBoolean()) {
                    throw e;
                }
            }
            try {
                Thread.sleep(COMPLETION.pauseAfter(attempt));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private static boolean causedByDatabase(Throwable failure) {
        for (Throwable at = failure; at != null; at = at.getCause()) {
            if (at instanceof SQLException
                    || at instanceof cloud.welkin.database.DatabaseUnavailable) {
                return true;
            }
        }
        return false;
    }
}
