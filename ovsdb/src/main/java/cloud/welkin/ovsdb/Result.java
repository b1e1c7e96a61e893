package cloud.welkin.ovsdb;

import java.util.List;

/**
 * What one {@link Operation} of a committed transaction did; results stand in the order of the
 * operations.
 */
public sealed interface Result {

    record Inserted(RowId id) implements Result {}

    /** Rows that an update, mutate or delete found. */
    record Counted(long rows) implements Result {}

    record Selected(List<Row> rows) implements Result {
        public Selected {
            rows = List.copyOf(rows);
        }
    }

    /** A wait or comment. */
    record Done() implements Result {}
}
