package cloud.welkin.kernel.work;

import cloud.welkin.database.Tx;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.jooq.Record;

/**
 * The SQL of sagas and of the db-scheduler tasks that run them: one task for each active saga,
 * named by its id.
 */
final class SagaStore {

    private static final String COLUMNS =
            " id, name, subject, state, position, step, attempt, step_started_at, input::text as input, notebook::text as"
                    + " notebook, failure::text as failure, cancelled, signals, revision ";

    private final SagaJson json;

    SagaStore(SagaJson json) {
        this.json = json;
    }

    /** Whether it was begun: not if the exclusive key is held by an active saga. */
    boolean insert(
            Tx tx,
            SagaId id,
            String name,
            Subject subject,
            String firstStep,
            String input,
            Optional<String> exclusiveKey) {
        String begin =
                """
                with begun as (
                    insert into kernel.saga (id, name, subject, state, step, input, exclusive_key)
                    values (?::uuid, ?, ?, 'running', ?, ?::jsonb, nullif(?, ''))
                    on conflict (exclusive_key) do nothing
                    returning id
                )
                insert into kernel.scheduled_task (task_name, task_instance, execution_time, picked, version)
                select 'saga', id::text, now() - interval '1 minute', false, 1 from begun
                """;
        return tx.sql()
                        .execute(
                                begin,
                                id.toString(),
                                name,
                                subject.toString(),
                                firstStep,
                                input,
                                exclusiveKey.orElse(""))
                == 1;
    }

    Optional<SagaRow> find(Tx tx, SagaId id) {
        return tx.sql()
                .resultQuery(
                        "select" + COLUMNS + "from kernel.saga where id = ?::uuid", id.toString())
                .fetchOptional(this::row);
    }

    /**
     * The row, locked until the transaction ends. The transaction need not wait for the disk: if
     * PostgreSQL loses it, the step runs again; if it keeps anything later, it keeps this too.
     */
    Optional<SagaRow> lockLoosely(Tx tx, SagaId id) {
        return tx.sql()
                .resultQuery(
                        "select"
                                + COLUMNS
                                + ", set_config('synchronous_commit', 'off', true) from kernel.saga where id = ?::uuid for update",
                        id.toString())
                .fetchOptional(this::row);
    }

    Optional<SagaRow> lock(Tx tx, SagaId id) {
        return tx.sql()
                .resultQuery(
                        "select" + COLUMNS + "from kernel.saga where id = ?::uuid for update",
                        id.toString())
                .fetchOptional(this::row);
    }

    /** Writes what follows from an outcome, and the history of it; returns the row as it is now. */
    SagaRow move(Tx tx, SagaRow from, SagaMove move, Instant startedAt, Optional<String> failure) {
        recordHistory(tx, from, move.history(), startedAt, failure);
        String update =
                """
                update kernel.saga
                set state = ?, position = ?, step = ?, attempt = ?, failure = nullif(?, '')::jsonb, changed_at = now(),
                    step_started_at = case when ? then clock_timestamp() else step_started_at end, revision = revision + 1
                where id = ?::uuid
                returning
                """
                        + COLUMNS;
        return tx.sql()
                .resultQuery(
                        update,
                        move.state().column(),
                        move.position(),
                        move.step(),
                        move.attempt(),
                        move.failure().map(json::write).orElse(""),
                        move.restartsClock(),
                        from.id().toString())
                .fetchOptional(this::row)
                .orElseThrow();
    }

    /** Ends a saga whose row the transaction has locked. */
    SagaRow end(Tx tx, SagaRow row, SagaState state) {
        String update =
                """
                update kernel.saga
                set state = ?, ended_at = clock_timestamp(), changed_at = clock_timestamp(), exclusive_key = null,
                    revision = revision + 1
                where id = ?::uuid
                returning
                """
                        + COLUMNS;
        return tx.sql()
                .resultQuery(update, state.column(), row.id().toString())
                .fetchOptional(this::row)
                .orElseThrow();
    }

