package cloud.welkin.database.throwaway;

import cloud.welkin.database.Database;
import cloud.welkin.database.DatabaseAddress;
import cloud.welkin.database.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A real PostgreSQL for tests and code generation: nothing it holds survives it, so it never waits for the disk. One
 * server for a JVM; databases are cheap. What a killed JVM has left is removed by the next.
 */
public final class ThrowawayPostgres implements AutoCloseable {
    private static final String PREFIX = "welkin-postgres-";
    private static @Nullable ThrowawayPostgres shared;

    private final Path home;
    private final EmbeddedPostgres postgres;
    private final AtomicInteger names = new AtomicInteger();

    private ThrowawayPostgres(Path home, EmbeddedPostgres postgres) {
        this.home = home;
        this.postgres = postgres;
    }

    /** The server of this JVM; started at the first call, removed at the JVM's end. */
    public static synchronized ThrowawayPostgres shared() {
        ThrowawayPostgres running = shared;
        if (running == null) {
            running = start();
            shared = running;
            Runtime.getRuntime().addShutdownHook(new Thread(running::close));
        }
        return running;
    }

    public static ThrowawayPostgres start() {
        try {
            removeLeftovers();
            Path home =
                    Files.createTempDirectory(PREFIX + ProcessHandle.current().pid() + "-");
            EmbeddedPostgres postgres =
                    EmbeddedPostgres.start(
                            home,
                            home.resolve("log"),
                            Map.of(
                                    "fsync", "off",
                                    "synchronous_commit", "off",
                                    "full_page_writes", "off",
                                    "max_connections", "200",
                                    "log_min_duration_statement", "-1"));
            return new ThrowawayPostgres(home, postgres);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** A new, empty database. */
    public DatabaseAddress.UnixSocket create(String prefix) {
        return postgres.database(prefix + "_" + names.incrementAndGet());
    }

    /** A new database that is a copy of another to which nobody is connected. */
    public DatabaseAddress.UnixSocket copy(DatabaseAddress.UnixSocket template) {
        String name = template.database() + "_" + names.incrementAndGet();
        DatabaseAddress.UnixSocket admin =
                new DatabaseAddress.UnixSocket(template.socket(), "postgres", template.user());
        try (Database database = Database.open(admin, 1)) {
            database.read(
                    tx ->
                            tx.sql()
                                    .execute(
                                            "create database "
                                                    + name
                                                    + " template "
                                                    + template.database()));
        }
        return new DatabaseAddress.UnixSocket(template.socket(), name, template.user());
    }

    @Override
    public void close() {
        postgres.close();
        remove(home);
    }

    private static void removeLeftovers() throws IOException {
        Path folder = Path.of(System.getProperty("java.io.tmpdir"));
        List<Path> left;
        try (Stream<Path> all = Files.list(folder)) {
            left =
                    all.filter(path -> path.getFileName().toString().startsWith(PREFIX))
                            .filter(ThrowawayPostgres::abandoned)
                            .toList();
        }
        left.forEach(ThrowawayPostgres::remove);
    }

    private static boolean abandoned(Path home) {
        String[] parts = home.getFileName().toString().substring(PREFIX.length()).split("-");
        return ProcessHandle.of(Long.parseLong(parts[0])).isEmpty();
    }

    private static void remove(Path home) {
        try {
            EmbeddedPostgres.stop(home);
            new ProcessBuilder("rm", "-rf", home.toString()).start().waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
