package cloud.welkin.object.store;

import static cloud.welkin.object.schema.Tables.CONTAINERS;
import static cloud.welkin.object.schema.Tables.USAGES;
import static cloud.welkin.object.schema.Tables.USAGE_CHANGES;

import cloud.welkin.database.Tx;
import cloud.welkin.object.domain.Usage;
import org.jooq.Field;
import org.jooq.Table;
import org.jooq.impl.DSL;

/**
 * What containers hold. Writers append changes (by triggers on the objects' rows); the base plus
 * the changes is exact at any time, and {@link #fold} keeps the changes few.
 */
public final class UsageTable {
    /** The usage of each row of {@code containers} that it is joined with. */
    record Joined(Table<?> table, Field<Long> objects, Field<Long> bytes) {}

    public Usage of(Tx tx, long container) {
        Joined used = ofContainers();
        return tx.sql()
                .select(used.objects(), used.bytes())
                .from(CONTAINERS)
                .crossApply(used.table())
                .where(CONTAINERS.ID.eq(container))
                .fetchOptional(row -> new Usage(row.value1(), row.value2()))
                .orElse(Usage.NONE);
    }

    Joined ofContainers() {
        Field<Long> objects = DSL.field(DSL.name("used", "objects"), Long.class);
        Field<Long> bytes = DSL.field(DSL.name("used", "bytes"), Long.class);
        var both =
                DSL.select(USAGES.OBJECTS, USAGES.BYTES)
                        .from(USAGES)
                        .where(USAGES.CONTAINER.eq(CONTAINERS.ID))
                        .unionAll(
                                DSL.select(USAGE_CHANGES.OBJECTS, USAGE_CHANGES.BYTES)
                                        .from(USAGE_CHANGES)
                                        .where(USAGE_CHANGES.CONTAINER.eq(CONTAINERS.ID)))
                        .asTable("both");
        Table<?> used =
                DSL.select(
                                sum(both.field(USAGES.OBJECTS)).as("objects"),
                                sum(both.field(USAGES.BYTES)).as("bytes"))
                        .from(both)
                        .asTable("used");
        return new Joined(used, objects, bytes);
    }

    private static Field<Long> sum(@org.jspecify.annotations.Nullable Field<Long> field) {
        return DSL.coalesce(DSL.sum(field).cast(Long.class), DSL.inline(0L));
    }

    /**
     * Adds the oldest changes to the bases. Changes of containers that are gone are dropped.
     *
     * @return how many changes were folded
     */
    public int fold(Tx tx, int most) {
        return tx.sql()
                .fetchSingle(
                        """
                        with taken as (
                            delete from object.usage_changes where id in (
                                select id from object.usage_changes order by id limit {0}
                                for update skip locked)
                            returning container, objects, bytes),
                        sums as (
                            select container, sum(objects)::bigint as objects,
                                sum(bytes)::bigint as bytes
                            from taken group by container),
                        there as (
                            select sums.* from sums
                            join object.containers on containers.id = sums.container
                            for key share of containers),
                        added as (
                            insert into object.usages (container, objects, bytes)
                                select container, objects, bytes from there
                            on conflict (container) do update set
                                objects = usages.objects + excluded.objects,
                                bytes = usages.bytes + excluded.bytes)
                        select count(*)::int from taken
                        """,
                        DSL.val(most))
                .get(0, Integer.class);
    }
}
