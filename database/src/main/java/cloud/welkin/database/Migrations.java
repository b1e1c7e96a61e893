package cloud.welkin.database;

import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationVersion;
import org.flywaydb.core.api.configuration.FluentConfiguration;

/**
 * Brings the schemas of the services to what this program knows, from the files db/migration/SCHEMA
 * of the classpath, by Flyway with a history table in each schema. Starting Flyway takes some 50 ms
 * a schema, so the usual case, nothing to do, is found out by two queries for all schemas together.
 */
public final class Migrations {
    private Migrations() {}

    /**
     * Creates and migrates the schemas, in the order given. Safe to run on several replicas at
     * once.
     *
     * @throws IllegalStateException when a schema is newer than this program, or was changed by
     *     migrations other than ours, or a migration fails; nothing of a failed migration stays
     * @throws DatabaseUnavailable when the database does not answer
     */
    public static void run(DataSource database, List<String> schemas) {
        MigrationHistory history = history(database, schemas);
        for (String schema : schemas) {
            List<MigrationFile> files = MigrationFile.ofSchema(schema);
            history.newerThan(schema, files).ifPresent(version -> refuse(schema, version));
            if (files.isEmpty() || !history.isExactly(schema, files)) {
                migrate(database, schema, "classpath:db/migration/" + schema);
            }
        }
    }

    private static MigrationHistory history(DataSource database, List<String> schemas) {
        try (var connection = database.getConnection()) {
            return MigrationHistory.read(connection, schemas);
        } catch (SQLException e) {
            throw Failures.translated(e);
        }
    }

    /** The same over a connection that is made for it. */
    public static void run(DatabaseAddress address, List<String> schemas) {
        run(address.dataSource(), schemas);
    }

    /** For code generation: the same from a folder. */
    public static void runFrom(DataSource database, String schema, Path folder) {
        migrate(database, schema, "filesystem:" + folder.toAbsolutePath());
    }

    private static void refuse(String schema, MigrationVersion version) {
        throw new IllegalStateException(
                "the schema "
                        + schema
                        + " is newer than this program (version "
                        + version
                        + "): run the program that migrated it, or a newer one");
    }

    private static void migrate(DataSource database, String schema, String location) {
        try {
            configuration()
                    .dataSource(database)
                    .schemas(schema)
                    .defaultSchema(schema)
                    .createSchemas(true)
                    .locations(location)
                    .failOnMissingLocations(true)
                    .validateMigrationNaming(true)
                    .load()
                    .migrate();
        } catch (FlywayException e) {
            if (Failures.isUnavailable(e)) {
                throw Failures.translated(e);
            }
            throw new IllegalStateException(
                    "the schema " + schema + " cannot be migrated: " + reason(e), e);
        }
    }

    private static FluentConfiguration configuration() {
        return Flyway.configure(Migrations.class.getClassLoader()).loggers("slf4j");
    }

    private static String reason(FlywayException e) {
        return Optional.ofNullable(e.getMessage()).orElse(e.toString());
    }
}
