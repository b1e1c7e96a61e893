package cloud.welkin.testing;

import cloud.welkin.database.Database;
import cloud.welkin.database.DatabaseAddress;
import cloud.welkin.database.Migrations;
import cloud.welkin.database.throwaway.ThrowawayPostgres;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * A migrated database of a test's own, on the real PostgreSQL of this JVM: a copy of a template
 * made once.
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
        return postgres.copy(
                TEMPLATES.computeIfAbsent(
                        names,
                        wanted -> {
                            DatabaseAddress.UnixSocket fresh = postgres.create("template");
                            try (Database migrated = Database.open(fresh, 2)) {
                                Migrations.run(migrated.dataSource(), wanted);
                            }
                            return fresh;
                        }));
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
