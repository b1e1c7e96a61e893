package cloud.welkin.testing;

import cloud.welkin.database.Database;
import cloud.welkin.database.DatabaseAddress;
import cloud.welkin.database.Migrations;
import cloud.welkin.database.throwaway.ThrowawayPostgres;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** A migrated database of a test's own, on the real PostgreSQL of this JVM: a copy of a template made once. */
public final class TestDatabase implements AutoCloseable {
    private static final Map<List<String>, DatabaseAddress.UnixSocket> TEMPLATES =
            new ConcurrentHashMap<>();

    private final Database database;
    private final DatabaseAddress address;

    private TestDatabase(DatabaseAddress address) {
        this.address = address;
        this.database = Database.open(address, 10);
    }

    /** A new database with these schemas, as their migrations leave them. */
    public static TestDatabase with(String... schemas) {
        ThrowawayPostgres postgres = ThrowawayPostgres.shared();
        DatabaseAddress.UnixSocket template =
                TEMPLATES.computeIfAbsent(
                        List.of(schemas),
                        names -> {
                            DatabaseAddress fresh = postgres.create("template");
                            try (Database migrated = Database.open(fresh, 2)) {
                                Migrations.run(migrated.dataSource(), names);
                            }
                            return (DatabaseAddress.UnixSocket) fresh;
                        });
        return new TestDatabase(postgres.copy(template));
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
