package cloud.welkin.compute.store;

import static cloud.welkin.compute.schema.Tables.ACTION;
import static cloud.welkin.compute.schema.Tables.ACTION_EVENT;

import cloud.welkin.compute.domain.ActionRecord;
import cloud.welkin.database.Tx;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jooq.impl.DSL;

/** What was done to servers: actions and their events. */
public final class ActionStore {
    /** What a list may be narrowed by; the marker is a request's id. */
    public record Filter(
            Optional<Instant> changedSince,
            Optional<Instant> changedBefore,
            Optional<String> marker,
            int limit) {}

    /** Tells that an action has begun; its one event ends by {@link #finish}. */
    public void begin(Tx tx, ActionRecord action, String event, String host) {
        int inserted =
                tx.sql()
                        .insertInto(
                                ACTION,
                                ACTION.SERVER_ID,
                                ACTION.REQUEST_ID,
                                ACTION.ACTION_,
                                ACTION.PROJECT_ID,
                                ACTION.USER_ID,
                                ACTION.MESSAGE,
                                ACTION.STARTED_AT,
                                ACTION.UPDATED_AT)
                        .values(
                                action.server(),
                                action.requestId(),
                                action.action(),
                                action.project(),
                                action.user(),
                                action.message().orElse(null),
                                action.startedAt(),
                                action.updatedAt())
                        .onConflictDoNothing()
                        .execute();
        if (inserted > 0) {
            tx.sql()
                    .insertInto(
                            ACTION_EVENT,
                            ACTION_EVENT.SERVER_ID,
                            ACTION_EVENT.REQUEST_ID,
                            ACTION_EVENT.EVENT,
                            ACTION_EVENT.HOST,
                            ACTION_EVENT.STARTED_AT)
                    .values(action.server(), action.requestId(), event, host, action.startedAt())
                    .execute();
        }
    }

    /** Ends all open events of a server but the named ones: Success, or Error with its reason. */
    public void finish(Tx tx, UUID server, Optional<String> failure, String except, Instant now) {
        int ended =
                tx.sql()
                        .update(ACTION_EVENT)
                        .set(ACTION_EVENT.FINISHED_AT, now)
                        .set(ACTION_EVENT.RESULT, failure.isPresent() ? "Error" : "Success")
                        .set(ACTION_EVENT.DETAILS, failure.orElse(null))
                        .where(
                                ACTION_EVENT.SERVER_ID.eq(server),
                                ACTION_EVENT.FINISHED_AT.isNull(),
                                ACTION_EVENT.EVENT.ne(except))
                        .execute();
        if (ended > 0) {
            touch(tx, server, failure, now);
        }
    }

    /** Ends the open event of one kind. */
    public void finishOnly(
            Tx tx, UUID server, String event, Optional<String> failure, Instant now) {
        int ended =
                tx.sql()
                        .update(ACTION_EVENT)
                        .set(ACTION_EVENT.FINISHED_AT, now)
                        .set(ACTION_EVENT.RESULT, failure.isPresent() ? "Error" : "Success")
                        .set(ACTION_EVENT.DETAILS, failure.orElse(null))
                        .where(
                                ACTION_EVENT.SERVER_ID.eq(server),
                                ACTION_EVENT.FINISHED_AT.isNull(),
                                ACTION_EVENT.EVENT.eq(event))
                        .execute();
        if (ended > 0) {
            touch(tx, server, failure, now);
        }
    }

    private static void touch(Tx tx, UUID server, Optional<String> failure, Instant now) {
        tx.sql()
                .update(ACTION)
                .set(ACTION.UPDATED_AT, now)
                .set(ACTION.MESSAGE, failure.isPresent() ? DSL.val("Error") : ACTION.MESSAGE)
                .where(
                        ACTION.SERVER_ID.eq(server),
                        ACTION.REQUEST_ID.in(
                                DSL.select(ACTION_EVENT.REQUEST_ID)
                                        .from(ACTION_EVENT)
                                        .where(
                                                ACTION_EVENT.SERVER_ID.eq(server),
                                                ACTION_EVENT.FINISHED_AT.eq(now))))
                .execute();
    }

    public Optional<ActionRecord> find(Tx tx, UUID server, String requestId) {
        return tx.sql()
                .selectFrom(ACTION)
                .where(ACTION.SERVER_ID.eq(server), ACTION.REQUEST_ID.eq(requestId))
                .fetchOptional(ActionStore::action);
    }

    /** The newest first. */
    public List<ActionRecord> list(Tx tx, UUID server, Filter filter) {
        return tx.sql()
                .selectFrom(ACTION)
                .where(
                        ACTION.SERVER_ID.eq(server),
                        filter.changedSince().map(ACTION.UPDATED_AT::ge).orElse(DSL.noCondition()),
                        filter.changedBefore().map(ACTION.UPDATED_AT::le).orElse(DSL.noCondition()),
                        filter.marker()
                                .map(
                                        marker ->
                                                DSL.row(ACTION.STARTED_AT, ACTION.REQUEST_ID)
                                                        .lt(
                                                                DSL.field(
                                                                        DSL.select(
                                                                                        ACTION.as(
                                                                                                        "m")
                                                                                                .STARTED_AT)
                                                                                .from(
                                                                                        ACTION.as(
                                                                                                "m"))
                                                                                .where(
                                                                                        ACTION.as(
                                                                                                        "m")
                                                                                                .SERVER_ID
                                                                                                .eq(
                                                                                                        server),
                                                                                        ACTION.as(
                                                                                                        "m")
                                                                                                .REQUEST_ID
                                                                                                .eq(
                                                                                                        marker))),
                                                                DSL.val(marker)))
                                .orElse(DSL.noCondition()))
                .orderBy(ACTION.STARTED_AT.desc(), ACTION.REQUEST_ID.desc())
                .limit(filter.limit())
                .fetch(ActionStore::action);
    }

    public List<ActionRecord.Event> events(Tx tx, UUID server, String requestId) {
        return tx.sql()
                .selectFrom(ACTION_EVENT)
                .where(ACTION_EVENT.SERVER_ID.eq(server), ACTION_EVENT.REQUEST_ID.eq(requestId))
                .orderBy(ACTION_EVENT.NUMBER)
                .fetch(
                        row ->
                                new ActionRecord.Event(
                                        row.getEvent(),
                                        row.getStartedAt(),
                                        Rows.maybe(row.getFinishedAt()),
                                        Rows.maybe(row.getResult()),
                                        Rows.maybe(row.getDetails()),
                                        row.getHost()));
    }

    private static ActionRecord action(
            cloud.welkin.compute.schema.tables.records.ActionRecord row) {
        return new ActionRecord(
                row.getServerId(),
                row.getRequestId(),
                row.getAction(),
                row.getProjectId(),
                row.getUserId(),
                Rows.maybe(row.getMessage()),
                row.getStartedAt(),
                row.getUpdatedAt());
    }
}
