package cloud.welkin.kernel.event;

import cloud.welkin.database.Tx;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jooq.Record;
import tools.jackson.databind.json.JsonMapper;

/**
 * The SQL of events and cursors. A cursor is (transaction, number): read are only events of
 * transactions older than every one that still runs, so nothing can appear behind a cursor.
 */
final class EventStore {

    record Cursor(long txid, long seq) {}

    record Batch(List<Event> events, Cursor end) {}

    private final JsonMapper mapper = JsonMapper.builder().build();

    void insert(Tx tx, Event event) {
        tx.sql()
                .execute(
                        """
                        insert into kernel.event
                            (id, occurred_at, type, project_id, user_id, resource_id, request_id, payload)
                        values (?::uuid, ?::timestamptz, ?, ?, ?, ?, ?, ?::jsonb)
                        """,
                        event.id().toString(),
                        event.time().toString(),
                        event.type(),
                        event.projectId(),
                        event.userId(),
                        event.resourceId(),
                        event.requestId(),
                        mapper.writeValueAsString(event.payload()));
    }

    /**
     * A new subscriber hears what comes from now on; what is in the outbox already, only if it asks
     * for the past.
     */
    void subscribe(Tx tx, String subscriber, boolean fromTheBeginning) {
        tx.sql()
                .execute(
                        """
                        insert into kernel.event_cursor (subscriber, txid, seq)
                        values (?, case when ? then -9223372036854775808
                                        else pg_snapshot_xmin(pg_current_snapshot())::text::bigint - 1 end,
                                9223372036854775807)
                        on conflict do nothing
                        """,
                        subscriber,
                        fromTheBeginning);
    }

    /** The cursor, locked; empty if another replica is reading for this subscriber now. */
    Optional<Cursor> lock(Tx tx, String subscriber) {
        return tx.sql()
                .resultQuery(
                        "select txid, seq from kernel.event_cursor where subscriber = ? for update skip locked",
                        subscriber)
                .fetchOptional(this::cursor);
    }

    Optional<Batch> next(Tx tx, Cursor from, int most) {
        var records =
                tx.sql()
                        .resultQuery(
                                """
                                select seq, txid, id, occurred_at, type, project_id, user_id, resource_id, request_id,
                                       payload::text as payload
                                from kernel.event
                                where (txid, seq) > (?, ?)
                                  and txid < pg_snapshot_xmin(pg_current_snapshot())::text::bigint
                                order by txid, seq limit ?
                                """,
                                from.txid(),
                                from.seq(),
                                most)
                        .fetch();
        if (records.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new Batch(records.map(this::event), cursor(records.getLast())));
    }

    /** Whether there are committed events that a transaction still running holds back. */
    boolean heldBack(Tx tx, Cursor from) {
        return tx.sql()
                .resultQuery(
                        "select 1 from kernel.event where (txid, seq) > (?, ?) limit 1",
                        from.txid(),
                        from.seq())
                .fetchOptional()
                .isPresent();
    }

    void move(Tx tx, String subscriber, Cursor to) {
        tx.sql()
                .execute(
                        "update kernel.event_cursor set txid = ?, seq = ?, moved_at = now() where subscriber = ?",
                        to.txid(),
                        to.seq(),
                        subscriber);
    }

    /** Deletes events that every subscriber has read and that are older than the given time. */
    int prune(Tx tx, Duration keep) {
        return tx.sql()
                .execute(
                        """
                        delete from kernel.event
                        where occurred_at < now() - make_interval(secs => ?)
                          and not exists (select 1 from kernel.event_cursor c
                                          where (event.txid, event.seq) > (c.txid, c.seq))
                        """,
                        (double) keep.toSeconds());
    }

    /**
     * After a restore from a dump PostgreSQL counts transactions from the beginning again:
     * everything written before is moved below today's numbers, in its order.
     */
    int rebase(Tx tx) {
        long highest =
                tx.sql()
                        .resultQuery(
                                """
                                select greatest((select coalesce(max(txid), 0) from kernel.event),
                                                (select coalesce(max(txid), 0) from kernel.event_cursor))
                                       - pg_current_xact_id()::text::bigint as ahead
                                """)
                        .fetchOptional(record -> record.get("ahead", Long.class))
                        .orElse(0L);
        if (highest <= 0) {
            return 0;
        }
        long shift = highest + 1;
        tx.sql()
                .execute(
                        "update kernel.event_cursor set txid = txid - ? where txid > -9223372036854775808 + ?",
                        shift,
                        shift);
        return tx.sql().execute("update kernel.event set txid = txid - ?", shift);
    }

    /** Events that wait for a subscriber, and since when the oldest does. */
    List<Lag> lags(Tx tx) {
        return tx.sql()
                .resultQuery(
                        """
                        select c.subscriber, count(e.seq) as waiting, min(e.occurred_at) as oldest
                        from kernel.event_cursor c join kernel.event e on (e.txid, e.seq) > (c.txid, c.seq)
                        group by c.subscriber order by c.subscriber
                        """)
                .fetch(
                        record ->
                                new Lag(
                                        record.get("subscriber", String.class),
                                        record.get("waiting", Long.class),
                                        record.get("oldest", Instant.class)));
    }

    record Lag(String subscriber, long waiting, Instant oldest) {}

    private Cursor cursor(Record record) {
        return new Cursor(record.get("txid", Long.class), record.get("seq", Long.class));
    }

    private Event event(Record record) {
        return new Event(
                record.get("id", UUID.class),
                record.get("occurred_at", Instant.class),
                record.get("type", String.class),
                record.get("project_id", String.class),
                record.get("user_id", String.class),
                record.get("resource_id", String.class),
                record.get("request_id", String.class),
                mapper.readTree(record.get("payload", String.class)));
    }
}
