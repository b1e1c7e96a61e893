package cloud.welkin.network.work;

import cloud.welkin.ovsdb.Value;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A row of a northbound table as it shall be. Columns that are not named are OVN's own or at their
 * default.
 *
 * @param key unique within the table; kept in {@code external_ids:welkin:key}, by which the row is
 *     found again
 */
public record DesiredRow(String table, String key, Map<String, Cell> columns) {
    /** Where the key of a row stands in its external_ids. */
    static final String MARK = "welkin:key";

    /** Names a row by table and key. */
    public record To(String table, String key) {}

    /** What a column holds. */
    public sealed interface Cell {
        record Plain(Value value) implements Cell {}

        /** References to other desired rows, none of them twice. */
        record Refs(List<To> rows) implements Cell {}
    }

    /** Collects a row column by column. */
    static final class Draft {
        private final String table;
        private final String key;
        private final Map<String, Cell> columns = new LinkedHashMap<>();

        Draft(String table, String key) {
            this.table = table;
            this.key = key;
            with("external_ids", Value.map(Map.of(MARK, key)));
        }

        Draft with(String column, Value value) {
            columns.put(column, new Cell.Plain(value));
            return this;
        }

        Draft with(String column, String text) {
            return with(column, Value.of(text));
        }

        Draft texts(String column, Collection<String> texts) {
            return with(column, Value.texts(texts));
        }

        Draft map(String column, Map<String, String> pairs) {
            return with(column, Value.map(pairs));
        }

        Draft refs(String column, Collection<To> rows) {
            columns.put(
                    column, new Cell.Refs(new ArrayList<>(new java.util.LinkedHashSet<>(rows))));
            return this;
        }

        DesiredRow done() {
            return new DesiredRow(table, key, Map.copyOf(columns));
        }
    }
}
