package cloud.welkin.database;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.flywaydb.core.api.MigrationVersion;

/**
 * What Flyway's history tables say was done to each schema. A schema without a table is missing.
 */
final class MigrationHistory {
    private static final String TABLE = "flyway_schema_history";

    private final Map<String, Set<MigrationFile>> succeeded = new TreeMap<>();
    private final Set<String> withFailures = new HashSet<>();

    private MigrationHistory() {}

    static MigrationHistory read(Connection connection, List<String> schemas) throws SQLException {
        MigrationHistory history = new MigrationHistory();
        Set<String> known = withTable(connection, schemas);
        if (known.isEmpty()) {
            return history;
        }
        String all =
                known.stream()
                        .map(
                                schema ->
                                        "select '%s', script, version, checksum, success from \"%s\".%s where version is not null"
                                                .formatted(schema, schema, TABLE))
                        .collect(Collectors.joining(" union all "));
        try (var statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(all)) {
            while (rows.next()) {
                history.add(rows);
            }
        }
        return history;
    }

    private static Set<String> withTable(Connection connection, List<String> schemas)
            throws SQLException {
        Set<String> found = new HashSet<>();
        try (var statement =
                        connection.prepareStatement(
                                "select n.nspname from pg_class c join pg_namespace n on n.oid ="
                                        + " c.relnamespace where c.relname = '"
                                        + TABLE
                                        + "'");
                ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                found.add(rows.getString(1));
            }
        }
        // The names that are put into the next statement are thereby the program's own.
        found.retainAll(schemas);
        return found;
    }

    private void add(ResultSet row) throws SQLException {
        String schema = row.getString(1);
        Set<MigrationFile> done = succeeded.computeIfAbsent(schema, name -> new HashSet<>());
        if (row.getBoolean(5)) {
            done.add(
                    new MigrationFile(
                            row.getString(2),
                            MigrationVersion.fromVersion(row.getString(3)),
                            row.getInt(4)));
        } else {
            withFailures.add(schema);
        }
    }

    /** Whether just these were applied, with the text they have now. */
    boolean isExactly(String schema, List<MigrationFile> files) {
        return !withFailures.contains(schema)
                && Objects.equals(succeeded.get(schema), Set.copyOf(files));
    }

    /** The newest version that was applied, if it is newer than all of these. */
    Optional<MigrationVersion> newerThan(String schema, List<MigrationFile> files) {
        MigrationVersion newest =
                files.stream()
                        .map(MigrationFile::version)
                        .max(MigrationVersion::compareTo)
                        .orElse(MigrationVersion.EMPTY);
        return succeeded.getOrDefault(schema, Set.of()).stream()
                .map(MigrationFile::version)
                .max(MigrationVersion::compareTo)
                .filter(applied -> applied.compareTo(newest) > 0);
    }
}
