package cloud.welkin.volume.store;

import static cloud.welkin.volume.schema.Tables.SNAPSHOTS;
import static cloud.welkin.volume.schema.Tables.TYPES;
import static cloud.welkin.volume.schema.Tables.VOLUMES;

import cloud.welkin.database.Tx;
import cloud.welkin.kernel.api.Query;
import cloud.welkin.kernel.api.Times;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.id.Ids;
import cloud.welkin.kernel.page.Keyset;
import cloud.welkin.volume.domain.Snapshot;
import cloud.welkin.volume.domain.Volume;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jooq.Condition;
import org.jooq.Field;
import org.jooq.JSONB;
import org.jooq.Table;
import org.jooq.impl.DSL;

/** The lists of volumes and snapshots: one statement, filters and sort keys as Cinder has them. */
public final class VolumeSearch {
    public static final int LARGEST_PAGE = 1000;
    private static final Pattern PAIR =
            Pattern.compile("['\"]([^'\"]*)['\"]\\s*:\\s*u?['\"]([^'\"]*)['\"]");

    /** Fields by the names of filters and sort keys. What may be null sorts as the smallest. */
    private static final Map<String, Field<?>> VOLUME_KEYS = volumeKeys();

    private static final Map<String, Field<?>> SNAPSHOT_KEYS = snapshotKeys();

    private static Map<String, Field<?>> volumeKeys() {
        Map<String, Field<?>> keys = new LinkedHashMap<>();
        keys.put("id", VOLUMES.ID);
        keys.put("name", DSL.coalesce(VOLUMES.NAME, ""));
        keys.put("display_name", DSL.coalesce(VOLUMES.NAME, ""));
        keys.put("status", VOLUMES.STATUS);
        keys.put("size", VOLUMES.SIZE_GIB);
        keys.put("host", DSL.coalesce(VOLUMES.HOST, ""));
        keys.put("availability_zone", VOLUMES.ZONE);
        keys.put("bootable", VOLUMES.BOOTABLE);
        keys.put("multiattach", VOLUMES.MULTIATTACH);
        keys.put("user_id", VOLUMES.USER_ID);
        keys.put("project_id", VOLUMES.PROJECT);
        keys.put("volume_type_id", VOLUMES.TYPE_ID);
        keys.put("volume_type", TYPES.NAME);
        keys.put("snapshot_id", VOLUMES.SNAPSHOT_ID);
        keys.put("source_volid", VOLUMES.SOURCE_ID);
        keys.put("created_at", VOLUMES.CREATED_AT);
        keys.put("updated_at", VOLUMES.UPDATED_AT);
        return keys;
    }

    private static Map<String, Field<?>> snapshotKeys() {
        Map<String, Field<?>> keys = new LinkedHashMap<>();
        keys.put("id", SNAPSHOTS.ID);
        keys.put("name", DSL.coalesce(SNAPSHOTS.NAME, ""));
        keys.put("display_name", DSL.coalesce(SNAPSHOTS.NAME, ""));
        keys.put("status", SNAPSHOTS.STATUS);
        keys.put("volume_id", SNAPSHOTS.VOLUME_ID);
        keys.put("volume_size", SNAPSHOTS.SIZE_GIB);
        keys.put("user_id", SNAPSHOTS.USER_ID);
        keys.put("project_id", SNAPSHOTS.PROJECT);
        keys.put("created_at", SNAPSHOTS.CREATED_AT);
        keys.put("updated_at", SNAPSHOTS.UPDATED_AT);
        return keys;
    }

    /**
     * What a list asks for.
     *
     * @param project whose things; empty for those of all projects
     */
    public record Asked(Optional<String> project, Query query) {
        public int limit() {
            int limit = query.integer("limit").orElse(LARGEST_PAGE);
            return Math.min(LARGEST_PAGE, limit);
        }
    }

    /** By what volumes can be narrowed. */
    public static List<String> volumeFilterNames() {
        return names(VOLUME_KEYS);
    }

    public static List<String> snapshotFilterNames() {
        return names(SNAPSHOT_KEYS);
    }

