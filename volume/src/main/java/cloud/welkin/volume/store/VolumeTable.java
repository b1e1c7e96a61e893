package cloud.welkin.volume.store;

import static cloud.welkin.volume.schema.Tables.ATTACHMENTS;
import static cloud.welkin.volume.schema.Tables.FILES;
import static cloud.welkin.volume.schema.Tables.HOSTS;
import static cloud.welkin.volume.schema.Tables.SNAPSHOTS;
import static cloud.welkin.volume.schema.Tables.TYPES;
import static cloud.welkin.volume.schema.Tables.VOLUMES;

import cloud.welkin.database.Tx;
import cloud.welkin.volume.domain.Volume;
import cloud.welkin.volume.domain.VolumeStatus;
import cloud.welkin.volume.domain.VolumeType;
import cloud.welkin.volume.schema.tables.records.FilesRecord;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jooq.Condition;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.impl.DSL;

/** The rows of volumes. */
public final class VolumeTable {
    static final List<Field<?>> COLUMNS = columns();

    private static List<Field<?>> columns() {
        List<Field<?>> columns = new java.util.ArrayList<>(List.of(VOLUMES.fields()));
        columns.add(TYPES.NAME.as("type_name"));
        return List.copyOf(columns);
    }

    public Optional<Volume> find(Tx tx, UUID id) {
        return tx.sql()
                .select(COLUMNS)
                .from(VOLUMES.join(TYPES).on(TYPES.ID.eq(VOLUMES.TYPE_ID)))
                .where(VOLUMES.ID.eq(id))
                .fetchOptional(VolumeTable::volume);
    }

    public List<Volume> all(Tx tx, java.util.Collection<UUID> ids) {
        return tx.sql()
                .select(COLUMNS)
                .from(VOLUMES.join(TYPES).on(TYPES.ID.eq(VOLUMES.TYPE_ID)))
                .where(VOLUMES.ID.in(ids))
                .fetch(VolumeTable::volume);
    }

    /** The volume, locked until the transaction ends. */
    public Optional<Volume> lock(Tx tx, UUID id) {
        return tx.sql()
                .select(COLUMNS)
                .from(VOLUMES.join(TYPES).on(TYPES.ID.eq(VOLUMES.TYPE_ID)))
                .where(VOLUMES.ID.eq(id))
                .forUpdate()
                .of(VOLUMES)
                .fetchOptional(VolumeTable::volume);
    }

    public void insert(Tx tx, Volume volume) {
        tx.sql()
                .insertInto(VOLUMES)
                .set(VOLUMES.ID, volume.id())
                .set(VOLUMES.PROJECT, volume.project())
                .set(VOLUMES.USER_ID, volume.user())
                .set(VOLUMES.NAME, volume.name().orElse(null))
                .set(VOLUMES.DESCRIPTION, volume.description().orElse(null))
                .set(VOLUMES.SIZE_GIB, volume.sizeGib())
                .set(VOLUMES.WANTED_GIB, volume.wantedGib())
                .set(VOLUMES.STATUS, volume.status().word())
                .set(VOLUMES.TYPE_ID, volume.type())
                .set(VOLUMES.ZONE, volume.zone())
                .set(VOLUMES.BOOTABLE, volume.bootable())
                .set(VOLUMES.MULTIATTACH, volume.multiattach())
                .set(VOLUMES.SNAPSHOT_ID, volume.snapshot().orElse(null))
                .set(VOLUMES.SOURCE_ID, volume.source().orElse(null))
                .set(VOLUMES.IMAGE_ID, volume.image().orElse(null))
                .set(VOLUMES.CONTENT, volume.content().orElse(null))
                .set(VOLUMES.CONTENT_FORMAT, volume.contentFormat().orElse(null))
                .set(VOLUMES.METADATA, Rows.json(volume.metadata()))
                .set(VOLUMES.IMAGE_METADATA, Rows.json(volume.imageMetadata()))
                .set(VOLUMES.HOST, volume.host().orElse(null))
                .set(VOLUMES.FAULT, volume.fault())
                .set(VOLUMES.CREATED_AT, volume.createdAt())
                .set(VOLUMES.UPDATED_AT, volume.updatedAt())
                .execute();
    }

