package cloud.welkin.object.store;

import static cloud.welkin.object.schema.Tables.GARBAGE;
import static cloud.welkin.object.schema.Tables.OBJECTS;
import static cloud.welkin.object.schema.Tables.PARTS;
import static cloud.welkin.object.schema.Tables.VERSIONS;

import cloud.welkin.database.Tx;
import cloud.welkin.object.domain.Account;
import cloud.welkin.object.domain.Container;
import cloud.welkin.object.domain.ListingQuery.Slice;
import cloud.welkin.object.domain.StoredObject;
import cloud.welkin.object.engine.Locator;
import cloud.welkin.object.schema.tables.records.ObjectsRecord;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jooq.exception.DataAccessException;
import org.jooq.impl.DSL;

/** The rows of objects. Counters and garbage follow by triggers (V001). */
public final class ObjectTable {
    /** What a path names, as far as it is there. */
    public record Found(
            Optional<Account> account,
            Optional<Container> container,
            Optional<StoredObject> object) {}

    /** A body that no row names any more. */
    public record Garbage(long id, String policy, Locator locator) {}

    /** All of a path by one statement. */
    public Found find(Tx tx, String account, String container, String name) {
        return PathLookup.find(tx, account, container, name);
    }

    public Optional<StoredObject> find(Tx tx, long container, String name) {
        return tx.sql()
                .selectFrom(OBJECTS)
                .where(OBJECTS.CONTAINER.eq(container))
                .and(OBJECTS.NAME.eq(name))
                .fetchOptional(ObjectTable::object);
    }

    /** The object, locked until the transaction ends. */
    public Optional<StoredObject> lock(Tx tx, long container, String name) {
        return tx.sql()
                .selectFrom(OBJECTS)
                .where(OBJECTS.CONTAINER.eq(container))
                .and(OBJECTS.NAME.eq(name))
                .forUpdate()
                .fetchOptional(ObjectTable::object);
    }

    /** Holds others off a name until the transaction ends, whether there is an object or not. */
    public void lockName(Tx tx, long container, String name) {
        tx.sql()
                .execute(
                        "select pg_advisory_xact_lock(hashtextextended({0}, {1}))",
                        DSL.val(name), DSL.val(container));
    }

    /** Makes the object, or puts it in the place of the one that is there. */
    public void put(Tx tx, StoredObject object) {
        ObjectsRecord row = row(object);
        tx.sql()
                .insertInto(OBJECTS)
                .set(row)
                .onConflict(OBJECTS.CONTAINER, OBJECTS.NAME)
                .doUpdate()
                .set(row)
                .execute();
    }

    /**
     * Makes many objects, or puts them in the places of those that are there, by one statement. Its
     * text is always the same, so that it is planned once.
     *
     * @param all in different places
     */
    public void putAll(Tx tx, List<StoredObject> all) {
        try (PreparedStatement put = tx.connection().prepareStatement(PUT_ALL)) {
            Connection made = tx.connection();
            put.setArray(1, array(made, "bigint", all, StoredObject::container));
            put.setArray(2, array(made, "text", all, StoredObject::name));
            put.setArray(3, array(made, "uuid", all, StoredObject::id));
            put.setArray(4, array(made, "text", all, it -> it.createdAt().toString()));
            put.setArray(5, array(made, "bigint", all, StoredObject::size));
            put.setArray(6, array(made, "bigint", all, StoredObject::length));
            put.setArray(7, array(made, "text", all, StoredObject::etag));
            put.setArray(8, array(made, "text", all, StoredObject::contentType));
            put.setArray(9, array(made, "text", all, it -> HeaderMap.column(it.headers()).data()));
            put.setArray(
                    10, array(made, "text", all, it -> it.locator().map(Locator::text).orElse("")));
            put.setArray(11, array(made, "text", all, StoredObject::policy));
            put.setArray(
                    12,
                    array(
                            made,
                            "text",
                            all,
                            it -> it.deleteAt().map(Instant::toString).orElse("")));
            put.setArray(13, array(made, "int", all, StoredObject::parts));
            put.setArray(14, array(made, "boolean", all, StoredObject::versioned));
            put.executeUpdate();
        } catch (SQLException e) {
            throw new DataAccessException("cannot put " + all.size() + " objects", e);
        }
    }

    private static Array array(
            Connection connection,
            String type,
            List<StoredObject> all,
            Function<StoredObject, Object> field)
            throws SQLException {
        return connection.createArrayOf(type, all.stream().map(field).toArray());
    }

    private static final String PUT_ALL =
            """
            insert into object.objects (container, name, id, created_at, size, length, etag,
                content_type, headers, locator, policy, delete_at, parts, versioned)
            select container, name, id, created_at, size, length, etag, content_type, headers,
                nullif(locator, ''), policy, nullif(delete_at, '')::timestamptz, parts, versioned
            from unnest(?::bigint[], ?::text[], ?::uuid[], ?::timestamptz[], ?::bigint[],
                ?::bigint[], ?::text[], ?::text[], ?::jsonb[], ?::text[], ?::text[],
                ?::text[], ?::int[], ?::boolean[])
                as new (container, name, id, created_at, size, length, etag, content_type, headers,
                    locator, policy, delete_at, parts, versioned)
            on conflict (container, name) do update set id = excluded.id,
                created_at = excluded.created_at, size = excluded.size, length = excluded.length,
                etag = excluded.etag, content_type = excluded.content_type,
                headers = excluded.headers, locator = excluded.locator, policy = excluded.policy,
                delete_at = excluded.delete_at, parts = excluded.parts,
                versioned = excluded.versioned
            """;

