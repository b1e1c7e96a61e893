package cloud.welkin.image.store;

import static cloud.welkin.image.schema.Tables.TASKS;

import cloud.welkin.database.Tx;
import cloud.welkin.image.domain.ImportTask;
import cloud.welkin.image.schema.tables.records.TasksRecord;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/** The imports that are to be done or were done. */
public final class TaskTable {
    public void insert(Tx tx, ImportTask task) {
        tx.sql()
                .insertInto(TASKS)
                .set(TASKS.ID, task.id())
                .set(TASKS.IMAGE_ID, task.image())
                .set(TASKS.OWNER, task.owner())
                .set(TASKS.USER_ID, task.user())
                .set(TASKS.REQUEST_ID, task.requestId())
                .set(TASKS.STATUS, task.status())
                .set(TASKS.CREATED_AT, task.createdAt())
                .set(TASKS.UPDATED_AT, task.updatedAt())
                .execute();
    }

    public List<ImportTask> ofImage(Tx tx, UUID image) {
        return tx.sql()
                .selectFrom(TASKS)
                .where(TASKS.IMAGE_ID.eq(image))
                .orderBy(TASKS.CREATED_AT)
                .limit(1000)
                .fetch(TaskTable::task);
    }

    public List<ImportTask> pending(Tx tx) {
        return tx.sql()
                .selectFrom(TASKS)
                .where(TASKS.STATUS.in("pending", "processing"))
                .orderBy(TASKS.CREATED_AT)
                .limit(100)
                .fetch(TaskTable::task);
    }

    public void setStatus(Tx tx, UUID id, String status, String message, Instant now) {
        tx.sql()
                .update(TASKS)
                .set(TASKS.STATUS, status)
                .set(TASKS.MESSAGE, message)
                .set(TASKS.UPDATED_AT, now)
                .where(TASKS.ID.eq(id))
                .execute();
    }

    private static ImportTask task(TasksRecord row) {
        return new ImportTask(
                row.getId(),
                row.getImageId(),
                row.getOwner(),
                row.getUserId(),
                row.getRequestId(),
                row.getStatus(),
                row.getMessage(),
                row.getCreatedAt(),
                row.getUpdatedAt());
    }
}
