package cloud.welkin.image.store;

import static cloud.welkin.image.schema.Tables.IMAGES;
import static cloud.welkin.image.schema.Tables.MEMBERS;

import cloud.welkin.database.Tx;
import cloud.welkin.image.domain.Image;
import cloud.welkin.image.domain.ImageStatus;
import cloud.welkin.image.schema.tables.records.ImagesRecord;
import cloud.welkin.kernel.id.ProjectId;
import cloud.welkin.kernel.json.Json;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jooq.Condition;
import org.jooq.Field;
import org.jooq.JSONB;
import org.jooq.impl.DSL;
import tools.jackson.core.type.TypeReference;

/** The rows of images. */
public final class ImageTable {
    private static final TypeReference<Map<String, String>> TEXTS = new TypeReference<>() {};

    /**
     * Whose eyes look.
     *
     * @param project empty for tokens without one
     * @param admin sees everything
     */
    public record Viewer(Optional<String> project, boolean admin) {}

    public Optional<Image> find(Tx tx, UUID id) {
        return tx.sql().selectFrom(IMAGES).where(IMAGES.ID.eq(id)).fetchOptional(ImageTable::image);
    }

    /** The image, locked until the transaction ends. */
    public Optional<Image> lock(Tx tx, UUID id) {
        return tx.sql()
                .selectFrom(IMAGES)
                .where(IMAGES.ID.eq(id))
                .forUpdate()
                .fetchOptional(ImageTable::image);
    }

    /** Whether the viewer may know of the image. */
    public boolean sees(Tx tx, Viewer viewer, Image image) {
        boolean own = viewer.project().map(image.owner()::equals).orElse(false);
        return viewer.admin()
                || own
                || switch (image.visibility()) {
                    case "public", "community" -> true;
                    case "shared" -> isMember(tx, viewer, image.id());
                    case String other -> false;
                };
    }

    /** Whether the image is shared with the viewer's project, accepted or not. */
    public boolean isMember(Tx tx, Viewer viewer, UUID image) {
        return viewer.project()
                .map(
                        project ->
                                tx.sql()
                                        .fetchExists(
                                                MEMBERS,
                                                MEMBERS.IMAGE_ID
                                                        .eq(image)
                                                        .and(MEMBERS.MEMBER.eq(project))))
                .orElse(false);
    }

    /**
     * @return false when the id is taken
     */
    public boolean insert(Tx tx, Image image) {
        return tx.sql().insertInto(IMAGES).set(record(image)).onConflictDoNothing().execute() == 1;
    }

    /** Writes what a client may change. */
    public void update(Tx tx, Image image) {
        ImagesRecord record = record(image);
        for (var kept :
                List.of(
                        IMAGES.ID,
                        IMAGES.STATUS,
                        IMAGES.SIZE,
                        IMAGES.VIRTUAL_SIZE,
                        IMAGES.CHECKSUM,
                        IMAGES.SHA512,
                        IMAGES.CREATED_AT)) {
            record.touched(kept, false);
        }
        tx.sql().update(IMAGES).set(record).where(IMAGES.ID.eq(image.id())).execute();
    }

    public void setTags(Tx tx, UUID id, List<String> tags, Instant now) {
        tx.sql()
                .update(IMAGES)
                .set(IMAGES.TAGS, tags.toArray(String[]::new))
                .set(IMAGES.UPDATED_AT, now)
                .where(IMAGES.ID.eq(id))
                .execute();
    }

    public boolean delete(Tx tx, UUID id) {
        return tx.sql().deleteFrom(IMAGES).where(IMAGES.ID.eq(id)).execute() == 1;
    }

    public void setVisibility(Tx tx, UUID id, String visibility) {
        tx.sql()
                .update(IMAGES)
                .set(IMAGES.VISIBILITY, visibility)
                .where(IMAGES.ID.eq(id))
                .execute();
    }

