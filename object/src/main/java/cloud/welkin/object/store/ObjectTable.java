package cloud.welkin.object.store;

import static cloud.welkin.object.schema.Tables.ACCOUNTS;
import static cloud.welkin.object.schema.Tables.CONTAINERS;
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
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntFunction;
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
        return tx.sql()
                .select(ACCOUNTS, CONTAINERS, OBJECTS)
                .from(ACCOUNTS)
                .leftJoin(CONTAINERS)
                .on(CONTAINERS.ACCOUNT.eq(ACCOUNTS.ID))
                .and(CONTAINERS.NAME.eq(container))
                .leftJoin(OBJECTS)
                .on(OBJECTS.CONTAINER.eq(CONTAINERS.ID))
                .and(OBJECTS.NAME.eq(name))
                .where(ACCOUNTS.NAME.eq(account))
                .fetchOptional(
                        row ->
                                new Found(
                                        Optional.of(AccountTable.account(row.value1())),
                                        Optional.of(row.value2())
                                                .filter(it -> it.getId() != null)
                                                .map(ContainerTable::container),
                                        Optional.of(row.value3())
                                                .filter(it -> it.getName() != null)
                                                .map(ObjectTable::object)))
                .orElseGet(() -> new Found(Optional.empty(), Optional.empty(), Optional.empty()));
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
        if (all.size() == 1) {
            put(tx, all.getFirst());
            return;
        }
        tx.sql()
                .execute(
                        PUT_ALL,
                        array(all, Long[]::new, StoredObject::container),
                        array(all, String[]::new, StoredObject::name),
                        array(all, UUID[]::new, StoredObject::id),
                        array(all, String[]::new, it -> it.createdAt().toString()),
                        array(all, Long[]::new, StoredObject::size),
                        array(all, Long[]::new, StoredObject::length),
                        array(all, String[]::new, StoredObject::etag),
                        array(all, String[]::new, StoredObject::contentType),
                        array(all, String[]::new, it -> HeaderMap.column(it.headers()).data()),
                        array(all, String[]::new, it -> it.locator().map(Locator::text).orElse("")),
                        array(all, String[]::new, StoredObject::policy),
                        array(
                                all,
                                String[]::new,
                                it -> it.deleteAt().map(Instant::toString).orElse("")),
                        array(all, Integer[]::new, StoredObject::parts),
                        array(all, Boolean[]::new, StoredObject::versioned));
    }

    private static <T> T[] array(
            List<StoredObject> all, IntFunction<T[]> array, Function<StoredObject, T> field) {
        return all.stream().map(field).toArray(array);
    }

    private static final String PUT_ALL =
            """
            insert into object.objects (container, name, id, created_at, size, length, etag,
                content_type, headers, locator, policy, delete_at, parts, versioned)
            select container, name, id, created_at, size, length, etag, content_type, headers,
                nullif(locator, ''), policy, nullif(delete_at, '')::timestamptz, parts, versioned
            from unnest({0}::bigint[], {1}::text[], {2}::uuid[], {3}::timestamptz[], {4}::bigint[],
                {5}::bigint[], {6}::text[], {7}::text[], {8}::jsonb[], {9}::text[], {10}::text[],
                {11}::text[], {12}::int[], {13}::boolean[])
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
