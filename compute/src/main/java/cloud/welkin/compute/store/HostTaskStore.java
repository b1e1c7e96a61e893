package cloud.welkin.compute.store;

import static cloud.welkin.compute.schema.Tables.HOST_TASK;

import cloud.welkin.compute.schema.tables.records.HostTaskRecord;
import cloud.welkin.database.Tx;
import cloud.welkin.kernel.host.HostName;
import cloud.welkin.kernel.host.HostTask;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Work that hosts do once: snapshots. */
public final class HostTaskStore {
    /** A task with how far it is; a fault when it ended badly. */
    public record Row(
            HostTask.Snapshot task, HostName host, boolean done, Optional<String> fault) {}

    public Optional<Row> find(Tx tx, UUID id) {
        return tx.sql()
                .selectFrom(HOST_TASK)
                .where(HOST_TASK.ID.eq(id))
                .fetchOptional(HostTaskStore::row);
    }

    public List<HostTask> open(Tx tx, HostName host) {
        return tx.sql()
                .selectFrom(HOST_TASK)
                .where(HOST_TASK.HOST.eq(host.value()), HOST_TASK.DONE.eq(false))
                .orderBy(HOST_TASK.CREATED_AT)
                .fetch(row -> row(row).task());
    }

    /** Asks for it; asking twice is asking once. */
    public void insert(Tx tx, HostName host, HostTask.Snapshot task) {
        tx.sql()
                .insertInto(
                        HOST_TASK,
                        HOST_TASK.ID,
                        HOST_TASK.HOST,
                        HOST_TASK.SERVER_ID,
                        HOST_TASK.TARGET,
                        HOST_TASK.FORMAT)
                .values(task.id(), host.value(), task.guest(), task.target(), task.format())
                .onConflictDoNothing()
                .execute();
    }

    /** Whether the task was open. */
    public boolean done(Tx tx, UUID id, Optional<String> fault) {
        return tx.sql()
                        .update(HOST_TASK)
                        .set(HOST_TASK.DONE, true)
                        .set(HOST_TASK.FAULT, fault.orElse(null))
                        .where(HOST_TASK.ID.eq(id), HOST_TASK.DONE.eq(false))
                        .execute()
                > 0;
    }

    public void delete(Tx tx, UUID id) {
        tx.sql().deleteFrom(HOST_TASK).where(HOST_TASK.ID.eq(id)).execute();
    }

    private static Row row(HostTaskRecord row) {
        return new Row(
                new HostTask.Snapshot(
                        row.getId(), row.getServerId(), row.getTarget(), row.getFormat()),
                new HostName(row.getHost()),
                row.getDone(),
                Rows.maybe(row.getFault()));
    }
}
