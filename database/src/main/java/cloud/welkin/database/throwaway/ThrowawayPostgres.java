package cloud.welkin.database.throwaway;

import cloud.welkin.database.DatabaseAddress;
import cloud.welkin.database.DatabaseUnavailable;
import cloud.welkin.database.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A real PostgreSQL for tests and code generation: nothing it holds survives it, so it never waits
 * for the disk. One server for a JVM; databases are cheap. What a killed JVM has left is removed by
 * the next.
 */
public final class ThrowawayPostgres implements AutoCloseable {
    private static final String PREFIX = "welkin-postgres-";
    private static final Pattern NAME = Pattern.compile(PREFIX + "([0-9]{1,10})-.*");
    private static final Path MEMORY = Path.of("/dev/shm");
    private static final long ENOUGH_MEMORY = 4L << 30;
    private static final List<Path> FOLDERS =
            List.of(MEMORY, Path.of(System.getProperty("java.io.tmpdir")));
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

    /** A server of the caller's own, until it closes it. */
    public static ThrowawayPostgres start() {
        try {
            for (Path folder : FOLDERS) {
                removeLeftovers(folder);
            }
            Path home =
                    Files.createTempDirectory(
                            folder(), PREFIX + ProcessHandle.current().pid() + "-");
            EmbeddedPostgres postgres =
                    EmbeddedPostgres.start(
                            home,
                            home.resolve("log"),
                            Map.of(
                                    "fsync", "off",
                                    "synchronous_commit", "off",
                                    "full_page_writes", "off",
                                    "max_connections", "200",
                                    // For whom a test fails, what the server said is worth having.
                                    "log_min_messages", "warning"));
            return new ThrowawayPostgres(home, postgres);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** In memory where there is plenty: a new database is 300 files, three times quicker there. */
    private static Path folder() throws IOException {
        return Files.isWritable(MEMORY)
                        && Files.getFileStore(MEMORY).getUsableSpace() > ENOUGH_MEMORY
                ? MEMORY
                : FOLDERS.getLast();
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
        try (Connection connection = admin.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            // Copying the files is the quicker way where nothing waits for the disk.
            statement.execute(
                    "create database "
                            + name
                            + " template "
                            + template.database()
                            + " strategy file_copy");
        } catch (SQLException e) {
            throw new DatabaseUnavailable("no copy of " + template + ": " + e.getMessage(), e);
        }
        return new DatabaseAddress.UnixSocket(template.socket(), name, template.user());
    }

    @Override
    public void close() {
        postgres.close();
        remove(home);
    }

    private static void removeLeftovers(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return;
        }
        List<Path> left;
        try (Stream<Path> all = Files.list(folder)) {
            left = all.filter(ThrowawayPostgres::isAbandoned).toList();
        }
        left.forEach(ThrowawayPostgres::remove);
    }

    private static boolean isAbandoned(Path home) {
        Matcher name = NAME.matcher(home.getFileName().toString());
        return name.matches() && ProcessHandle.of(Long.parseLong(name.group(1))).isEmpty();
    }

    private static void remove(Path home) {
        try {
            EmbeddedPostgres.kill(home);
            new ProcessBuilder("rm", "-rf", home.toString()).start().waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
