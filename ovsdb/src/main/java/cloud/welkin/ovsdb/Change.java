package cloud.welkin.ovsdb;

/** What became of one row. */
public sealed interface Change {

    String table();

    record Inserted(String table, Row row) implements Change {}

    record Modified(String table, Row before, Row after) implements Change {}

    record Deleted(String table, Row row) implements Change {}
}
