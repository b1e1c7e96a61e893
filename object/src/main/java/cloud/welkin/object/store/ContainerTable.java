package cloud.welkin.object.store;

import static cloud.welkin.object.schema.Tables.ACCOUNTS;
import static cloud.welkin.object.schema.Tables.CONTAINERS;
import static cloud.welkin.object.schema.Tables.PARTS;
import static cloud.welkin.object.schema.Tables.UPLOADS;

import cloud.welkin.database.Tx;
import cloud.welkin.object.domain.Container;
import cloud.welkin.object.domain.ListingQuery.Slice;
import cloud.welkin.object.domain.Usage;
import cloud.welkin.object.schema.tables.records.ContainersRecord;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jooq.Condition;
import org.jooq.Field;
import org.jooq.impl.DSL;

/** The rows of containers. */
public final class ContainerTable {
    /** A container with what it holds. */
    public record Listed(Container container, Usage usage) {}

    private final UsageTable usages;

    public ContainerTable(UsageTable usages) {
        this.usages = usages;
    }

    public Optional<Container> find(Tx tx, String account, String name) {
        return tx.sql()
                .select(CONTAINERS)
                .from(CONTAINERS)
                .join(ACCOUNTS)
                .on(ACCOUNTS.ID.eq(CONTAINERS.ACCOUNT))
                .where(ACCOUNTS.NAME.eq(account))
                .and(CONTAINERS.NAME.eq(name))
                .fetchOptional(row -> container(row.value1()));
    }

    /** Locked against other changes of its headers; objects may come and go. */
    public Optional<Container> lock(Tx tx, long account, String name) {
        return tx.sql()
                .selectFrom(CONTAINERS)
                .where(CONTAINERS.ACCOUNT.eq(account))
                .and(CONTAINERS.NAME.eq(name))
                .forNoKeyUpdate()
                .fetchOptional(ContainerTable::container);
    }

    /**
     * @return false when there is one of this name
     */
    public boolean insert(
            Tx tx,
            long account,
            String name,
            String policy,
            Map<String, String> headers,
            Instant now) {
        return tx.sql()
                        .insertInto(CONTAINERS)
                        .set(CONTAINERS.ACCOUNT, account)
                        .set(CONTAINERS.NAME, name)
                        .set(CONTAINERS.POLICY, policy)
                        .set(CONTAINERS.HEADERS, HeaderMap.column(headers))
                        .set(CONTAINERS.CREATED_AT, now)
                        .set(CONTAINERS.UPDATED_AT, now)
                        .onConflictDoNothing()
                        .execute()
                == 1;
    }

    public void setHeaders(Tx tx, long id, Map<String, String> headers, Instant now) {
        tx.sql()
                .update(CONTAINERS)
                .set(CONTAINERS.HEADERS, HeaderMap.column(headers))
                .set(CONTAINERS.UPDATED_AT, now)
                .where(CONTAINERS.ID.eq(id))
                .execute();
    }

    /**
     * Deletes the container, with uploads that were never completed.
     *
     * @throws org.jooq.exception.IntegrityConstraintViolationException while objects are in it
     */
    public void delete(Tx tx, long id) {
        var begun = DSL.select(UPLOADS.ID).from(UPLOADS).where(UPLOADS.CONTAINER.eq(id));
        tx.sql().deleteFrom(PARTS).where(PARTS.OBJECT.in(begun)).execute();
        tx.sql().deleteFrom(UPLOADS).where(UPLOADS.CONTAINER.eq(id)).execute();
        tx.sql().deleteFrom(CONTAINERS).where(CONTAINERS.ID.eq(id)).execute();
    }

    public List<Listed> list(Tx tx, long account, Slice slice) {
        UsageTable.Joined used = usages.ofContainers();
        return tx.sql()
                .select(CONTAINERS, used.objects(), used.bytes())
                .from(CONTAINERS)
                .crossApply(used.table())
                .where(CONTAINERS.ACCOUNT.eq(account))
                .and(within(CONTAINERS.NAME, slice))
                .orderBy(slice.reverse() ? CONTAINERS.NAME.desc() : CONTAINERS.NAME.asc())
                .limit(slice.limit())
                .fetch(
                        row ->
                                new Listed(
                                        container(row.value1()),
                                        new Usage(row.value2(), row.value3())));
    }

    /** All containers that have a header, in the whole cloud. */
    public List<Container> having(Tx tx, String header) {
        return tx.sql()
                .selectFrom(CONTAINERS)
                .where("jsonb_exists({0}, {1})", CONTAINERS.HEADERS, DSL.val(header))
                .orderBy(CONTAINERS.ID)
                .fetch(ContainerTable::container);
    }

    static Condition within(Field<String> name, Slice slice) {
        Condition condition = DSL.noCondition();
        if (!slice.from().isEmpty()) {
            condition = condition.and(name.ge(slice.from()));
        }
        if (!slice.after().isEmpty()) {
            condition = condition.and(name.gt(slice.after()));
        }
        return slice.before().map(name::lt).map(condition::and).orElse(condition);
    }

    static Container container(ContainersRecord row) {
        return new Container(
                row.getId(),
                row.getAccount(),
                row.getName(),
                row.getPolicy(),
                HeaderMap.of(row.getHeaders()),
                row.getCreatedAt(),
                row.getUpdatedAt());
    }
}
