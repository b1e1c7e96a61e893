package cloud.welkin.kernel.work;

import cloud.welkin.database.Tx;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jooq.Record;

/** The SQL of reconcilers' last runs. */
final class ReconcilerStore {

    void record(Tx tx, ReconcilerStatus status) {
        String upsert =
                """
                with loosely as (select set_config('synchronous_commit', 'off', true))
                insert into kernel.reconciler as r
                    (name, ran_by, started_at, took_micros, changed, message, failure, failures_in_a_row, last_change_at)
                select ?, ?, ?::timestamptz, ?, ?, ?, nullif(?, ''), ?, nullif(?, '')::timestamptz from loosely
                on conflict (name) do update
                set ran_by = excluded.ran_by, started_at = excluded.started_at, took_micros = excluded.took_micros,
                    changed = excluded.changed, message = excluded.message, failure = excluded.failure,
                    failures_in_a_row = excluded.failures_in_a_row,
                    last_change_at = coalesce(excluded.last_change_at, r.last_change_at)
                """;
        tx.sql()
                .execute(
                        upsert,
                        status.name(),
                        status.ranBy(),
                        status.startedAt().toString(),
                        status.took().toNanos() / 1000,
                        status.report().changed(),
                        status.report().message(),
                        status.failure().orElse(""),
                        status.failuresInARow(),
                        status.lastChangeAt().map(Instant::toString).orElse(""));
    }

    List<ReconcilerStatus> all(Tx tx) {
        return tx.sql()
                .resultQuery("select * from kernel.reconciler order by name")
                .fetch(this::status);
    }

    Optional<String> ranBy(Tx tx, String name) {
        return tx.sql()
                .resultQuery("select ran_by from kernel.reconciler where name = ?", name)
                .fetchOptional(record -> record.get("ran_by", String.class));
    }

    private ReconcilerStatus status(Record record) {
        return new ReconcilerStatus(
                record.get("name", String.class),
                record.get("ran_by", String.class),
                record.get("started_at", Instant.class),
                Duration.ofNanos(record.get("took_micros", Long.class) * 1000),
                new Report(
                        record.get("changed", Integer.class), record.get("message", String.class)),
                Optional.ofNullable(record.get("failure", String.class)),
                record.get("failures_in_a_row", Integer.class),
                Optional.ofNullable(record.get("last_change_at", Instant.class)));
    }
}
