package cloud.welkin.identity.store;

import static cloud.welkin.identity.schema.Tables.AUDIT_EVENT;

import cloud.welkin.database.Tx;
import cloud.welkin.identity.domain.AuditEvent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jooq.Condition;
import org.jooq.JSONB;
import org.jooq.impl.DSL;

/** The audit in the database. */
public final class AuditStore {
    /** What is looked for; empty fields do not narrow. */
    public record Filter(
            Optional<Instant> since,
            Optional<String> action,
            Optional<String> outcome,
            Optional<String> initiator,
            Optional<String> target,
            int limit) {}

    /**
     * Not waiting for the disk, where this statement is the whole transaction.
     *
     * @param cadf the event as JSON
     */
    public void insertLoosely(Tx tx, AuditEvent event, String cadf) {
        String insert =
                """
                with loosely as (select set_config('synchronous_commit', 'off', true))
                insert into identity.audit_event (at, action, outcome, initiator_id, target_id, cadf)
                select ?::timestamptz, ?, ?, ?, ?, ?::jsonb from loosely
                """;
        tx.sql()
                .execute(
                        insert,
                        event.at().toString(),
                        event.action(),
                        event.outcome(),
                        event.initiator(),
                        event.target(),
                        cadf);
    }

    /**
     * @param cadf the event as JSON
     */
    public void insert(Tx tx, AuditEvent event, String cadf) {
        tx.sql()
                .insertInto(AUDIT_EVENT)
                .set(AUDIT_EVENT.AT, event.at())
                .set(AUDIT_EVENT.ACTION, event.action())
                .set(AUDIT_EVENT.OUTCOME, event.outcome())
                .set(AUDIT_EVENT.INITIATOR_ID, event.initiator())
                .set(AUDIT_EVENT.TARGET_ID, event.target())
                .set(AUDIT_EVENT.CADF, JSONB.valueOf(cadf))
                .execute();
    }

    /** The newest that the filter lets through, as JSON, the oldest of them first. */
    public List<String> find(Tx tx, Filter filter) {
        List<Condition> conditions = new ArrayList<>();
        filter.since().ifPresent(since -> conditions.add(AUDIT_EVENT.AT.ge(since)));
        filter.action().ifPresent(action -> conditions.add(AUDIT_EVENT.ACTION.eq(action)));
        filter.outcome().ifPresent(outcome -> conditions.add(AUDIT_EVENT.OUTCOME.eq(outcome)));
        filter.initiator().ifPresent(id -> conditions.add(AUDIT_EVENT.INITIATOR_ID.eq(id)));
        filter.target().ifPresent(id -> conditions.add(AUDIT_EVENT.TARGET_ID.eq(id)));
        return tx.sql()
                .select(AUDIT_EVENT.CADF)
                .from(AUDIT_EVENT)
                .where(conditions)
                .orderBy(AUDIT_EVENT.ID.desc())
                .limit(filter.limit())
                .fetch(row -> row.value1().data())
                .reversed();
    }

    /** Forgets what is older; how many. */
    public int trim(Tx tx, Instant before) {
        return tx.sql().deleteFrom(AUDIT_EVENT).where(AUDIT_EVENT.AT.lt(before)).execute();
    }

    /** Forgets all but so many of the newest that failed: anybody can cause them; how many. */
    public int trimFailures(Tx tx, int most) {
        return tx.sql()
                .deleteFrom(AUDIT_EVENT)
                .where(
                        AUDIT_EVENT.OUTCOME.eq(DSL.inline("failure")),
                        AUDIT_EVENT.ID.le(
                                DSL.select(AUDIT_EVENT.ID)
                                        .from(AUDIT_EVENT)
                                        .where(AUDIT_EVENT.OUTCOME.eq(DSL.inline("failure")))
                                        .orderBy(AUDIT_EVENT.ID.desc())
                                        .limit(1)
                                        .offset(most)))
                .execute();
    }
}
