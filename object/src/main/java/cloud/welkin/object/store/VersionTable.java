package cloud.welkin.object.store;

import static cloud.welkin.object.schema.Tables.OBJECTS;
import static cloud.welkin.object.schema.Tables.VERSIONS;

import cloud.welkin.database.Tx;
import cloud.welkin.object.domain.StoredObject;
import cloud.welkin.object.domain.Version;
import cloud.welkin.object.engine.Locator;
import cloud.welkin.object.schema.tables.records.VersionsRecord;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jooq.Condition;
import org.jooq.Field;
import org.jooq.impl.DSL;

/** The rows of states that are not current, and of marks of deletes. */
public final class VersionTable {
    /** Keeps the current state as a version; it is current all the same until somebody else is. */
    public void archive(Tx tx, StoredObject object) {
        insert(tx, object, false);
    }

    /** Keeps a mark that the object is deleted. */
    public void mark(Tx tx, StoredObject marker) {
        insert(tx, marker, true);
    }

    private static void insert(Tx tx, StoredObject object, boolean marker) {
        VersionsRecord row = new VersionsRecord();
        row.setContainer(object.container());
        row.setName(object.name());
        row.setId(object.id());
        row.setCreatedAt(object.createdAt());
        row.setSize(object.size());
        row.setLength(object.length());
        row.setEtag(object.etag());
        row.setContentType(object.contentType());
        row.setHeaders(HeaderMap.column(object.headers()));
        row.setLocator(object.locator().map(Locator::text).orElse(null));
        row.setPolicy(object.policy());
        row.setParts(object.parts());
        row.setVersioned(object.versioned());
        row.setDeleteMarker(marker);
        tx.sql().insertInto(VERSIONS).set(row).execute();
    }

    /**
     * @param id of the version; empty for the one that S3 calls null
     */
    public Optional<Version> find(Tx tx, long container, String name, Optional<UUID> id) {
        return tx.sql()
                .selectFrom(VERSIONS)
                .where(VERSIONS.CONTAINER.eq(container))
                .and(VERSIONS.NAME.eq(name))
                .and(id.map(VERSIONS.ID::eq).orElseGet(() -> VERSIONS.VERSIONED.isFalse()))
                .limit(1)
                .fetchOptional(VersionTable::version);
    }

    /** The newest of the object that is not current. */
    public Optional<Version> newest(Tx tx, long container, String name) {
        return tx.sql()
                .selectFrom(VERSIONS)
                .where(VERSIONS.CONTAINER.eq(container))
                .and(VERSIONS.NAME.eq(name))
                .orderBy(VERSIONS.CREATED_AT.desc(), VERSIONS.ID.desc())
                .limit(1)
                .fetchOptional(VersionTable::version);
    }

    public boolean delete(Tx tx, long container, String name, UUID id) {
        return tx.sql()
                        .deleteFrom(VERSIONS)
                        .where(VERSIONS.CONTAINER.eq(container))
                        .and(VERSIONS.NAME.eq(name))
                        .and(VERSIONS.ID.eq(id))
                        .execute()
                == 1;
    }

    public void setHeaders(Tx tx, Version version, Map<String, String> headers) {
        StoredObject object = version.object();
        tx.sql()
                .update(VERSIONS)
                .set(VERSIONS.HEADERS, HeaderMap.column(headers))
                .where(VERSIONS.CONTAINER.eq(object.container()))
                .and(VERSIONS.NAME.eq(object.name()))
                .and(VERSIONS.ID.eq(object.id()))
                .execute();
    }

    /**
     * All versions of objects, current ones too, in the order of names, the newest first.
     *
     * @param from the first name that is wanted
     * @param behind the version of {@code from} behind which to go on; empty for all of it
     */
    public List<Version> list(
            Tx tx, long container, String prefix, String from, Optional<Version> behind, int most) {
        var current =
                DSL.select(
                                OBJECTS.CONTAINER,
                                OBJECTS.NAME,
                                OBJECTS.ID,
                                OBJECTS.CREATED_AT,
                                OBJECTS.SIZE,
                                OBJECTS.LENGTH,
                                OBJECTS.ETAG,
                                OBJECTS.CONTENT_TYPE,
                                OBJECTS.HEADERS,
                                OBJECTS.LOCATOR,
                                OBJECTS.POLICY,
                                OBJECTS.PARTS,
                                OBJECTS.VERSIONED,
                                DSL.inline(false).as(VERSIONS.DELETE_MARKER),
                                DSL.inline(0).as("age"))
                        .from(OBJECTS)
                        .where(within(OBJECTS.CONTAINER.eq(container), OBJECTS.NAME, prefix, from));
        var older =
                DSL.select(
                                VERSIONS.CONTAINER,
                                VERSIONS.NAME,
                                VERSIONS.ID,
                                VERSIONS.CREATED_AT,
                                VERSIONS.SIZE,
                                VERSIONS.LENGTH,
                                VERSIONS.ETAG,
                                VERSIONS.CONTENT_TYPE,
                                VERSIONS.HEADERS,
                                VERSIONS.LOCATOR,
                                VERSIONS.POLICY,
                                VERSIONS.PARTS,
                                VERSIONS.VERSIONED,
                                VERSIONS.DELETE_MARKER,
                                DSL.inline(1).as("age"))
                        .from(VERSIONS)
                        .where(
                                within(
                                        VERSIONS.CONTAINER.eq(container),
                                        VERSIONS.NAME,
                                        prefix,
                                        from));
        // Each side gives its first ones by its own index; both are then as few as wanted.
        int enough = most + (behind.isPresent() ? MOST_OF_ONE : 0);
        var all =
                current.orderBy(OBJECTS.NAME)
                        .limit(enough)
                        .unionAll(
                                older.orderBy(VERSIONS.NAME, VERSIONS.CREATED_AT.desc())
                                        .limit(enough))
                        .asTable("all_versions");
        List<Version> listed =
                tx.sql()
                        .selectFrom(all)
                        .orderBy(
                                DSL.field(DSL.name("all_versions", "name")),
                                DSL.field(DSL.name("all_versions", "age")),
                                DSL.field(DSL.name("all_versions", "created_at")).desc())
                        .fetch(
                                row ->
                                        version(row.into(VERSIONS))
                                                .current(row.get("age", Integer.class) == 0));
        if (behind.isEmpty()) {
            return listed.subList(0, Math.min(most, listed.size()));
        }
        StoredObject last = behind.get().object();
        int at = 0;
        while (at < listed.size() && listed.get(at).object().name().equals(last.name())) {
            at++;
            if (listed.get(at - 1).object().id().equals(last.id())) {
                break;
            }
        }
        return listed.subList(at, Math.min(at + most, listed.size()));
    }

    /** Versions of one object that a page may have to pass over. */
    private static final int MOST_OF_ONE = 10_000;

    private static Condition within(
            Condition container, Field<String> name, String prefix, String from) {
        Condition condition = container.and(name.startsWith(prefix));
        return from.isEmpty() ? condition : condition.and(name.ge(from));
    }

    private static Version version(VersionsRecord row) {
        return new Version(
                new StoredObject(
                        row.getContainer(),
                        row.getName(),
                        row.getId(),
                        row.getCreatedAt(),
                        row.getSize(),
                        row.getLength(),
                        row.getEtag(),
                        row.getContentType(),
                        HeaderMap.of(row.getHeaders()),
                        Optional.ofNullable(row.getLocator()).map(Locator::new),
                        row.getPolicy(),
                        Optional.empty(),
                        row.getParts(),
                        row.getVersioned()),
                row.getDeleteMarker(),
                false);
    }
}
