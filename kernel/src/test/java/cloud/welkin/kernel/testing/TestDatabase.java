package cloud.welkin.kernel.testing;

import cloud.welkin.database.Database;
import cloud.welkin.database.DatabaseAddress;
import cloud.welkin.database.Migrations;
import cloud.welkin.database.throwaway.ThrowawayPostgres;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A fresh database with the given schemas, for one test class. Migrated once in a JVM, then copied. */
public final class TestDatabase {

    private static final Map<List<String>, DatabaseAddress.UnixSocket> TEMPLATES = new HashMap<>();
    private static final int CONNECTIONS = 16;

    private TestDatabase() {}

    /** With the kernel's schema and the given others; the caller closes it. */
    public static Database fresh(String... otherSchemas) {
        return Database.open(freshAddress(otherSchemas), CONNECTIONS);
    }

    /** The same as an address, for tests with several replicas. */
    public static synchronized DatabaseAddress freshAddress(String... otherSchemas) {
        var schemas = new java.util.ArrayList<>(List.of("kernel"));
        schemas.addAll(List.of(otherSchemas));
        return ThrowawayPostgres.shared().copy(TEMPLATES.computeIfAbsent(schemas, TestDatabase::template));
    }

    private static DatabaseAddress.UnixSocket template(List<String> schemas) {
        return switch (ThrowawayPostgres.shared().create("template")) {
            case DatabaseAddress.UnixSocket address -> {
                try (Database database = Database.open(address, 2)) {
                    Migrations.run(database.dataSource(), schemas);
                }
                yield address;
            }
            case DatabaseAddress.Jdbc address -> throw new IllegalStateException("A throwaway server is not at " + address);
        };
    }
}
