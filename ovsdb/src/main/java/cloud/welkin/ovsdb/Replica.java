package cloud.welkin.ovsdb;

import cloud.welkin.ovsdb.Value.Atom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.databind.JsonNode;

/**
 * The rows of the tables of interest, as the server's updates tell them. Not thread-safe: {@link
 * Ovsdb} guards it.
 */
final class Replica {

    private final Schema schema;
    private final Map<String, Set<String>> columns = new HashMap<>();
    private final Map<String, Map<RowId, Row>> tables = new HashMap<>();
    private final Map<String, Table> snapshots = new HashMap<>();

    Replica(Schema schema, Map<String, List<String>> wanted) {
        this.schema = schema;
        wanted.forEach(
                (table, names) -> {
                    var known = schema.tables().get(table);
                    if (known == null || !known.keySet().containsAll(names)) {
                        throw new OvsdbException.Incompatible(
                                "%s %s of the server lacks table %s or one of its columns %s"
                                        .formatted(
                                                schema.database(), schema.version(), table, names));
                    }
                    columns.put(table, new TreeSet<>(names.isEmpty() ? known.keySet() : names));
                    tables.put(table, new LinkedHashMap<>());
                });
    }

    Map<String, Set<String>> columns() {
        return columns;
    }

    Schema schema() {
        return schema;
    }

    Table table(String name) {
        var rows = tables.get(name);
        if (rows == null) {
            throw new IllegalArgumentException(
                    "table %s is not replicated (%s)".formatted(name, tables.keySet()));
        }
        return snapshots.computeIfAbsent(name, each -> new Table(each, rows));
    }

    /** Applies a {@code table-updates2} and tells what it changed. */
    List<Change> apply(JsonNode updates) {
        var changes = new ArrayList<Change>();
        for (var table : updates.properties()) {
            var name = table.getKey();
            var rows = tables.get(name);
            if (rows == null) {
                continue;
            }
            snapshots.remove(name);
            for (var each : table.getValue().properties()) {
                apply(name, rows, RowId.of(each.getKey()), each.getValue(), changes);
            }
        }
        return changes;
    }

    private void apply(
            String table, Map<RowId, Row> rows, RowId id, JsonNode update, List<Change> changes) {
        var before = rows.get(id);
        if (update.has("delete")) {
            if (before != null) {
                rows.remove(id);
                changes.add(new Change.Deleted(table, before));
            }
        } else if (update.has("modify")) {
            if (before == null) {
                throw new OvsdbException.Incompatible(
                        "a change of a row that never came: %s %s".formatted(table, id));
            }
            var after = modified(table, before, update.path("modify"));
            rows.put(id, after);
            changes.add(new Change.Modified(table, before, after));
        } else {
            var row =
                    complete(
                            table,
                            id,
                            update.has("insert") ? update.path("insert") : update.path("initial"));
            rows.put(id, row);
            changes.add(
                    before == null
                            ? new Change.Inserted(table, row)
                            : new Change.Modified(table, before, row));
        }
    }

    /** Servers leave out of a new row what has its default value. */
    private Row complete(String table, RowId id, JsonNode json) {
        var values = new HashMap<String, Value>();
        for (var column : columns.getOrDefault(table, Set.of())) {
            var type = schema.column(table, column).orElseThrow();
            var given = json.get(column);
            values.put(column, given == null ? type.initial() : Wire.value(type, given));
        }
        return new Row(id, values);
    }

    private Row modified(String table, Row before, JsonNode json) {
        var values = new HashMap<>(before.columns());
        for (var each : json.properties()) {
            var column = each.getKey();
            var type = schema.column(table, column).orElseThrow();
            var difference = Wire.value(type, each.getValue());
            values.put(
                    column, type.many() ? applied(before.value(column), difference) : difference);
        }
        return new Row(before.id(), values);
    }

    /**
     * What an update says of a column with many elements is a symmetric difference: of a set the
     * elements that came or went, of a map the pairs that came, went (told with the old value) or
     * changed (told with the new one).
     */
    private static Value applied(Value old, Value difference) {
        if (difference instanceof Value.MapOf(var told)) {
            var pairs =
                    new LinkedHashMap<Atom, Atom>(
                            old instanceof Value.MapOf(var known) ? known : Map.of());
            told.forEach(
                    (key, value) -> {
                        if (!pairs.remove(key, value)) {
                            pairs.put(key, value);
                        }
                    });
            return new Value.MapOf(pairs);
        }
        var atoms = new LinkedHashSet<>(old.atoms());
        for (var atom : difference.atoms()) {
            if (!atoms.remove(atom)) {
                atoms.add(atom);
            }
        }
        return Value.set(atoms);
    }

    /** What changed between an earlier replica and this one. */
    List<Change> since(Replica earlier) {
        var changes = new ArrayList<Change>();
        tables.forEach(
                (table, rows) -> {
                    var known = earlier.tables.getOrDefault(table, Map.of());
                    rows.forEach(
                            (id, row) -> {
                                var before = known.get(id);
                                if (before == null) {
                                    changes.add(new Change.Inserted(table, row));
                                } else if (!before.equals(row)) {
                                    changes.add(new Change.Modified(table, before, row));
                                }
                            });
                    known.forEach(
                            (id, row) -> {
                                if (!rows.containsKey(id)) {
                                    changes.add(new Change.Deleted(table, row));
                                }
                            });
                });
        return changes;
    }
}
