package cloud.welkin.volume.store;

import static cloud.welkin.volume.schema.Tables.MESSAGES;

import cloud.welkin.database.Tx;
import cloud.welkin.volume.domain.Message;
import cloud.welkin.volume.schema.tables.records.MessagesRecord;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jooq.impl.DSL;

/** The rows of user messages. */
public final class MessageTable {
    public Optional<Message> find(Tx tx, UUID id) {
        return tx.sql()
                .selectFrom(MESSAGES)
                .where(MESSAGES.ID.eq(id))
                .fetchOptional(MessageTable::message);
    }

    /** Newest first. */
    public List<Message> list(Tx tx, Optional<String> project, int limit) {
        return tx.sql()
                .selectFrom(MESSAGES)
                .where(project.map(MESSAGES.PROJECT::eq).orElse(DSL.noCondition()))
                .orderBy(MESSAGES.CREATED_AT.desc(), MESSAGES.ID.desc())
                .limit(limit)
                .fetch(MessageTable::message);
    }

    /** Writes it, and forgets those that nobody shall see any more. */
    public void insert(Tx tx, Message message, Instant now) {
        tx.sql().deleteFrom(MESSAGES).where(MESSAGES.EXPIRES_AT.lt(now)).execute();
        MessagesRecord row = tx.sql().newRecord(MESSAGES);
        row.setId(message.id());
        row.setProject(message.project());
        row.setRequestId(message.request());
        row.setResourceType("VOLUME");
        row.setResourceId(message.volume());
        row.setActionId(message.action().number());
        row.setDetailId(message.detail());
        row.setDetail(message.text());
        row.setCreatedAt(message.createdAt());
        row.setExpiresAt(message.expiresAt());
        row.insert();
    }

    public void delete(Tx tx, UUID id) {
        tx.sql().deleteFrom(MESSAGES).where(MESSAGES.ID.eq(id)).execute();
    }

    private static Message message(MessagesRecord row) {
        return new Message(
                row.getId(),
                row.getProject(),
                row.getRequestId(),
                row.getResourceId(),
                Message.Action.of(row.getActionId()),
                row.getDetailId(),
                row.getDetail(),
                row.getCreatedAt(),
                row.getExpiresAt());
    }
}