    private void recordHistory(
            Tx tx,
            SagaRow from,
            SagaMove.History history,
            Instant startedAt,
            Optional<String> failure) {
        if (history == SagaMove.History.NONE) {
            return;
        }
        String upsert =
                """
                insert into kernel.saga_step as s
                    (saga_id, position, direction, step, attempts, outcome, failure, started_at, ended_at)
                values (?::uuid, ?, ?, ?, ?, ?, nullif(?, ''), ?::timestamptz, clock_timestamp())
                on conflict (saga_id, position, direction) do update
                set attempts = excluded.attempts, outcome = excluded.outcome, ended_at = excluded.ended_at,
                    failure = coalesce(excluded.failure, s.failure)
                """;
        tx.sql()
                .execute(
                        upsert,
                        from.id().toString(),
                        from.position(),
                        from.state() == SagaState.RUNNING ? "do" : "undo",
                        from.step().isEmpty() ? "record the end" : from.step(),
                        from.attempt(),
                        history.name().toLowerCase(Locale.ROOT),
                        failure.orElse(""),
                        startedAt.toString());
    }

    /** Whether the note was written: not if another runner has recorded since the row was read. */
    boolean note(Tx tx, SagaId id, long revision, String key, String value) {
        return tx.sql()
                        .execute(
                                """
                                update kernel.saga set notebook = notebook || jsonb_build_object(?::text, ?::jsonb)
                                where id = ?::uuid and revision = ? and ended_at is null
                                """,
                                key,
                                value,
                                id.toString(),
                                revision)
                == 1;
    }

    /**
     * Wakes the active sagas of a subject. The task's time is set even while it runs: whichever of
     * this and the runner's own rescheduling comes second sees the other (the runner looks at the
     * signals again after it).
     */
    int signal(Tx tx, Subject subject) {
        String signal =
                """
                with told as (
                    update kernel.saga set signals = signals + 1
                    where id in (select id from kernel.saga where subject = ? and ended_at is null order by id for update)
                    returning id
                )
                update kernel.scheduled_task set execution_time = now() - interval '1 minute'
                where task_name = 'saga' and task_instance in (select id::text from told)
                """;
        return tx.sql().execute(signal, subject.toString());
    }

    /**
     * Asks the running sagas of a subject to unwind; those that unwind already, or have ended, are
     * not touched.
     */
    List<SagaId> cancel(Tx tx, Subject subject, String because) {
        String cancel =
                """
                with told as (
                    update kernel.saga set signals = signals + 1, cancelled = coalesce(cancelled, ?)
                    where id in (select id from kernel.saga where subject = ? and state = 'running' order by id for update)
                      and state = 'running'
                    returning id
                ), woken as (
                    update kernel.scheduled_task set execution_time = now() - interval '1 minute'
                    where task_name = 'saga' and task_instance in (select id::text from told)
                )
                select id from told
                """;
        return tx.sql()
                .resultQuery(cancel, because, subject.toString())
                .fetch(record -> new SagaId(record.get("id", UUID.class)));
    }

    /** Makes the task due if the saga was signalled since; returns whether it did. */
    boolean wakeIfSignalledSince(Tx tx, SagaId id, long seenSignals) {
        String wake =
                """
                update kernel.scheduled_task set execution_time = now() - interval '1 minute'
                where task_name = 'saga' and task_instance = ?
                  and exists (select 1 from kernel.saga where id = ?::uuid and signals <> ?)
                """;
        return tx.sql().execute(wake, id.toString(), id.toString(), seenSignals) == 1;
    }

    /**
     * Gives free what a former life of this replica had picked; the name is unique among the
     * living.
     */
    int releasePickedBy(Tx tx, String replica) {
        return tx.sql()
                .execute(
                        """
                        update kernel.scheduled_task
                        set picked = false, picked_by = null, last_heartbeat = null, version = version + 1,
                            execution_time = now() - interval '1 minute'
                        where picked and picked_by = ?
                        """,
                        replica);
    }

