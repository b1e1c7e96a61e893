package cloud.welkin.database;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A real PostgreSQL in a folder of the home, behind a unix socket that only its own account and
 * root can reach; it never listens on a network. It outlives this program, even one that is killed:
 * the next start finds it running. While we live it is started again when it dies.
 *
 * <p>The data are made and kept by one major version, and run by no other. As root the server gets
 * an unprivileged account (postgres, else nobody). In the folder: {@code data}, {@code run} with
 * the socket, {@code programs} where the machine has no PostgreSQL of its own.
 */
public final class EmbeddedPostgres implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(EmbeddedPostgres.class);

    /** Recovery after a crash replays at most max_wal_size, but a slow disk takes its time. */
    private static final Duration START = Duration.ofMinutes(2);

    private static final Duration STOP = Duration.ofSeconds(30);
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(2);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(50);
    private static final String USER = "welkin";

    private final Path home;
    private final PostgresLog messages;
    private final PostgresPrograms programs;
    private final Map<String, String> settings;
    private final Path socket;
    private volatile boolean closed;
    private final Thread supervisor;

    private EmbeddedPostgres(
            Path home, PostgresLog messages, PostgresPrograms programs, Map<String, String> more)
            throws IOException {
        this.home = home;
        this.messages = messages;
        this.programs = programs;
        this.settings = PostgresSettings.with(programs.major(), more);
        this.socket = PostgresSocket.of(home);
        this.supervisor = Thread.ofVirtual().name("postgres-supervisor").unstarted(this::supervise);
    }

    /**
     * Finds the server running, or starts it, making its data first where there are none. Returns
     * when it answers.
     *
     * @param home the folder of the server's own, e.g. HOME/postgres
     * @param logFile where the server's messages go; cut when it grows beyond 16 MiB
     * @param settings of postgresql.conf, over the usual ones; a server that is found running keeps
     *     those it was started with
     * @throws IOException with the end of the server's log when it does not start
     */
    public static EmbeddedPostgres start(Path home, Path logFile, Map<String, String> settings)
            throws IOException, InterruptedException {
        return start(home, logFile, settings, PostgresPrograms.PACKAGED);
    }

    static EmbeddedPostgres start(
            Path home, Path logFile, Map<String, String> settings, Path packaged)
            throws IOException, InterruptedException {
        Files.createDirectories(home);
        // The server's account must get through to its own folders, which only it may enter.
        Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwx--x--x"));
        Path absolute = home.toRealPath();
        try (FileChannel lock =
                FileChannel.open(
                        absolute.resolve("lock"),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE)) {
            lock.lock();
            EmbeddedPostgres postgres =
                    new EmbeddedPostgres(
                            absolute,
                            new PostgresLog(logFile),
                            PostgresPrograms.of(absolute, packaged),
                            settings);
            postgres.initialiseIfNew();
            postgres.launch();
            postgres.supervisor.start();
            return postgres;
        }
    }

    /**
     * Stops the server of a home, if one runs: fast, that is ending its transactions and writing
     * its data; by force when that takes more than 30 seconds, which costs the next start a
     * recovery.
     */
    public static void stop(Path home) throws IOException, InterruptedException {
        stop(home, "INT");
    }

    /** Stops the server of a home whose data nobody wants any more. */
    public static void kill(Path home) throws IOException, InterruptedException {
        stop(home, "QUIT");
    }

    private static void stop(Path home, String signal) throws IOException, InterruptedException {
        Path data = home.resolve("data");
        Optional<PostgresProcess> running = PostgresProcess.on(data);
        if (running.isPresent()) {
            running.get().signal(signal);
            if (!running.get().ended(data, STOP)) {
                running.get().signal("QUIT");
                running.get().ended(data, STOP);
            }
        }
        PostgresSocket.forget(home);
    }

    /** Ends the supervision and stops the server. */
    public void stop() throws IOException, InterruptedException {
        close();
        stop(home);
    }

    /** The address of a database in this server; made if it is not there. */
    public DatabaseAddress.UnixSocket database(String name) {
        if (!name.matches("[a-z_][a-z0-9_]{0,60}")) {
            throw new IllegalArgumentException("not a database's name: " + name);
        }
        DatabaseAddress.UnixSocket address = address(name);
        if (!exists(address)) {
            administer("create database " + name);
        }
        return address;
    }

    private static boolean exists(DatabaseAddress address) {
        try (Connection _ = address.dataSource().getConnection()) {
            return true;
        } catch (SQLException e) {
            if ("3D000".equals(e.getSQLState())) { // invalid_catalog_name
                return false;
            }
            throw Failures.translated(e);
        }
    }

    private void administer(String statement) {
        try (Connection connection = address("postgres").dataSource().getConnection();
                Statement administration = connection.createStatement()) {
            administration.execute(statement);
        } catch (SQLException e) {
            throw new DatabaseUnavailable("failed: " + statement + ": " + e.getMessage(), e);
        }
    }

    /** The server's process; -1 while there is none. */
    public long pid() throws IOException {
        return running().map(PostgresProcess::pid).orElse(-1L);
    }

    private DatabaseAddress.UnixSocket address(String name) {
        return new DatabaseAddress.UnixSocket(socket, name, USER);
    }

    private Path data() {
        return home.resolve("data");
    }

    private Optional<PostgresProcess> running() throws IOException {
        return PostgresProcess.on(data());
    }

    /** In a folder beside, renamed when it is whole: a start that is killed leaves no half data. */
    private void initialiseIfNew() throws IOException, InterruptedException {
        if (Files.exists(data().resolve("PG_VERSION"))) {
            return;
        }
        log.info("making the data of a PostgreSQL {} in {}", programs.major(), home);
        Path fresh = home.resolve("data-new");
        PostgresPrograms.finish(List.of("rm", "-rf", fresh.toString(), data().toString()));
        programs.folder("data-new");
        List<String> arguments =
                new ArrayList<>(
                        List.of(
                                "--pgdata=" + programs.path("data-new"),
                                "--username=" + USER,
                                "--auth=trust",
                                "--encoding=UTF8",
                                // Bytes sort the same on every machine and let LIKE use an index;
                                // upper and lower case are still those of Unicode.
                                "--locale=C.UTF-8",
                                "--lc-collate=C",
                                "--data-checksums",
                                "--no-instructions"));
        if ("off".equals(settings.get("fsync"))) {
            arguments.add("--no-sync");
        }
        PostgresPrograms.finish(programs.command("initdb", arguments));
        Files.move(fresh, data(), StandardCopyOption.ATOMIC_MOVE);
    }

    /** Returns when the server answers, be it one that runs already. */
    private void launch() throws IOException, InterruptedException {
        long deadline = System.nanoTime() + START.toNanos();
        Optional<Process> started = Optional.empty();
        if (running().isEmpty()) {
            started = Optional.of(execute());
        }
        while (!running().map(PostgresProcess::ready).orElse(false) || !answers()) {
            if (started.isPresent() && !started.get().isAlive()) {
                throw new IOException("PostgreSQL does not start:\n" + messages.end());
            }
            if (started.isEmpty() && running().isEmpty()) {
                // Found while it was about to end.
                started = Optional.of(execute());
            }
            if (System.nanoTime() > deadline) {
                throw new IOException("PostgreSQL does not answer:\n" + messages.end());
            }
            Thread.sleep(5);
        }
    }

    private Process execute() throws IOException, InterruptedException {
        PostgresProcess.removeStalePidFile(data());
        programs.folder("run");
        List<String> arguments = new ArrayList<>();
        arguments.add("-D");
        arguments.add(programs.path("data"));
        // Relative to the data, so that it is short enough however deep the home lies.
        arguments.addAll(List.of("-k", "../run"));
        settings.forEach((name, value) -> arguments.addAll(List.of("-c", name + "=" + value)));
        // A session of its own: the terminal's Ctrl-C is for us, not for the database.
        List<String> command = new ArrayList<>(List.of("setsid"));
        command.addAll(programs.command("postgres", arguments));
        return PostgresPrograms.builder(command).redirectOutput(messages.redirect()).start();
    }

    private boolean answers() {
        try (Connection connection = address("postgres").dataSource().getConnection()) {
            return connection.isValid(5);
        } catch (SQLException e) {
            return false;
        }
    }

    private void supervise() {
        Duration pause = FIRST_PAUSE;
        while (!closed) {
            try {
                Optional<PostgresProcess> running = running();
                if (running.isPresent()) {
                    awaitEnd(running.get());
                    messages.bound();
                    pause = FIRST_PAUSE;
                    continue;
                }
                Thread.sleep(pause);
                pause = pause.multipliedBy(2);
                pause = pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
                if (!closed && running().isEmpty()) {
                    log.warn("PostgreSQL has ended by itself; starting it again");
                    launch();
                    log.info("PostgreSQL answers again");
                }
            } catch (IOException e) {
                log.error("PostgreSQL cannot be started", e);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    /** Until the process ends, but no longer than a little while. */
    private static void awaitEnd(PostgresProcess running) throws InterruptedException {
        Optional<ProcessHandle> process = ProcessHandle.of(running.pid());
        if (process.isEmpty()) {
            return;
        }
        try {
            process.get().onExit().get(LOOK_AGAIN.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            // It runs on.
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Ends the supervision; the server itself runs on. */
    @Override
    public void close() {
        closed = true;
        supervisor.interrupt();
        try {
            // A launch in its midst shall not bring up what is being stopped.
            supervisor.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
