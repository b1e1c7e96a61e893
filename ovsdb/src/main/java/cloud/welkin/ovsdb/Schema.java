package cloud.welkin.ovsdb;

import java.util.Map;
import java.util.Optional;

/**
 * What a server says of its database: the columns of every table. Servers of different releases
 * differ; a client that can live without a newer column asks {@link #has}.
 */
public record Schema(String database, String version, Map<String, Map<String, Column>> tables) {

    /** The kind of a column's atoms. */
    public enum Kind {
        INTEGER,
        REAL,
        BOOLEAN,
        STRING,
        UUID
    }

    /**
     * The type of a column.
     *
     * @param map whether it holds pairs
     * @param optional whether it may be empty
     * @param many whether it may hold more than one element; only then does an update carry the
     *     difference, not the value
     */
    public record Column(Kind kind, boolean map, boolean optional, boolean many) {

        Value initial() {
            if (map) {
                return Value.MapOf.EMPTY;
            }
            if (optional) {
                return Value.none();
            }
            return switch (kind) {
                case INTEGER -> Value.of(0);
                case REAL -> Value.real(0);
                case BOOLEAN -> Value.of(false);
                case STRING -> Value.of("");
                case UUID -> Value.of(new RowId(new java.util.UUID(0, 0)));
            };
        }
    }

    public boolean has(String table, String column) {
        return tables.getOrDefault(table, Map.of()).containsKey(column);
    }

    Optional<Column> column(String table, String column) {
        return Optional.ofNullable(tables.getOrDefault(table, Map.of()).get(column));
    }
}
