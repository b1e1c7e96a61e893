package cloud.welkin.volume.store;

import static cloud.welkin.volume.schema.Tables.SNAPSHOTS;

import cloud.welkin.database.Tx;
import cloud.welkin.volume.domain.Snapshot;
import cloud.welkin.volume.schema.tables.records.SnapshotsRecord;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jooq.Condition;
import org.jooq.impl.DSL;

/** The rows of snapshots. */
public final class SnapshotTable {
    public Optional<Snapshot> find(Tx tx, UUID id) {
        return tx.sql()
                .selectFrom(SNAPSHOTS)
                .where(SNAPSHOTS.ID.eq(id))
                .fetchOptional(SnapshotTable::snapshot);
    }

    public Optional<Snapshot> lock(Tx tx, UUID id) {
        return tx.sql()
                .selectFrom(SNAPSHOTS)
                .where(SNAPSHOTS.ID.eq(id))
                .forUpdate()
                .fetchOptional(SnapshotTable::snapshot);
    }

    public List<Snapshot> ofVolume(Tx tx, UUID volume) {
        return tx.sql()
                .selectFrom(SNAPSHOTS)
                .where(SNAPSHOTS.VOLUME_ID.eq(volume))
                .forUpdate()
                .fetch(SnapshotTable::snapshot);
    }

    public void insert(Tx tx, Snapshot snapshot) {
        tx.sql()
                .insertInto(SNAPSHOTS)
                .set(SNAPSHOTS.ID, snapshot.id())
                .set(SNAPSHOTS.PROJECT, snapshot.project())
                .set(SNAPSHOTS.USER_ID, snapshot.user())
                .set(SNAPSHOTS.VOLUME_ID, snapshot.volume())
                .set(SNAPSHOTS.TYPE_ID, snapshot.type())
                .set(SNAPSHOTS.NAME, snapshot.name().orElse(null))
                .set(SNAPSHOTS.DESCRIPTION, snapshot.description().orElse(null))
                .set(SNAPSHOTS.SIZE_GIB, snapshot.sizeGib())
                .set(SNAPSHOTS.STATUS, snapshot.status())
                .set(SNAPSHOTS.METADATA, Rows.json(snapshot.metadata()))
                .set(SNAPSHOTS.HOST, snapshot.host().orElse(null))
                .set(SNAPSHOTS.CREATED_AT, snapshot.createdAt())
                .set(SNAPSHOTS.UPDATED_AT, snapshot.updatedAt())
                .execute();
    }

    /** Another owner of all snapshots of a volume. */
    public void give(Tx tx, UUID volume, String project, String user) {
        tx.sql()
                .update(SNAPSHOTS)
                .set(SNAPSHOTS.PROJECT, project)
                .set(SNAPSHOTS.USER_ID, user)
                .where(SNAPSHOTS.VOLUME_ID.eq(volume))
                .execute();
    }

    public void update(Tx tx, Snapshot snapshot, Instant now) {
        tx.sql()
                .update(SNAPSHOTS)
                .set(SNAPSHOTS.NAME, snapshot.name().orElse(null))
                .set(SNAPSHOTS.DESCRIPTION, snapshot.description().orElse(null))
                .set(SNAPSHOTS.METADATA, Rows.json(snapshot.metadata()))
                .set(SNAPSHOTS.UPDATED_AT, now)
                .where(SNAPSHOTS.ID.eq(snapshot.id()))
                .execute();
    }

    /**
     * What its host has said; with that its first intent is over, which alone lets a host make it.
     */
    public void observed(Tx tx, Snapshot snapshot, String status, String fault, Instant now) {
        long generation = Math.max(2, snapshot.generation());
        tx.sql()
                .update(SNAPSHOTS)
                .set(SNAPSHOTS.STATUS, status)
                .set(SNAPSHOTS.FAULT, fault)
                .set(SNAPSHOTS.GENERATION, generation)
                .set(SNAPSHOTS.OBSERVED_GENERATION, generation)
                .set(SNAPSHOTS.UPDATED_AT, now)
                .where(SNAPSHOTS.ID.eq(snapshot.id()))
                .execute();
    }

    /** A new intent: nothing shall be left. */
    public void remove(Tx tx, UUID id, Instant now) {
        tx.sql()
                .update(SNAPSHOTS)
                .set(SNAPSHOTS.STATUS, "deleting")
                .set(SNAPSHOTS.PRESENT, false)
                .set(SNAPSHOTS.GENERATION, SNAPSHOTS.GENERATION.plus(1))
                .set(SNAPSHOTS.UPDATED_AT, now)
                .where(SNAPSHOTS.ID.eq(id))
                .execute();
    }

    public void delete(Tx tx, UUID id) {
        tx.sql().deleteFrom(SNAPSHOTS).where(SNAPSHOTS.ID.eq(id)).execute();
    }

    public List<Snapshot> onHost(Tx tx, String host, boolean pendingOnly) {
        Condition which = SNAPSHOTS.HOST.eq(host);
        return tx.sql()
                .selectFrom(SNAPSHOTS)
                .where(
                        pendingOnly
                                ? which.and(SNAPSHOTS.GENERATION.gt(SNAPSHOTS.OBSERVED_GENERATION))
                                : which)
                .orderBy(SNAPSHOTS.CREATED_AT)
                .fetch(SnapshotTable::snapshot);
    }

    public Map<String, Long> countByProject(Tx tx) {
        return tx.sql()
                .select(SNAPSHOTS.PROJECT, DSL.count())
                .from(SNAPSHOTS)
                .groupBy(SNAPSHOTS.PROJECT)
                .fetchMap(row -> row.value1(), row -> row.value2().longValue());
    }

    static Snapshot snapshot(SnapshotsRecord row) {
        return new Snapshot(
                row.getId(),
                row.getProject(),
                row.getUserId(),
                row.getVolumeId(),
                row.getTypeId(),
                Optional.ofNullable(row.getName()),
                Optional.ofNullable(row.getDescription()),
                row.getSizeGib(),
                row.getStatus(),
                Rows.texts(row.getMetadata()),
                Optional.ofNullable(row.getHost()),
                row.getGeneration(),
                row.getObservedGeneration(),
                row.getCreatedAt(),
                row.getUpdatedAt());
    }
}