    public void setStatus(Tx tx, UUID id, ImageStatus status, Instant now) {
        tx.sql()
                .update(IMAGES)
                .set(IMAGES.STATUS, status.word())
                .set(IMAGES.UPDATED_AT, now)
                .where(IMAGES.ID.eq(id))
                .execute();
    }

    /**
     * An upload begins.
     *
     * @return false when the image is not queued (any more)
     */
    public boolean beginUpload(Tx tx, UUID id, UUID upload, ImageStatus status, Instant now) {
        return tx.sql()
                        .update(IMAGES)
                        .set(IMAGES.STATUS, status.word())
                        .set(IMAGES.UPLOAD, upload)
                        .set(IMAGES.UPDATED_AT, now)
                        .where(IMAGES.ID.eq(id).and(IMAGES.STATUS.eq(ImageStatus.QUEUED.word())))
                        .execute()
                == 1;
    }

    /**
     * An upload came to nothing: the image is as before, if that upload is still the one it waits
     * for.
     */
    public boolean dropUpload(Tx tx, UUID id, UUID upload, Instant now) {
        return tx.sql()
                        .update(IMAGES)
                        .set(IMAGES.STATUS, ImageStatus.QUEUED.word())
                        .setNull(IMAGES.UPLOAD)
                        .setNull(IMAGES.STAGED_SIZE)
                        .setNull(IMAGES.SIZE)
                        .set(IMAGES.UPDATED_AT, now)
                        .where(
                                IMAGES.ID
                                        .eq(id)
                                        .and(IMAGES.UPLOAD.eq(upload))
                                        .and(IMAGES.STATUS.in("saving", "uploading", "importing")))
                        .execute()
                == 1;
    }

    public void staged(Tx tx, UUID id, long size, Instant now) {
        tx.sql()
                .update(IMAGES)
                .set(IMAGES.STAGED_SIZE, size)
                .set(IMAGES.SIZE, size)
                .set(IMAGES.UPDATED_AT, now)
                .where(IMAGES.ID.eq(id))
                .execute();
    }

    /** What a finished upload makes of its image. */
    public record Data(String sha512, String md5, long size, Optional<Long> virtualSize) {}

    /**
     * The image has its data.
     *
     * @return false when the image does not wait for it (any more)
     */
    public boolean activate(Tx tx, UUID id, ImageStatus from, Data data, Instant now) {
        return tx.sql()
                        .update(IMAGES)
                        .set(IMAGES.STATUS, ImageStatus.ACTIVE.word())
                        .setNull(IMAGES.UPLOAD)
                        .setNull(IMAGES.STAGED_SIZE)
                        .set(IMAGES.SHA512, data.sha512())
                        .set(IMAGES.CHECKSUM, data.md5())
                        .set(IMAGES.SIZE, data.size())
                        .set(IMAGES.VIRTUAL_SIZE, data.virtualSize().orElse(null))
                        .set(IMAGES.UPDATED_AT, now)
                        .where(IMAGES.ID.eq(id).and(IMAGES.STATUS.eq(from.word())))
                        .execute()
                == 1;
    }

    /** Images whose data is on its way in, with the upload that brings it. */
    public record Unsettled(UUID id, ImageStatus status, Optional<UUID> upload, boolean staged) {}

    public List<Unsettled> unsettled(Tx tx) {
        return tx.sql()
                .select(IMAGES.ID, IMAGES.STATUS, IMAGES.UPLOAD, IMAGES.STAGED_SIZE)
                .from(IMAGES)
                .where(IMAGES.STATUS.in("saving", "uploading", "importing"))
                .fetch(
                        row ->
                                new Unsettled(
                                        row.value1(),
                                        ImageStatus.of(row.value2()),
                                        Optional.ofNullable(row.value3()),
                                        row.value4() != null));
    }