    /**
     * @return false, and nothing changed, when there is one
     */
    public boolean putNew(Tx tx, StoredObject object) {
        return tx.sql().insertInto(OBJECTS).set(row(object)).onConflictDoNothing().execute() == 1;
    }

    /**
     * @return whether it was there
     */
    public boolean delete(Tx tx, long container, String name) {
        return tx.sql()
                        .deleteFrom(OBJECTS)
                        .where(OBJECTS.CONTAINER.eq(container))
                        .and(OBJECTS.NAME.eq(name))
                        .execute()
                == 1;
    }

    /**
     * Gives the object another place, body and all; nothing may be there.
     *
     * @return whether it was there
     */
    public boolean move(Tx tx, long container, String name, long to, String newName) {
        return tx.sql()
                        .update(OBJECTS)
                        .set(OBJECTS.CONTAINER, to)
                        .set(OBJECTS.NAME, newName)
                        .where(OBJECTS.CONTAINER.eq(container))
                        .and(OBJECTS.NAME.eq(name))
                        .execute()
                == 1;
    }

    public void setMetadata(Tx tx, StoredObject object) {
        tx.sql()
                .update(OBJECTS)
                .set(OBJECTS.HEADERS, HeaderMap.column(object.headers()))
                .set(OBJECTS.CONTENT_TYPE, object.contentType())
                .set(OBJECTS.CREATED_AT, object.createdAt())
                .set(OBJECTS.DELETE_AT, object.deleteAt().orElse(null))
                .where(OBJECTS.CONTAINER.eq(object.container()))
                .and(OBJECTS.NAME.eq(object.name()))
                .execute();
    }

    public List<StoredObject> list(Tx tx, long container, Slice slice) {
        return tx.sql()
                .selectFrom(OBJECTS)
                .where(OBJECTS.CONTAINER.eq(container))
                .and(ContainerTable.within(OBJECTS.NAME, slice))
                .orderBy(slice.reverse() ? OBJECTS.NAME.desc() : OBJECTS.NAME.asc())
                .limit(slice.limit())
                .fetch(ObjectTable::object);
    }

    /** Removes objects whose time is over; those that somebody is just changing wait. */
    public int deleteExpired(Tx tx, Instant now, int most) {
        return tx.sql()
                .execute(
                        """
                        delete from object.objects where (container, name) in (
                            select container, name from object.objects
                            where delete_at <= {0} limit {1} for update skip locked)
                        """,
                        DSL.val(now, OBJECTS.DELETE_AT), DSL.val(most));
    }

    public List<Garbage> garbage(Tx tx, int most) {
        return tx.sql()
                .selectFrom(GARBAGE)
                .orderBy(GARBAGE.ID)
                .limit(most)
                .fetch(
                        row ->
                                new Garbage(
                                        row.getId(),
                                        row.getPolicy(),
                                        new Locator(row.getLocator())));
    }

    public void forgotten(Tx tx, List<Garbage> bodies) {
        tx.sql()
                .deleteFrom(GARBAGE)
                .where(GARBAGE.ID.in(bodies.stream().map(Garbage::id).toList()))
                .execute();
    }

    /** Every body of a policy that a row names, and whose locator begins so. */
    public void bodies(Tx tx, String policy, String prefix, Consumer<String> each) {
        try (var rows =
                tx.sql()
                        .select(OBJECTS.LOCATOR)
                        .from(OBJECTS)
                        .where(OBJECTS.POLICY.eq(policy))
                        .and(OBJECTS.LOCATOR.startsWith(prefix))
                        .unionAll(
                                DSL.select(VERSIONS.LOCATOR)
                                        .from(VERSIONS)
                                        .where(VERSIONS.POLICY.eq(policy))
                                        .and(VERSIONS.LOCATOR.startsWith(prefix)))
                        .unionAll(
                                DSL.select(PARTS.LOCATOR)
                                        .from(PARTS)
                                        .where(PARTS.POLICY.eq(policy))
                                        .and(PARTS.LOCATOR.startsWith(prefix)))
                        .fetchSize(5000)
                        .fetchLazy()) {
            rows.forEach(row -> each.accept(row.value1()));
        }
    }

    private static ObjectsRecord row(StoredObject object) {
        ObjectsRecord row = new ObjectsRecord();
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
        row.setDeleteAt(object.deleteAt().orElse(null));
        row.setParts(object.parts());
        row.setVersioned(object.versioned());
        return row;
    }

    static StoredObject object(ObjectsRecord row) {
        return new StoredObject(
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
                Optional.ofNullable(row.getDeleteAt()),
                row.getParts(),
                row.getVersioned());
    }
}