    /** Writes what its owner may change without anything happening on the host. */
    public void update(Tx tx, Volume volume, Instant now) {
        tx.sql()
                .update(VOLUMES)
                .set(VOLUMES.NAME, volume.name().orElse(null))
                .set(VOLUMES.DESCRIPTION, volume.description().orElse(null))
                .set(VOLUMES.BOOTABLE, volume.bootable())
                .set(VOLUMES.READ_ONLY, volume.readOnly())
                .set(VOLUMES.METADATA, Rows.json(volume.metadata()))
                .set(VOLUMES.IMAGE_METADATA, Rows.json(volume.imageMetadata()))
                .set(VOLUMES.UPDATED_AT, now)
                .where(VOLUMES.ID.eq(volume.id()))
                .execute();
    }

    public void retype(Tx tx, UUID id, VolumeType type, Instant now) {
        tx.sql()
                .update(VOLUMES)
                .set(VOLUMES.TYPE_ID, type.id())
                .set(VOLUMES.MULTIATTACH, type.multiattach())
                .set(VOLUMES.UPDATED_AT, now)
                .where(VOLUMES.ID.eq(id))
                .execute();
    }

    /** Another owner; the volume is available to it. */
    public void give(Tx tx, UUID id, String project, String user, Instant now) {
        tx.sql()
                .update(VOLUMES)
                .set(VOLUMES.PROJECT, project)
                .set(VOLUMES.USER_ID, user)
                .set(VOLUMES.STATUS, VolumeStatus.AVAILABLE.word())
                .set(VOLUMES.UPDATED_AT, now)
                .where(VOLUMES.ID.eq(id))
                .execute();
    }

    public void setStatus(Tx tx, UUID id, VolumeStatus status, Instant now) {
        tx.sql()
                .update(VOLUMES)
                .set(VOLUMES.STATUS, status.word())
                .set(VOLUMES.UPDATED_AT, now)
                .where(VOLUMES.ID.eq(id))
                .execute();
    }

    /** A new intent: another size. */
    public void extend(Tx tx, UUID id, long wantedGib, Instant now) {
        tx.sql()
                .update(VOLUMES)
                .set(VOLUMES.STATUS, VolumeStatus.EXTENDING.word())
                .set(VOLUMES.WANTED_GIB, wantedGib)
                .set(VOLUMES.GENERATION, VOLUMES.GENERATION.plus(1))
                .set(VOLUMES.UPDATED_AT, now)
                .where(VOLUMES.ID.eq(id))
                .execute();
    }

    /** A new intent: nothing shall be left. */
    public void remove(Tx tx, UUID id, Instant now) {
        tx.sql()
                .update(VOLUMES)
                .set(VOLUMES.STATUS, VolumeStatus.DELETING.word())
                .set(VOLUMES.PRESENT, false)
                .set(VOLUMES.GENERATION, VOLUMES.GENERATION.plus(1))
                .set(VOLUMES.UPDATED_AT, now)
                .where(VOLUMES.ID.eq(id))
                .execute();
    }

    public void delete(Tx tx, UUID id) {
        tx.sql().deleteFrom(VOLUMES).where(VOLUMES.ID.eq(id)).execute();
    }

    /**
     * The host has it as wanted. With that its first intent is over, which alone lets a host make
     * it: later it is found or lost, never made again empty.
     */
    public void ready(Tx tx, Volume volume, String path, VolumeStatus status, Instant now) {
        long generation = Math.max(2, volume.generation());
        tx.sql()
                .update(VOLUMES)
                .set(VOLUMES.STATUS, status.word())
                .set(VOLUMES.PATH, path)
                .set(VOLUMES.SIZE_GIB, VOLUMES.WANTED_GIB)
                .setNull(VOLUMES.CONTENT)
                .setNull(VOLUMES.CONTENT_FORMAT)
                .set(VOLUMES.GENERATION, generation)
                .set(VOLUMES.OBSERVED_GENERATION, generation)
                .set(VOLUMES.UPDATED_AT, now)
                .where(VOLUMES.ID.eq(volume.id()))
                .execute();
    }

    /** The host could not; what is wanted from now on is what is there. */
    public void failed(Tx tx, Volume volume, VolumeStatus into, String why, Instant now) {
        tx.sql()
                .update(VOLUMES)
                .set(VOLUMES.STATUS, into.word())
                .set(VOLUMES.FAULT, why)
                .set(VOLUMES.WANTED_GIB, VOLUMES.SIZE_GIB)
                .setNull(VOLUMES.CONTENT)
                .setNull(VOLUMES.CONTENT_FORMAT)
                .set(VOLUMES.OBSERVED_GENERATION, volume.generation())
                .set(VOLUMES.UPDATED_AT, now)
                .where(VOLUMES.ID.eq(volume.id()))
                .execute();
    }