    /** A project's images of this name, oldest first. */
    public List<UUID> named(Tx tx, ProjectId owner, String name) {
        return tx.sql()
                .select(IMAGES.ID)
                .from(IMAGES)
                .where(IMAGES.OWNER.eq(owner.value()).and(IMAGES.NAME.eq(name)))
                .orderBy(IMAGES.CREATED_AT, IMAGES.ID)
                .fetch(IMAGES.ID);
    }

    /** The queued images among these. */
    public List<UUID> queuedAmong(Tx tx, List<UUID> ids) {
        return tx.sql()
                .select(IMAGES.ID)
                .from(IMAGES)
                .where(IMAGES.ID.in(ids).and(IMAGES.STATUS.eq("queued")))
                .fetch(IMAGES.ID);
    }

    public Map<String, Long> countByOwner(Tx tx) {
        return byOwner(tx, DSL.count(), DSL.noCondition());
    }

    public Map<String, Long> uploadingByOwner(Tx tx) {
        return byOwner(tx, DSL.count(), IMAGES.STATUS.in("saving", "uploading", "importing"));
    }

    public Map<String, Long> mibByOwner(Tx tx) {
        return byOwner(tx, DSL.sum(mib(IMAGES.SIZE)), IMAGES.STATUS.in("active", "deactivated"));
    }

    public Map<String, Long> stagedMibByOwner(Tx tx) {
        return byOwner(tx, DSL.sum(mib(IMAGES.STAGED_SIZE)), IMAGES.STAGED_SIZE.isNotNull());
    }

    private static Field<Long> mib(Field<Long> bytes) {
        return DSL.field("({0} + 1048575) / 1048576", Long.class, bytes);
    }

    private static Map<String, Long> byOwner(
            Tx tx, Field<? extends Number> value, Condition which) {
        return tx.sql()
                .select(IMAGES.OWNER, value)
                .from(IMAGES)
                .where(which)
                .groupBy(IMAGES.OWNER)
                .fetchMap(row -> row.value1(), row -> row.value2().longValue());
    }

    static Image image(ImagesRecord row) {
        return new Image(
                row.getId(),
                row.getOwner(),
                Optional.ofNullable(row.getName()),
                ImageStatus.of(row.getStatus()),
                row.getVisibility(),
                Optional.ofNullable(row.getDiskFormat()),
                Optional.ofNullable(row.getContainerFormat()),
                row.getMinDisk(),
                row.getMinRam(),
                row.getProtected(),
                row.getHidden(),
                Optional.ofNullable(row.getSize()),
                Optional.ofNullable(row.getVirtualSize()),
                Optional.ofNullable(row.getChecksum()),
                Optional.ofNullable(row.getSha512()),
                Arrays.asList(row.getTags()),
                properties(row.getProperties()),
                row.getCreatedAt(),
                row.getUpdatedAt());
    }

    private static Map<String, String> properties(JSONB json) {
        return json.data().equals("{}") ? Map.of() : Json.mapper().readValue(json.data(), TEXTS);
    }

    private static ImagesRecord record(Image image) {
        ImagesRecord row = new ImagesRecord();
        row.setId(image.id());
        row.setOwner(image.owner());
        row.setName(image.name().orElse(null));
        row.setStatus(image.status().word());
        row.setVisibility(image.visibility());
        row.setDiskFormat(image.diskFormat().orElse(null));
        row.setContainerFormat(image.containerFormat().orElse(null));
        row.setMinDisk(image.minDisk());
        row.setMinRam(image.minRam());
        row.setProtected(image.guarded());
        row.setHidden(image.hidden());
        row.setSize(image.size().orElse(null));
        row.setVirtualSize(image.virtualSize().orElse(null));
        row.setChecksum(image.checksum().orElse(null));
        row.setSha512(image.sha512().orElse(null));
        row.setTags(image.tags().toArray(String[]::new));
        row.setProperties(JSONB.valueOf(Json.text(image.properties())));
        row.setCreatedAt(image.createdAt());
        row.setUpdatedAt(image.updatedAt());
        return row;
    }
}