    private static List<String> names(Map<String, Field<?>> keys) {
        List<String> names = new ArrayList<>(keys.keySet());
        names.removeAll(List.of("id", "display_name"));
        names.add("metadata");
        return names.stream().sorted().toList();
    }

    /** One page of volumes. */
    public List<Volume> volumes(Tx tx, Asked asked) {
        return page(
                        tx,
                        asked,
                        VolumeTable.COLUMNS,
                        new Listed(VOLUMES_WITH_TYPES, VOLUMES.ID, VOLUMES.PROJECT, VOLUME_KEYS),
                        volumeFilters(asked))
                .map(VolumeTable::volume);
    }

    /** How many volumes the filters let through, and their size. */
    public Map.Entry<Integer, Long> sum(Tx tx, Asked asked) {
        var row =
                tx.sql()
                        .select(
                                DSL.count(),
                                DSL.coalesce(DSL.sum(VOLUMES.SIZE_GIB).cast(Long.class), 0L))
                        .from(VOLUMES_WITH_TYPES)
                        .where(volumeFilters(asked))
                        .fetchSingle();
        return Map.entry(row.value1(), row.value2());
    }

    /** One page of snapshots. */
    public List<Snapshot> snapshots(Tx tx, Asked asked) {
        return page(
                        tx,
                        asked,
                        List.of(SNAPSHOTS.fields()),
                        new Listed(SNAPSHOTS, SNAPSHOTS.ID, SNAPSHOTS.PROJECT, SNAPSHOT_KEYS),
                        snapshotFilters(asked))
                .into(SNAPSHOTS)
                .map(SnapshotTable::snapshot);
    }

    private static final int MOST_KEYS = 10;

    /** What is listed: its rows, and the names of its fields. */
    private record Listed(
            Table<?> table, Field<UUID> id, Field<String> project, Map<String, Field<?>> keys) {}

    private static org.jooq.Result<org.jooq.Record> page(
            Tx tx, Asked asked, List<Field<?>> columns, Listed listed, List<Condition> filters) {
        Keyset order = order(asked.query(), listed.keys());
        List<Condition> where = new ArrayList<>(filters);
        asked.query()
                .text("marker")
                .ifPresent(marker -> where.add(behind(tx, listed, order, marker, asked)));
        return tx.sql()
                .select(columns)
                .from(listed.table())
                .where(where)
                .orderBy(order.order())
                .limit(asked.limit())
                .offset(asked.query().integer("offset").orElse(0))
                .fetch();
    }

    public int countSnapshots(Tx tx, Asked asked) {
        return tx.sql().fetchCount(SNAPSHOTS, snapshotFilters(asked));
    }

    private static final Table<?> VOLUMES_WITH_TYPES =
            VOLUMES.join(TYPES).on(TYPES.ID.eq(VOLUMES.TYPE_ID));

    private static List<Condition> volumeFilters(Asked asked) {
        List<Condition> where = filters(asked, VOLUME_KEYS, VOLUMES.METADATA);
        asked.project().ifPresent(project -> where.add(VOLUMES.PROJECT.eq(project)));
        return where;
    }

    private static List<Condition> snapshotFilters(Asked asked) {
        List<Condition> where = filters(asked, SNAPSHOT_KEYS, SNAPSHOTS.METADATA);
        asked.project().ifPresent(project -> where.add(SNAPSHOTS.PROJECT.eq(project)));
        return where;
    }

    private static List<Condition> filters(
            Asked asked, Map<String, Field<?>> keys, Field<JSONB> metadata) {
        List<Condition> where = new ArrayList<>();
        for (String name : asked.query().values().keySet()) {
            String value = asked.query().text(name).orElse("");
            if (value.indexOf('\0') >= 0) {
                throw Failure.badRequest("A filter contains a NUL character.");
            }
            if (name.equals("metadata")) {
                where.add(DSL.condition("{0} @> {1}", metadata, DSL.val(Rows.json(pairs(value)))));
            } else if (name.endsWith("~")
                    && keys.containsKey(name.substring(0, name.length() - 1))) {
                Field<String> text =
                        DSL.cast(keys.get(name.substring(0, name.length() - 1)), String.class);
                where.add(text.contains(value));
            } else if (keys.containsKey(name)) {
                where.add(filter(keys.getOrDefault(name, VOLUMES.ID), name, value, asked.query()));
            }
        }
        return where;
    }

