package cloud.welkin.network.work;

import cloud.welkin.network.work.DesiredRow.Cell;
import cloud.welkin.network.work.DesiredRow.To;
import cloud.welkin.ovsdb.Mutation;
import cloud.welkin.ovsdb.Operation;
import cloud.welkin.ovsdb.Row;
import cloud.welkin.ovsdb.RowId;
import cloud.welkin.ovsdb.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What must be written so that the northbound rows become what they shall be. Pure. Rows without
 * our mark are somebody else's and stay, unless they hang on one of ours (an ACL in our group, a
 * port of our switch): then they are let go.
 */
public final class Difference {
    /**
     * Rows of these tables go by themselves when nothing refers to them any more. Router ports
     * would too, but OVSDB counts references before it collects what nobody refers to: a port that
     * goes with its router would still hold its group of gateways, which is deleted beside it.
     */
    private static final Set<String> DEPENDENT =
            Set.of(
                    "Logical_Switch_Port",
                    "ACL",
                    "Logical_Router_Static_Route",
                    "NAT",
                    "HA_Chassis");

    private final List<Operation> operations = new ArrayList<>();
    private final Map<To, Row> present = new HashMap<>();
    private final Map<To, String> inserted = new LinkedHashMap<>();
    private final List<To> surplus = new ArrayList<>();
    private final List<Row> surplusRows = new ArrayList<>();

    private Difference() {}

    /**
     * @param replica the rows of every table that this program writes to
     * @return the operations of one transaction; empty when nothing differs
     */
    public static List<Operation> between(
            List<DesiredRow> desired, Map<String, List<Row>> replica) {
        Difference difference = new Difference();
        difference.index(desired, replica);
        desired.forEach(difference::write);
        difference.removeSurplus();
        return List.copyOf(difference.operations);
    }

    private void index(List<DesiredRow> desired, Map<String, List<Row>> replica) {
        Set<To> wanted = new HashSet<>();
        for (DesiredRow row : desired) {
            To to = new To(row.table(), row.key());
            if (!wanted.add(to)) {
                throw new IllegalArgumentException("two desired rows are " + to);
            }
        }
        replica.forEach(
                (table, rows) -> {
                    for (Row row : rows) {
                        row.entry("external_ids", DesiredRow.MARK)
                                .ifPresent(
                                        key -> {
                                            To to = new To(table, key);
                                            if (!wanted.contains(to)
                                                    || present.putIfAbsent(to, row) != null) {
                                                surplus.add(to);
                                                surplusRows.add(row);
                                            }
                                        });
                    }
                });
        int number = 0;
        for (DesiredRow row : desired) {
            To to = new To(row.table(), row.key());
            if (!present.containsKey(to)) {
                inserted.put(to, "row" + number++);
            }
        }
    }

    private void write(DesiredRow row) {
        To to = new To(row.table(), row.key());
        String name = inserted.get(to);
        if (name != null) {
            Map<String, Value> values = new LinkedHashMap<>();
            row.columns().forEach((column, cell) -> values.put(column, value(cell)));
            operations.add(new Operation.Insert(row.table(), values, name));
            return;
        }
        Row is = present.get(to);
        if (is != null) {
            change(row, is);
        }
    }

    private void change(DesiredRow row, Row is) {
        Map<String, Value> changed = new LinkedHashMap<>();
        List<Mutation> mutations = new ArrayList<>();
        row.columns()
                .forEach(
                        (column, cell) -> {
                            switch (cell) {
                                case Cell.Plain(Value value) -> {
                                    if (!value.equals(is.value(column))) {
                                        changed.put(column, value);
                                    }
                                }
                                case Cell.Refs(List<To> rows) ->
                                        refs(column, rows, is, changed, mutations);
                            }
                        });
        if (!changed.isEmpty()) {
            operations.add(new Operation.Update(row.table(), is.id(), changed));
        }
        if (!mutations.isEmpty()) {
            operations.add(
                    new Operation.Mutate(row.table(), is.id(), mutations.toArray(Mutation[]::new)));
        }
    }

    /** Sets of references are changed by what differs; where one replaces another, as a whole. */
    private void refs(
            String column,
            List<To> rows,
            Row is,
            Map<String, Value> changed,
            List<Mutation> mutations) {
        Set<RowId> current = is.refs(column);
        List<Value.Atom> more = new ArrayList<>();
        Set<RowId> kept = new HashSet<>();
        for (To to : rows) {
            Row there = present.get(to);
            if (there == null) {
                more.add(atom(to));
            } else if (current.contains(there.id())) {
                kept.add(there.id());
            } else {
                more.add(Value.of(there.id()));
            }
        }
        List<RowId> gone = current.stream().filter(id -> !kept.contains(id)).toList();
        if (more.isEmpty() && gone.isEmpty()) {
            return;
        }
        if (current.size() <= 1 && rows.size() <= 1) {
            changed.put(column, value(new Cell.Refs(rows)));
            return;
        }
        if (!gone.isEmpty()) {
            mutations.add(Mutation.delete(column, Value.refs(gone)));
        }
        if (!more.isEmpty()) {
            mutations.add(Mutation.insert(column, Value.set(more)));
        }
    }

    private Value value(Cell cell) {
        return switch (cell) {
            case Cell.Plain(Value value) -> value;
            case Cell.Refs(List<To> rows) -> Value.set(rows.stream().map(this::atom).toList());
        };
    }

    private Value.Atom atom(To to) {
        Row there = present.get(to);
        if (there != null) {
            return Value.of(there.id());
        }
        String name = inserted.get(to);
        if (name == null) {
            throw new IllegalArgumentException("nothing desired is " + to);
        }
        return Value.named(name);
    }

    private void removeSurplus() {
        for (int i = 0; i < surplus.size(); i++) {
            String table = surplus.get(i).table();
            if (!DEPENDENT.contains(table)) {
                operations.add(new Operation.Delete(table, surplusRows.get(i).id()));
            }
        }
    }
}
