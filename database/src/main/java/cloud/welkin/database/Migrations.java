package cloud.welkin.database;

import java.nio.file.Path;
import java.util.List;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;

/** Brings the schemas of the services to what this program knows, from the files db/migration/SCHEMA of the classpath. */
public final class Migrations {
    private Migrations() {}

    /**
     * @throws IllegalStateException when a schema is newer than this program, or a migration fails; nothing of a failed
     *     migration stays
     */
    public static void run(DataSource database, List<String> schemas) {
        for (String schema : schemas) {
            migrate(database, schema, "classpath:db/migration/" + schema);
        }
    }

    /** For code generation: the same from a folder. */
    public static void runFrom(DataSource database, String schema, Path folder) {
        migrate(database, schema, "filesystem:" + folder.toAbsolutePath());
    }

    private static void migrate(DataSource database, String schema, String location) {
        try {
            Flyway.configure(Migrations.class.getClassLoader())
                    .dataSource(database)
                    .schemas(schema)
                    .defaultSchema(schema)
                    .createSchemas(true)
                    .locations(location)
                    .failOnMissingLocations(true)
                    .validateMigrationNaming(true)
                    .loggers("slf4j")
                    .load()
                    .migrate();
        } catch (FlywayException e) {
            throw new IllegalStateException(
                    "the schema " + schema + " cannot be migrated: " + e.getMessage(), e);
        }
    }
}
