package cloud.welkin.network.store;

import cloud.welkin.database.Tx;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.id.Ids;
import cloud.welkin.kernel.page.Keyset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.jooq.Condition;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.SelectFieldOrAsterisk;
import org.jooq.Table;
import org.jooq.TableField;
import org.jooq.impl.DSL;

/**
 * How one kind of thing is found and listed: Neutron lets clients filter by nearly every attribute,
 * repeatedly, sort by several and page from a marker, all alike for every resource. One statement
 * for a list, whatever it holds.
 */
public final class Listing<T> {
    /** The most that is answered in one piece. */
    public static final int MOST = 1000;

    /** What a client asked of a list. */
    public record Request(
            Map<String, List<String>> filters,
            List<Sort> sorts,
            int limit,
            Optional<String> marker,
            boolean reverse) {
        /** All that match, up to the most that a list has. */
        public static Request all() {
            return new Request(Map.of(), List.of(), MOST, Optional.empty(), false);
        }

        public static Request of(String attribute, Object value) {
            return new Request(
                    Map.of(attribute, List.of(value.toString())),
                    List.of(),
                    MOST,
                    Optional.empty(),
                    false);
        }
    }

    public record Sort(String attribute, boolean descending) {}

    /** A part of a list; more says that it goes on. */
    public record Page<T>(List<T> items, boolean more) {}

    private record Attribute(Optional<Field<?>> sort, Function<List<String>, Condition> filter) {}

    private final Table<?> table;
    private final Field<UUID> id;
    private final List<SelectFieldOrAsterisk> columns;
    private final Function<Record, T> reader;
    private final Map<String, Attribute> attributes = new LinkedHashMap<>();

    Listing(
            Table<?> table,
            Field<UUID> id,
            List<? extends SelectFieldOrAsterisk> columns,
            Function<Record, T> reader) {
        this.table = table;
        this.id = id;
        // A table stands for its columns; selected as itself it would be a nested row.
        List<SelectFieldOrAsterisk> flat = new ArrayList<>();
        columns.forEach(
                column -> {
                    if (column instanceof Table<?> whole) {
                        flat.addAll(List.of(whole.fields()));
                    } else {
                        flat.add(column);
                    }
                });
        this.columns = List.copyOf(flat);
        this.reader = reader;
        uuid("id", id);
    }

    Listing<T> text(String name, Field<String> field) {
        return add(name, field, field::in);
    }

    Listing<T> uuid(String name, Field<UUID> field) {
        return add(
                name,
                field,
                values -> {
                    List<UUID> ids =
                            values.stream().flatMap(text -> Ids.uuid(text).stream()).toList();
                    // Neutron takes an empty value for "has none".
                    return values.contains("") ? field.in(ids).or(field.isNull()) : field.in(ids);
                });
    }

    Listing<T> bool(String name, Field<Boolean> field) {
        return add(
                name, field, values -> field.in(values.stream().map(v -> truth(name, v)).toList()));
    }

    Listing<T> number(String name, Field<Integer> field) {
        return add(name, field, values -> field.in(numbers(values)));
    }

    Listing<T> big(String name, Field<Long> field) {
        return add(
                name,
                field,
                values -> field.in(numbers(values).stream().map(Integer::longValue).toList()));
    }

    Listing<T> project(Field<String> field) {
        return text("project_id", field).text("tenant_id", field);
    }

    Listing<T> tags(TableField<?, String[]> field) {
        return by("tags", values -> field.contains(parts(values)))
                .by("tags-any", values -> DSL.arrayOverlap(field, parts(values)))
                .by("not-tags", values -> field.contains(parts(values)).not())
                .by("not-tags-any", values -> DSL.arrayOverlap(field, parts(values)).not());
    }

    /** An attribute that is filtered by in a way of its own, and not sorted by. */
    Listing<T> by(String name, Function<List<String>, Condition> filter) {
        attributes.put(name, new Attribute(Optional.empty(), filter));
        return this;
    }

