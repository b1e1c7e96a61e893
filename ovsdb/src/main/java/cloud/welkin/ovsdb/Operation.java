package cloud.welkin.ovsdb;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * One step of a transaction (RFC 7047, section 5.2). All steps of a transaction happen, or none.
 */
public sealed interface Operation {

    /**
     * Adds a row; columns that are not given have their default.
     *
     * @param name how other operations of the same transaction refer to the row ({@link
     *     Value#named}): a letter or underscore, then letters, digits and underscores
     */
    record Insert(String table, Map<String, Value> row, Optional<String> name)
            implements Operation {
        public Insert {
            row = Map.copyOf(row);
        }

        public Insert(String table, Map<String, Value> row) {
            this(table, row, Optional.empty());
        }

        public Insert(String table, Map<String, Value> row, String name) {
            this(table, row, Optional.of(name));
        }
    }

    /** Reads the columns of the matching rows, within the transaction. */
    record Select(String table, List<Condition> where, List<String> columns) implements Operation {
        public Select {
            where = List.copyOf(where);
            columns = List.copyOf(columns);
        }
    }

    /** Replaces columns of the matching rows. */
    record Update(String table, List<Condition> where, Map<String, Value> row)
            implements Operation {
        public Update {
            where = List.copyOf(where);
            row = Map.copyOf(row);
        }

        public Update(String table, RowId id, Map<String, Value> row) {
            this(table, List.of(Condition.is(id)), row);
        }
    }

    /** Changes parts of columns of the matching rows. */
    record Mutate(String table, List<Condition> where, List<Mutation> mutations)
            implements Operation {
        public Mutate {
            where = List.copyOf(where);
            mutations = List.copyOf(mutations);
        }

        public Mutate(String table, RowId id, Mutation... mutations) {
            this(table, List.of(Condition.is(id)), List.of(mutations));
        }
    }

    /**
     * Removes the matching rows. A row of a non-root table also goes by itself when the last
     * reference to it does.
     */
    record Delete(String table, List<Condition> where) implements Operation {
        public Delete {
            where = List.copyOf(where);
        }

        public Delete(String table, RowId id) {
            this(table, List.of(Condition.is(id)));
        }
    }

    /**
     * Holds the transaction back until the matching rows, reduced to the columns that {@code rows}
     * names, are (or are not) these rows; fails with {@link OvsdbRefusal.Reason#TIMED_OUT}. With a
     * zero duration: a compare-and-set.
     */
    record Wait(
            String table,
            List<Condition> where,
            boolean equal,
            List<Map<String, Value>> rows,
            Duration timeout)
            implements Operation {
        public Wait {
            where = List.copyOf(where);
            rows = rows.stream().map(Map::copyOf).toList();
        }

        List<String> columns() {
            var columns = new TreeSet<String>();
            rows.forEach(row -> columns.addAll(row.keySet()));
            return List.copyOf(columns);
        }
    }

    /** Puts a line into the database's log. */
    record Comment(String text) implements Operation {}
}