    /** What is wrong with a volume that keeps its state; empty when it is well again. */
    public void setFault(Tx tx, Volume volume, String why, Instant now) {
        tx.sql()
                .update(VOLUMES)
                .set(VOLUMES.FAULT, why)
                .set(VOLUMES.OBSERVED_GENERATION, volume.generation())
                .set(VOLUMES.UPDATED_AT, now)
                .where(VOLUMES.ID.eq(volume.id()))
                .execute();
    }

    /** Volumes whose data is missing while a server has them. */
    public List<UUID> lost(Tx tx) {
        return tx.sql()
                .select(VOLUMES.ID)
                .from(VOLUMES)
                .where(VOLUMES.FAULT.ne(""))
                .and(VOLUMES.STATUS.in("reserved", "attaching", "in-use", "detaching"))
                .fetch(VOLUMES.ID);
    }

    /** All volumes of a host, or those whose newest intent it has not settled. */
    public List<Volume> onHost(Tx tx, String host, boolean pendingOnly) {
        Condition which = VOLUMES.HOST.eq(host);
        return tx.sql()
                .select(COLUMNS)
                .from(VOLUMES.join(TYPES).on(TYPES.ID.eq(VOLUMES.TYPE_ID)))
                .where(
                        pendingOnly
                                ? which.and(VOLUMES.GENERATION.gt(VOLUMES.OBSERVED_GENERATION))
                                : which)
                .orderBy(VOLUMES.CREATED_AT)
                .fetch(VolumeTable::volume);
    }

    /**
     * Whether something is being made from this volume or snapshot: its bytes must stay as they
     * are.
     */
    public boolean isBeingCopied(Tx tx, UUID id) {
        return tx.sql()
                        .fetchExists(
                                VOLUMES,
                                DSL.coalesce(VOLUMES.SOURCE_ID, VOLUMES.SNAPSHOT_ID)
                                        .eq(id)
                                        .and(VOLUMES.STATUS.eq("creating")))
                || tx.sql()
                        .fetchExists(
                                SNAPSHOTS,
                                SNAPSHOTS.VOLUME_ID.eq(id).and(SNAPSHOTS.STATUS.eq("creating")));
    }

    public boolean typeInUse(Tx tx, UUID type) {
        return tx.sql().fetchExists(VOLUMES, VOLUMES.TYPE_ID.eq(type));
    }

    /** The image data that volumes still have to be filled from. */
    public java.util.Set<String> contents(Tx tx) {
        return tx.sql()
                .selectDistinct(VOLUMES.CONTENT)
                .from(VOLUMES)
                .where(VOLUMES.CONTENT.isNotNull())
                .fetchSet(VOLUMES.CONTENT);
    }

    /** Volumes that wait for any host to be there get this one. */
    public int place(Tx tx, String host) {
        return tx.sql()
                .update(VOLUMES)
                .set(VOLUMES.HOST, host)
                .where(VOLUMES.HOST.isNull(), VOLUMES.STATUS.eq("creating"))
                .execute();
    }

    public record Host(
            String name,
            UUID service,
            long diskGib,
            long freeGib,
            long volumesGib,
            Instant seenAt) {}

    public void register(Tx tx, String name, long diskGib, long freeGib, Instant now) {
        tx.sql()
                .insertInto(HOSTS)
                .set(HOSTS.NAME, name)
                .set(HOSTS.DISK_GIB, diskGib)
                .set(HOSTS.DISK_FREE_GIB, freeGib)
                .set(HOSTS.SEEN_AT, now)
                .onConflict(HOSTS.NAME)
                .doUpdate()
                .set(HOSTS.DISK_GIB, diskGib)
                .set(HOSTS.DISK_FREE_GIB, freeGib)
                .set(HOSTS.SEEN_AT, now)
                .execute();
    }

    public List<Host> hosts(Tx tx) {
        Field<Long> kept =
                DSL.field(
                        DSL.select(DSL.coalesce(DSL.sum(VOLUMES.SIZE_GIB).cast(Long.class), 0L))
                                .from(VOLUMES)
                                .where(VOLUMES.HOST.eq(HOSTS.NAME)));
        return tx.sql()
                .select(
                        HOSTS.NAME,
                        HOSTS.SERVICE_ID,
                        HOSTS.DISK_GIB,
                        HOSTS.DISK_FREE_GIB,
                        kept,
                        HOSTS.SEEN_AT)
                .from(HOSTS)
                .orderBy(HOSTS.NAME)
                .fetch(
                        row ->
                                new Host(
                                        row.value1(),
                                        row.value2(),
                                        row.value3(),
                                        row.value4(),
                                        row.value5(),
                                        row.value6()));
    }