    private Listing<T> add(String name, Field<?> field, Function<List<String>, Condition> filter) {
        attributes.put(name, new Attribute(Optional.of(field), filter));
        return this;
    }

    public Optional<T> find(Tx tx, UUID wanted) {
        return tx.sql()
                .select(columns)
                .from(table)
                .where(id.eq(wanted))
                .fetchOptional(reader::apply);
    }

    /** The same, with the row locked against changes by others until the transaction ends. */
    public Optional<T> lock(Tx tx, UUID wanted) {
        return tx.sql()
                .select(columns)
                .from(table)
                .where(id.eq(wanted))
                .forNoKeyUpdate()
                .of(table)
                .fetchOptional(reader::apply);
    }

    public List<T> where(Tx tx, Condition condition) {
        return tx.sql()
                .select(columns)
                .from(table)
                .where(condition)
                .orderBy(id)
                .fetch(reader::apply);
    }

    public Page<T> page(Tx tx, Request request, Condition visible) {
        Condition condition = visible.and(condition(request));
        Keyset order = order(request);
        if (request.marker().isPresent()) {
            condition = condition.and(behind(tx, order, request.marker().get(), visible));
        }
        int limit = Math.min(request.limit(), MOST);
        List<T> found =
                tx.sql()
                        .select(columns)
                        .from(table)
                        .where(condition)
                        .orderBy(order.order())
                        .limit(limit + 1)
                        .fetch(reader::apply);
        List<T> items = new ArrayList<>(found.subList(0, Math.min(limit, found.size())));
        if (request.reverse()) {
            Collections.reverse(items);
        }
        return new Page<>(items, found.size() > limit);
    }

    private Keyset order(Request request) {
        List<Keyset.Key> keys = new ArrayList<>();
        for (Sort sort : request.sorts()) {
            Field<?> field =
                    Optional.ofNullable(attributes.get(sort.attribute()))
                            .flatMap(Attribute::sort)
                            .orElseThrow(
                                    () ->
                                            Failure.badRequest(
                                                    "%s is invalid attribute for sort_keys",
                                                    sort.attribute()));
            keys.add(new Keyset.Key(field, sort.descending() != request.reverse()));
        }
        keys.add(new Keyset.Key(id, request.reverse()));
        return new Keyset(keys);
    }

    private Condition behind(Tx tx, Keyset order, String marker, Condition visible) {
        return Ids.uuid(marker)
                .flatMap(wanted -> order.behind(tx, table, visible.and(id.eq(wanted))))
                .orElseThrow(
                        () -> Failure.badRequest("The marker %s is not known.", shorten(marker)));
    }

    private Condition condition(Request request) {
        Condition all = DSL.noCondition();
        for (Map.Entry<String, List<String>> filter : request.filters().entrySet()) {
            Attribute attribute = attributes.get(filter.getKey());
            if (attribute == null) {
                throw Failure.badRequest(
                                "['%s'] is invalid attribute for filtering",
                                shorten(filter.getKey()))
                        .as("HTTPBadRequest");
            }
            for (String value : filter.getValue()) {
                if (value.indexOf('\0') >= 0) {
                    throw Failure.badRequest(
                            "Query parameter %s contains a NUL character.", filter.getKey());
                }
            }
            all = all.and(attribute.filter().apply(filter.getValue()));
        }
        return all;
    }

    static boolean truth(String name, String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "true", "1" -> true;
            case "false", "0" -> false;
            default ->
                    throw Failure.badRequest(
                                    "Invalid input for %s. Reason: '%s' cannot be converted to boolean.",
                                    name, shorten(text))
                            .as("HTTPBadRequest");
        };
    }

    private static List<Integer> numbers(List<String> values) {
        return values.stream()
                .filter(text -> text.matches("-?[0-9]{1,9}"))
                .map(Integer::valueOf)
                .toList();
    }

    static String[] parts(List<String> values) {
        return values.stream()
                .flatMap(text -> List.of(text.split(",")).stream())
                .toArray(String[]::new);
    }

    private static String shorten(String text) {
        return text.length() > 100 ? text.substring(0, 100) : text;
    }
}
