package cloud.welkin.object.store;

import static cloud.welkin.object.schema.Tables.PARTS;
import static cloud.welkin.object.schema.Tables.UPLOADS;

import cloud.welkin.database.Tx;
import cloud.welkin.object.domain.Upload;
import cloud.welkin.object.engine.Locator;
import cloud.welkin.object.schema.tables.records.PartsRecord;
import cloud.welkin.object.schema.tables.records.UploadsRecord;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jooq.Condition;
import org.jooq.impl.DSL;

/** The rows of uploads in parts, and of the parts, which stay when an upload became an object. */
public final class UploadTable {
    /** One part, as it was received. */
    public record Part(
            int number,
            String policy,
            Optional<Locator> locator,
            long length,
            String etag,
            Instant createdAt) {}

    public void insert(Tx tx, Upload upload) {
        tx.sql()
                .insertInto(UPLOADS)
                .set(UPLOADS.ID, upload.id())
                .set(UPLOADS.CONTAINER, upload.container())
                .set(UPLOADS.NAME, upload.name())
                .set(UPLOADS.CREATED_AT, upload.createdAt())
                .set(UPLOADS.CONTENT_TYPE, upload.contentType())
                .set(UPLOADS.HEADERS, HeaderMap.column(upload.headers()))
                .set(UPLOADS.POLICY, upload.policy())
                .set(UPLOADS.INITIATOR, upload.initiator())
                .execute();
    }

    public Optional<Upload> find(Tx tx, long container, String name, UUID id) {
        return tx.sql()
                .selectFrom(UPLOADS)
                .where(UPLOADS.ID.eq(id))
                .and(UPLOADS.CONTAINER.eq(container))
                .and(UPLOADS.NAME.eq(name))
                .fetchOptional(UploadTable::upload);
    }

    /** The upload, locked: it is completed, aborted or added to by one at a time. */
    public Optional<Upload> lock(Tx tx, long container, String name, UUID id) {
        return tx.sql()
                .selectFrom(UPLOADS)
                .where(UPLOADS.ID.eq(id))
                .and(UPLOADS.CONTAINER.eq(container))
                .and(UPLOADS.NAME.eq(name))
                .forUpdate()
                .fetchOptional(UploadTable::upload);
    }

    /**
     * Uploads of a container in the order of names and times.
     *
     * @param after behind this name, or behind the upload {@code afterId} of it
     */
    public List<Upload> list(
            Tx tx, long container, String prefix, String after, Optional<UUID> afterId, int most) {
        Condition behind = DSL.noCondition();
        if (!after.isEmpty()) {
            behind = UPLOADS.NAME.gt(after);
            if (afterId.isPresent()) {
                behind =
                        behind.or(
                                UPLOADS.NAME
                                        .eq(after)
                                        .and(
                                                DSL.row(UPLOADS.CREATED_AT, UPLOADS.ID)
                                                        .gt(
                                                                DSL.select(
                                                                                UPLOADS.CREATED_AT,
                                                                                UPLOADS.ID)
                                                                        .from(UPLOADS)
                                                                        .where(
                                                                                UPLOADS.ID.eq(
                                                                                        afterId
                                                                                                .get())))));
            }
        }
        return tx.sql()
                .selectFrom(UPLOADS)
                .where(UPLOADS.CONTAINER.eq(container))
                .and(UPLOADS.NAME.startsWith(prefix))
                .and(behind)
                .orderBy(UPLOADS.NAME, UPLOADS.CREATED_AT, UPLOADS.ID)
                .limit(most)
                .fetch(UploadTable::upload);
    }

    /** Ends the upload; its parts stay. */
    public void delete(Tx tx, UUID id) {
        tx.sql().deleteFrom(UPLOADS).where(UPLOADS.ID.eq(id)).execute();
    }

    /** Keeps a part, in place of the one of the same number. */
    public void put(Tx tx, UUID upload, Part part) {
        PartsRecord row = new PartsRecord();
        row.setObject(upload);
        row.setNumber(part.number());
        row.setPolicy(part.policy());
        row.setLocator(part.locator().map(Locator::text).orElse(null));
        row.setLength(part.length());
        row.setEtag(part.etag());
        row.setCreatedAt(part.createdAt());
        tx.sql()
                .insertInto(PARTS)
                .set(row)
                .onConflict(PARTS.OBJECT, PARTS.NUMBER)
                .doUpdate()
                .set(row)
                .execute();
    }

    /** In the order of their numbers. */
    public List<Part> parts(Tx tx, UUID object) {
        return tx.sql()
                .selectFrom(PARTS)
                .where(PARTS.OBJECT.eq(object))
                .orderBy(PARTS.NUMBER)
                .fetch(
                        row ->
                                new Part(
                                        row.getNumber(),
                                        row.getPolicy(),
                                        Optional.ofNullable(row.getLocator()).map(Locator::new),
                                        row.getLength(),
                                        row.getEtag(),
                                        row.getCreatedAt()));
    }

    /** Gives up all parts but these. */
    public void keepOnly(Tx tx, UUID object, Collection<Integer> numbers) {
        tx.sql()
                .deleteFrom(PARTS)
                .where(PARTS.OBJECT.eq(object))
                .and(PARTS.NUMBER.notIn(numbers))
                .execute();
    }

    private static Upload upload(UploadsRecord row) {
        return new Upload(
                row.getId(),
                row.getContainer(),
                row.getName(),
                row.getCreatedAt(),
                row.getContentType(),
                HeaderMap.of(row.getHeaders()),
                row.getPolicy(),
                row.getInitiator());
    }
}