    /** What a project has on a host. */
    public record Kept(
            String project, long volumes, long volumesGib, long snapshots, long snapshotsGib) {}

    public List<Kept> kept(Tx tx, String host) {
        Map<String, Kept> byProject = new java.util.TreeMap<>();
        tx.sql()
                .select(VOLUMES.PROJECT, DSL.count(), DSL.sum(VOLUMES.SIZE_GIB).cast(Long.class))
                .from(VOLUMES)
                .where(VOLUMES.HOST.eq(host))
                .groupBy(VOLUMES.PROJECT)
                .forEach(
                        row ->
                                byProject.put(
                                        row.value1(),
                                        new Kept(row.value1(), row.value2(), row.value3(), 0, 0)));
        tx.sql()
                .select(
                        SNAPSHOTS.PROJECT,
                        DSL.count(),
                        DSL.sum(SNAPSHOTS.SIZE_GIB).cast(Long.class))
                .from(SNAPSHOTS)
                .where(SNAPSHOTS.HOST.eq(host))
                .groupBy(SNAPSHOTS.PROJECT)
                .forEach(
                        row ->
                                byProject.merge(
                                        row.value1(),
                                        new Kept(row.value1(), 0, 0, row.value2(), row.value3()),
                                        (one, other) ->
                                                new Kept(
                                                        one.project(),
                                                        one.volumes(),
                                                        one.volumesGib(),
                                                        other.snapshots(),
                                                        other.snapshotsGib())));
        return List.copyOf(byProject.values());
    }

    /** The host with the most free space, not promised to volumes yet. */
    public Optional<String> emptiestHost(Tx tx) {
        return tx.sql()
                .select(HOSTS.NAME)
                .from(HOSTS)
                .orderBy(HOSTS.DISK_FREE_GIB.desc(), HOSTS.NAME)
                .limit(1)
                .fetchOptional(HOSTS.NAME);
    }

    /** Writes what the host found, and when. */
    public void found(Tx tx, String host, Set<UUID> files, Instant now) {
        tx.sql().update(HOSTS).set(HOSTS.COMPARED_AT, now).where(HOSTS.NAME.eq(host)).execute();
        Set<UUID> known =
                tx.sql().select(FILES.ID).from(FILES).where(FILES.HOST.eq(host)).fetchSet(FILES.ID);
        List<UUID> gone = known.stream().filter(id -> !files.contains(id)).toList();
        if (!gone.isEmpty()) {
            tx.sql().deleteFrom(FILES).where(FILES.HOST.eq(host), FILES.ID.in(gone)).execute();
        }
        List<FilesRecord> news = new java.util.ArrayList<>();
        for (UUID id : files) {
            if (!known.contains(id)) {
                news.add(new FilesRecord(host, id, now));
            }
        }
        if (!news.isEmpty()) {
            tx.sql().insertInto(FILES).set(news).onConflictDoNothing().execute();
        }
    }

    /**
     * Volumes that should have had their data when their host last compared, and had none.
     *
     * @param margin how much older than the comparison a volume's last change must be
     */
    public List<UUID> withoutFile(Tx tx, java.time.Duration margin) {
        return tx
                .sql()
                .select(VOLUMES.ID, VOLUMES.UPDATED_AT, HOSTS.COMPARED_AT)
                .from(VOLUMES.join(HOSTS).on(HOSTS.NAME.eq(VOLUMES.HOST)))
                .where(
                        VOLUMES.STATUS.in("available", "awaiting-transfer", "reserved", "in-use"),
                        VOLUMES.UPDATED_AT.lt(HOSTS.COMPARED_AT),
                        DSL.notExists(
                                DSL.selectOne()
                                        .from(FILES)
                                        .where(
                                                FILES.HOST.eq(VOLUMES.HOST),
                                                FILES.ID.eq(VOLUMES.ID))))
                .fetch()
                .stream()
                .filter(row -> row.value2().isBefore(row.value3().minus(margin)))
                .map(org.jooq.Record3::value1)
                .toList();
    }

    /** Data that belongs to no volume and no snapshot, and was there at two comparisons. */
    public List<UUID> filesOfNobody(Tx tx) {
        return tx.sql()
                .select(FILES.ID)
                .from(FILES)
                .where(
                        FILES.FOUND_AT.lt(
                                DSL.select(HOSTS.COMPARED_AT)
                                        .from(HOSTS)
                                        .where(HOSTS.NAME.eq(FILES.HOST))),
                        DSL.notExists(DSL.selectOne().from(VOLUMES).where(VOLUMES.ID.eq(FILES.ID))),
                        DSL.notExists(
                                DSL.selectOne().from(SNAPSHOTS).where(SNAPSHOTS.ID.eq(FILES.ID))))
                .fetch(FILES.ID);
    }

