package cloud.welkin.kernel.page;

import cloud.welkin.database.Tx;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jooq.Condition;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.SortField;
import org.jooq.Table;
import org.jooq.impl.DSL;

/**
 * An order of rows of which a page can begin behind any row: what OpenStack's {@code sort_key},
 * {@code sort_dir} and {@code marker} ask for. The rows before the page are never read, given an
 * index on the keys. What is null counts as smaller than all else. The last key must be unique,
 * else rows that are equal in all keys would be lost between two pages.
 */
public record Keyset(List<Key> keys) {
    /** A column or expression that rows are sorted by. */
    public record Key(Field<?> field, boolean descending) {
        /** As the index has it: where nothing is null, nothing is said of nulls. */
        private SortField<?> order() {
            SortField<?> order = descending ? field.desc() : field.asc();
            return !nullable() ? order : descending ? order.nullsLast() : order.nullsFirst();
        }

        private boolean nullable() {
            return field.getDataType().nullable();
        }
    }

    public Keyset {
        if (keys.isEmpty()) {
            throw new IllegalArgumentException("An order needs a key");
        }
        keys = List.copyOf(keys);
    }

    public List<SortField<?>> order() {
        List<SortField<?>> order = new ArrayList<>();
        keys.forEach(key -> order.add(key.order()));
        return order;
    }

    /**
     * The rows behind the marker's.
     *
     * @param from where the marker's row is, with all that the keys read
     * @param marker holds for the marker's row alone, and only if the caller may see it: what one
     *     may not see cannot be a marker either
     * @return empty when there is no such row
     */
    public Optional<Condition> behind(Tx tx, Table<?> from, Condition marker) {
        return tx.sql()
                .select(keys.stream().map(Key::field).toList())
                .from(from)
                .where(marker)
                .fetchOptional()
                .map(this::behind);
    }

    private Condition behind(Record at) {
        boolean descending = keys.getLast().descending();
        boolean plain =
                keys.stream().allMatch(key -> key.descending() == descending && !key.nullable());
        return plain ? wholeRow(at, descending) : keyByKey(at);
    }

    /** The form that PostgreSQL looks up in an index of the same columns at once. */
    private Condition wholeRow(Record at, boolean descending) {
        Field<?>[] fields = keys.stream().map(Key::field).toArray(Field<?>[]::new);
        Field<?>[] values = new Field<?>[fields.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = DSL.val(at.get(i), fields[i].getDataType());
        }
        return descending
                ? DSL.row(fields).lt(DSL.row(values))
                : DSL.row(fields).gt(DSL.row(values));
    }

    /** For each key: equal in all before it, and beyond in this one. */
    private Condition keyByKey(Record at) {
        Condition behind = DSL.falseCondition();
        Condition equal = DSL.trueCondition();
        for (int i = 0; i < keys.size(); i++) {
            Key key = keys.get(i);
            @SuppressWarnings("unchecked") // the value was read from this very field
            Field<Object> field = (Field<Object>) key.field();
            boolean none = at.get(i) == null;
            Field<Object> value = DSL.val(at.get(i), field);
            behind = behind.or(equal.and(beyond(key, field, value, none)));
            equal = equal.and(none ? field.isNull() : field.eq(value));
        }
        return behind;
    }

    private static Condition beyond(
            Key key, Field<Object> field, Field<Object> value, boolean none) {
        if (none) {
            return key.descending() ? DSL.falseCondition() : field.isNotNull();
        }
        if (!key.descending()) {
            return field.gt(value);
        }
        return key.nullable() ? field.lt(value).or(field.isNull()) : field.lt(value);
    }
}
