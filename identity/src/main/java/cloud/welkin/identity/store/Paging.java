package cloud.welkin.identity.store;

import cloud.welkin.database.Tx;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.page.Keyset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jooq.Condition;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.RecordMapper;
import org.jooq.Table;
import org.jooq.impl.DSL;

/**
 * Which page of a list, in which order.
 *
 * @param byName in the order of names; else of ids
 * @param marker the id of the last row of the page before
 */
public record Paging(boolean byName, boolean descending, Optional<String> marker, int limit) {
    /** The first rows, as many as are ever answered in one piece. */
    public static final Paging FIRST = new Paging(false, false, Optional.empty(), Rows.MOST);

    /** All rows, for lists that have no pages. */
    public static final Paging ALL =
            new Paging(false, false, Optional.empty(), Integer.MAX_VALUE - 1);

    /**
     * A page, and whether there is more behind it.
     *
     * @throws Failure 400 when the order is of names and no row of the list is the marker's
     */
    <R extends Record, T> Page<T> of(
            Tx tx,
            Table<R> table,
            Field<String> id,
            Field<String> name,
            List<Condition> conditions,
            RecordMapper<R, T> mapper) {
        Keyset order =
                new Keyset(
                        byName
                                ? List.of(
                                        new Keyset.Key(name, descending),
                                        new Keyset.Key(id, descending))
                                : List.of(new Keyset.Key(id, descending)));
        List<Condition> behind = new ArrayList<>(conditions);
        marker.ifPresent(at -> behind.add(behind(tx, table, id, order, conditions, at)));
        return Page.of(
                tx.sql()
                        .selectFrom(table)
                        .where(behind)
                        .orderBy(order.order())
                        .limit(limit + 1)
                        .fetch()
                        .map(mapper),
                limit);
    }

    /** Ids tell their place themselves, even those of rows that are gone by now. */
    private Condition behind(
            Tx tx,
            Table<?> table,
            Field<String> id,
            Keyset order,
            List<Condition> conditions,
            String at) {
        if (!byName) {
            return descending ? id.lt(at) : id.gt(at);
        }
        return order.behind(tx, table, DSL.and(conditions).and(id.eq(at)))
                .orElseThrow(() -> Failure.badRequest("The marker %s is not in the list.", at));
    }
}