    /** Nothing of it is left on any host. */
    public void forgetFile(Tx tx, UUID id, Optional<String> host) {
        host.ifPresent(
                name ->
                        tx.sql()
                                .deleteFrom(FILES)
                                .where(FILES.HOST.eq(name), FILES.ID.eq(id))
                                .execute());
    }

    /** Volumes whose state and attachments disagree. */
    public List<UUID> contradicting(Tx tx) {
        return tx.sql()
                .select(VOLUMES.ID)
                .from(VOLUMES)
                .where(
                        VOLUMES.STATUS
                                .in("reserved", "in-use", "detaching")
                                .ne(
                                        DSL.exists(
                                                DSL.selectOne()
                                                        .from(ATTACHMENTS)
                                                        .where(
                                                                ATTACHMENTS
                                                                        .VOLUME_ID
                                                                        .eq(VOLUMES.ID)
                                                                        .and(
                                                                                ATTACHMENTS.STATUS
                                                                                        .ne(
                                                                                                "attaching"))))))
                .fetch(VOLUMES.ID);
    }

    public List<UUID> inTransitSince(Tx tx, Instant before) {
        return tx.sql()
                .select(VOLUMES.ID)
                .from(VOLUMES)
                .where(
                        VOLUMES.STATUS
                                .in("creating", "extending", "deleting", "attaching", "detaching")
                                .and(VOLUMES.UPDATED_AT.lt(before)))
                .fetch(VOLUMES.ID);
    }

    static Volume volume(Record row) {
        return new Volume(
                row.get(VOLUMES.ID),
                row.get(VOLUMES.PROJECT),
                row.get(VOLUMES.USER_ID),
                Optional.ofNullable(row.get(VOLUMES.NAME)),
                Optional.ofNullable(row.get(VOLUMES.DESCRIPTION)),
                row.get(VOLUMES.SIZE_GIB),
                row.get(VOLUMES.WANTED_GIB),
                VolumeStatus.of(row.get(VOLUMES.STATUS)),
                row.get(VOLUMES.TYPE_ID),
                row.get("type_name", String.class),
                row.get(VOLUMES.ZONE),
                row.get(VOLUMES.BOOTABLE),
                row.get(VOLUMES.MULTIATTACH),
                row.get(VOLUMES.READ_ONLY),
                Optional.ofNullable(row.get(VOLUMES.SNAPSHOT_ID)),
                Optional.ofNullable(row.get(VOLUMES.SOURCE_ID)),
                Optional.ofNullable(row.get(VOLUMES.IMAGE_ID)),
                Optional.ofNullable(row.get(VOLUMES.CONTENT)),
                Optional.ofNullable(row.get(VOLUMES.CONTENT_FORMAT)),
                Rows.texts(row.get(VOLUMES.METADATA)),
                Rows.texts(row.get(VOLUMES.IMAGE_METADATA)),
                Optional.ofNullable(row.get(VOLUMES.HOST)),
                Optional.ofNullable(row.get(VOLUMES.PATH)),
                row.get(VOLUMES.FAULT),
                row.get(VOLUMES.GENERATION),
                row.get(VOLUMES.OBSERVED_GENERATION),
                row.get(VOLUMES.CREATED_AT),
                row.get(VOLUMES.UPDATED_AT));
    }

    public Map<String, Long> countByProject(Tx tx) {
        return byProject(tx, DSL.count());
    }

    public Map<String, Long> gibByProject(Tx tx) {
        Map<String, Long> sums =
                new java.util.HashMap<>(byProject(tx, DSL.sum(VOLUMES.WANTED_GIB)));
        tx.sql()
                .select(SNAPSHOTS.PROJECT, DSL.sum(SNAPSHOTS.SIZE_GIB))
                .from(SNAPSHOTS)
                .groupBy(SNAPSHOTS.PROJECT)
                .forEach(row -> sums.merge(row.value1(), row.value2().longValue(), Long::sum));
        return sums;
    }

    private static Map<String, Long> byProject(Tx tx, Field<? extends Number> value) {
        return tx.sql()
                .select(VOLUMES.PROJECT, value)
                .from(VOLUMES)
                .groupBy(VOLUMES.PROJECT)
                .fetchMap(row -> row.value1(), row -> row.value2().longValue());
    }
}