    /** Deletes sagas that ended longer ago than the given time; returns how many. */
    int prune(Tx tx, Duration keep) {
        return tx.sql()
                .execute(
                        "delete from kernel.saga where ended_at < now() - make_interval(secs => ?)",
                        (double) keep.toSeconds());
    }

    List<ActiveSaga> active(Tx tx, Subject subject) {
        return tx.sql()
                .resultQuery(
                        """
                        select id, name, subject, state, step, attempt, step_started_at, failure::text as failure
                        from kernel.saga where subject = ? and ended_at is null order by created_at, id
                        """,
                        subject.toString())
                .fetch(this::active);
    }

    List<ActiveSaga> unwindingLongerThan(Tx tx, Duration limit) {
        return tx.sql()
                .resultQuery(
                        """
                        select id, name, subject, state, step, attempt, step_started_at, failure::text as failure
                        from kernel.saga
                        where state = 'unwinding' and step_started_at < now() - make_interval(secs => ?) order by id
                        """,
                        (double) limit.toSeconds())
                .fetch(this::active);
    }

    /** Active sagas without a task that runs them: never, unless somebody deleted rows by hand. */
    List<SagaId> withoutTask(Tx tx) {
        return tx.sql()
                .resultQuery(
                        """
                        select s.id from kernel.saga s
                        where s.ended_at is null and not exists (
                            select 1 from kernel.scheduled_task t
                            where t.task_name = 'saga' and t.task_instance = s.id::text)
                        order by s.id
                        """)
                .fetch(record -> new SagaId(record.get("id", UUID.class)));
    }

    int giveTaskTo(Tx tx, SagaId id) {
        return tx.sql()
                .execute(
                        """
                        insert into kernel.scheduled_task (task_name, task_instance, execution_time, picked, version)
                        values ('saga', ?, now() - interval '1 minute', false, 1) on conflict do nothing
                        """,
                        id.toString());
    }

    List<String> activeNames(Tx tx) {
        return tx.sql()
                .resultQuery(
                        "select distinct name from kernel.saga where ended_at is null order by name")
                .fetch(record -> record.get("name", String.class));
    }

    List<SagaHistory.Entry> history(Tx tx, SagaId id) {
        return tx.sql()
                .resultQuery(
                        """
                        select direction, step, attempts, outcome, coalesce(failure, '') as failure, started_at, ended_at
                        from kernel.saga_step where saga_id = ?::uuid order by started_at, direction, position
                        """,
                        id.toString())
                .fetch(
                        record ->
                                new SagaHistory.Entry(
                                        record.get("direction", String.class).equals("undo"),
                                        record.get("step", String.class),
                                        record.get("attempts", Integer.class),
                                        record.get("outcome", String.class),
                                        record.get("failure", String.class),
                                        record.get("started_at", Instant.class),
                                        record.get("ended_at", Instant.class)));
    }

    private ActiveSaga active(Record record) {
        return new ActiveSaga(
                new SagaId(record.get("id", UUID.class)),
                record.get("name", String.class),
                Subject.parse(record.get("subject", String.class)),
                SagaState.parse(record.get("state", String.class)),
                record.get("step", String.class),
                record.get("attempt", Integer.class),
                record.get("step_started_at", Instant.class),
                failure(record));
    }

    private SagaRow row(Record record) {
        return new SagaRow(
                new SagaId(record.get("id", UUID.class)),
                record.get("name", String.class),
                Subject.parse(record.get("subject", String.class)),
                SagaState.parse(record.get("state", String.class)),
                record.get("position", Integer.class),
                record.get("step", String.class),
                record.get("attempt", Integer.class),
                record.get("step_started_at", Instant.class),
                record.get("input", String.class),
                record.get("notebook", String.class),
                failure(record),
                Optional.ofNullable(record.get("cancelled", String.class)),
                record.get("signals", Long.class),
                record.get("revision", Long.class));
    }

    private Optional<SagaFailure> failure(Record record) {
        return Optional.ofNullable(record.get("failure", String.class))
                .map(text -> json.read(text, SagaFailure.class));
    }
}