    private static Condition filter(Field<?> field, String name, String value, Query query) {
        if (field.getType() == UUID.class) {
            Field<UUID> ids = field.coerce(UUID.class);
            return Ids.uuid(value).map(ids::eq).orElse(DSL.falseCondition());
        }
        if (field.getType() == Boolean.class) {
            return field.coerce(Boolean.class).eq(query.bool(name).orElse(false));
        }
        if (field.getType() == Long.class) {
            return field.coerce(Long.class).eq((long) query.integer(name).orElse(0));
        }
        if (field.getType() == Instant.class) {
            return times(field.coerce(Instant.class), value);
        }
        return field.coerce(String.class).eq(value);
    }

    /** {@code gt:2026-01-01T00:00:00,lt:…} (since 3.60), or one time. */
    private static Condition times(Field<Instant> field, String value) {
        Condition all = DSL.trueCondition();
        for (String part : value.split(",")) {
            int colon = part.indexOf(':');
            String operator = colon < 0 ? "" : part.substring(0, colon);
            try {
                Instant time =
                        Times.parse(
                                operator.matches("gte?|lte?|eq|neq")
                                        ? part.substring(colon + 1)
                                        : part);
                all =
                        all.and(
                                switch (operator) {
                                    case "gt" -> field.gt(time);
                                    case "gte" -> field.ge(time);
                                    case "lt" -> field.lt(time);
                                    case "lte" -> field.le(time);
                                    case "neq" -> field.ne(time);
                                    case String equal -> field.eq(time);
                                });
            } catch (DateTimeException e) {
                throw Failure.badRequest("The time in a filter is not valid.");
            }
        }
        return all;
    }

    /** Cinder's clients send Python's spelling of a dictionary. */
    private static Map<String, String> pairs(String text) {
        Map<String, String> pairs = new LinkedHashMap<>();
        Matcher matcher = PAIR.matcher(text);
        while (matcher.find()) {
            pairs.put(matcher.group(1), matcher.group(2));
        }
        return pairs;
    }

    private static Keyset order(Query query, Map<String, Field<?>> keys) {
        List<Keyset.Key> sort = new ArrayList<>();
        List<String> words = new ArrayList<>();
        if (query.has("sort")) {
            words.addAll(List.of(query.text("sort").orElse("").split(",")));
        } else {
            words.add(
                    query.text("sort_key").orElse("created_at")
                            + ":"
                            + query.text("sort_dir").orElse("desc"));
        }
        for (String word : words) {
            String[] pair = word.strip().split(":", 2);
            Field<?> field = keys.get(pair[0]);
            if (field == null || (pair.length == 2 && !pair[1].matches("asc|desc"))) {
                throw Failure.badRequest(
                        "Invalid input received: the sort key or direction is not known.");
            }
            sort.add(new Keyset.Key(field, pair.length < 2 || pair[1].equals("desc")));
        }
        sort.subList(Math.min(MOST_KEYS, sort.size()), sort.size()).clear();
        sort.add(new Keyset.Key(keys.getOrDefault("id", VOLUMES.ID), sort.getFirst().descending()));
        return new Keyset(sort);
    }

    private static Condition behind(
            Tx tx, Listed listed, Keyset order, String marker, Asked asked) {
        return Ids.uuid(marker)
                .flatMap(
                        id ->
                                order.behind(
                                        tx,
                                        listed.table(),
                                        asked.project()
                                                .map(listed.project()::eq)
                                                .orElse(DSL.noCondition())
                                                .and(listed.id().eq(id))))
                .orElseThrow(
                        () ->
                                Failure.notFound(
                                        "The marker %s could not be found.",
                                        marker.substring(0, Math.min(100, marker.length()))));
    }
}
