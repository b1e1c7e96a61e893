package cloud.welkin.testing;

import cloud.welkin.database.Database;
import cloud.welkin.database.DatabaseAddress;
import cloud.welkin.database.Migrations;
import cloud.welkin.database.throwaway.ThrowawayPostgres;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jooq.impl.DSL;

/**
 * A migrated database of a test's own, on the real PostgreSQL of this JVM: a copy of a template
 * made once. Its planner reads a table from end to end only where no index would do, so that {@link
 * #readFromEndToEnd} tells which statements will be slow in a large cloud.
 */
public final class TestDatabase implements AutoCloseable {
    private static final Map<List<String>, DatabaseAddress.UnixSocket> TEMPLATES =
            new ConcurrentHashMap<>();

    private final Database database;
    private final DatabaseAddress address;

    private TestDatabase(DatabaseAddress address) {
        this.address = address;
        this.database = Database.open(address, 16);
    }

    /** A new database with the kernel's schema and these, as their migrations leave them. */
    public static TestDatabase with(String... schemas) {
        return new TestDatabase(freshAddress(schemas));
    }

    /** The same for tests that need no more than the database; the caller closes it. */
    public static Database fresh(String... schemas) {
        return with(schemas).database();
    }

    /** The same as an address, for tests with several replicas. */
    public static DatabaseAddress freshAddress(String... schemas) {
        List<String> names =
                Stream.concat(Stream.of("kernel"), Stream.of(schemas)).distinct().toList();
        ThrowawayPostgres postgres = ThrowawayPostgres.shared();
        DatabaseAddress.UnixSocket copy =
                postgres.copy(
                        TEMPLATES.computeIfAbsent(
                                names,
                                wanted -> {
                                    DatabaseAddress.UnixSocket fresh = postgres.create("template");
                                    try (Database migrated = Database.open(fresh, 2)) {
                                        Migrations.run(migrated.dataSource(), wanted);
                                    }
                                    return fresh;
                                }));
        try (Database made = Database.open(copy, 1)) {
            made.change(
                    tx ->
                            tx.sql()
                                    .execute(
                                            "alter database {0} set enable_seqscan = off",
                                            DSL.name(copy.database())));
        }
        return copy;
    }

    /**
     * The tables that some statement has read from end to end since the database was made. Asked
     * after {@link #close}: connections tell what they did when they end.
     */
    public List<String> readFromEndToEnd() {
        try (Database again = Database.open(address, 1)) {
            Eventually.holds("nobody else is connected", () -> !othersAreConnected(again));
            return again.read(
                    tx ->
                            tx.sql()
                                    .fetch(
                                            "select schemaname || '.' || relname from"
                                                    + " pg_stat_user_tables where seq_scan > 0 order by 1")
                                    .getValues(0, String.class));
        }
    }

    /**
     * The server ends a connection's process some time after the client has ended the connection.
     */
    private static boolean othersAreConnected(Database database) {
        return database.read(
                tx ->
                        tx.sql()
                                .fetchExists(
                                        DSL.table("pg_stat_activity"),
                                        DSL.condition(
                                                "datname = current_database() and pid <> pg_backend_pid()")));
    }

    public Database database() {
        return database;
    }

    public DatabaseAddress address() {
        return address;
    }

    @Override
    public void close() {
        database.close();
    }
}
