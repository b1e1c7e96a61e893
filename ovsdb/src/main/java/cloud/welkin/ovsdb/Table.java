package cloud.welkin.ovsdb;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** The rows of one table at one moment; does not change afterwards. */
public record Table(String name, Map<RowId, Row> byId) {

    public Table {
        byId = Map.copyOf(byId);
    }

    public Collection<Row> rows() {
        return byId.values();
    }

    public Optional<Row> row(RowId id) {
        return Optional.ofNullable(byId.get(id));
    }

    public Optional<Row> first(Predicate<Row> condition) {
        return byId.values().stream().filter(condition).findFirst();
    }

    public List<Row> where(Predicate<Row> condition) {
        return byId.values().stream().filter(condition).toList();
    }

    /**
     * The row whose string column has this value: for columns that are keys, such as {@code name}.
     */
    public Optional<Row> named(String column, String value) {
        return first(row -> row.text(column).equals(value));
    }
}
