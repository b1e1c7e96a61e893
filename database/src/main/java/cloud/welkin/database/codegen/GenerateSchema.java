package cloud.welkin.database.codegen;

import cloud.welkin.database.Database;
import cloud.welkin.database.Migrations;
import cloud.welkin.database.throwaway.ThrowawayPostgres;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.jooq.Constants;
import org.jooq.codegen.GenerationTool;
import org.jooq.meta.jaxb.Configuration;
import org.jooq.meta.jaxb.ForcedType;
import org.jooq.meta.jaxb.Generate;
import org.jooq.meta.jaxb.Generator;
import org.jooq.meta.jaxb.Target;

/**
 * Generates jOOQ's code for one schema from its migrations, run on a real PostgreSQL that lives as
 * long as this build step. Does nothing when the migrations are those of the last time.
 */
public final class GenerateSchema {
    private static final String FORM = "3";

    private GenerateSchema() {}

    /** Arguments: schema, folder of the migrations, package of the code, folder of the code. */
    public static void main(String[] arguments) throws Exception {
        String schema = arguments[0];
        Path migrations = Path.of(arguments[1]);
        String javaPackage = arguments[2];
        Path output = Path.of(arguments[3]);
        if (!Files.isDirectory(migrations)) {
            // A module whose schema is still to come.
            return;
        }
        Path stamp = output.resolveSibling("jooq-" + schema + ".stamp");
        String now = fingerprint(migrations);
        if (Files.isDirectory(output)
                && Files.exists(stamp)
                && Files.readString(stamp).equals(now)) {
            return;
        }
        try (ThrowawayPostgres postgres = ThrowawayPostgres.start();
                Database database = Database.open(postgres.create("codegen"), 2)) {
            Migrations.runFrom(database.dataSource(), schema, migrations);
            try (Connection connection = database.dataSource().getConnection()) {
                generate(connection, schema, javaPackage, output);
            }
        }
        Files.writeString(stamp, now);
    }

    private static void generate(
            Connection connection, String schema, String javaPackage, Path output)
            throws Exception {
        Configuration configuration =
                new Configuration()
                        .withGenerator(
                                new Generator()
                                        .withDatabase(
                                                new org.jooq.meta.jaxb.Database()
                                                        .withName(
                                                                "org.jooq.meta.postgres.PostgresDatabase")
                                                        .withInputSchema(schema)
                                                        .withExcludes(
                                                                "flyway_schema_history|scheduled_tasks_pkey")
                                                        .withForcedTypes(
                                                                new ForcedType()
                                                                        .withName("INSTANT")
                                                                        .withIncludeTypes(
                                                                                "(?i:timestamp(\\(\\d\\))?"
                                                                                        + " with time"
                                                                                        + " zone|timestamptz)")))
                                        .withGenerate(
                                                new Generate()
                                                        .withGeneratedAnnotation(true)
                                                        .withJavaTimeTypes(true)
                                                        .withGlobalObjectReferences(true)
                                                        .withDaos(false)
                                                        .withPojos(false))
                                        .withTarget(
                                                new Target()
                                                        .withPackageName(javaPackage)
                                                        .withDirectory(output.toString())));
        GenerationTool tool = new GenerationTool();
        tool.setConnection(connection);
        tool.run(configuration);
    }

    private static String fingerprint(Path folder) throws IOException, NoSuchAlgorithmException {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        digest.update((FORM + Constants.FULL_VERSION).getBytes(StandardCharsets.UTF_8));
        try (Stream<Path> files = Files.list(folder)) {
            List<Path> sorted = files.sorted().toList();
            for (Path file : sorted) {
                digest.update(file.getFileName().toString().getBytes(StandardCharsets.UTF_8));
                digest.update(Files.readAllBytes(file));
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }
}
