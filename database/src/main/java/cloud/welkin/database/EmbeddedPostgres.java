package cloud.welkin.database;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A real PostgreSQL in a folder of the home, behind a unix socket that only its own account and root can reach. It
 * outlives this program: the next start finds it running. While we live it is started again when it dies.
 */
public final class EmbeddedPostgres implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(EmbeddedPostgres.class);
    private static final Duration START = Duration.ofSeconds(60);
    private static final String USER = "welkin";
    private static final long LARGEST_LOG = 50L << 20;

    private final Path home;
    private final Path logFile;
    private final PostgresPrograms programs;
    private final Map<String, String> settings;
    private volatile boolean closed;
    private final Thread supervisor;

    private EmbeddedPostgres(
            Path home, Path logFile, PostgresPrograms programs, Map<String, String> settings) {
        this.home = home;
        this.logFile = logFile;
        this.programs = programs;
        this.settings = settings;
        this.supervisor = Thread.ofVirtual().name("postgres-supervisor").unstarted(this::supervise);
    }

    /**
     * Finds the server running, or starts it, making its data first where there are none.
     *
     * @param home the folder of the server's own, e.g. HOME/postgres
     * @param logFile where the server's messages go
     * @param settings of postgresql.conf, over the usual ones
     */
    public static EmbeddedPostgres start(Path home, Path logFile, Map<String, String> settings)
            throws IOException, InterruptedException {
        Files.createDirectories(home);
        // The server's account must get through to its own folders, which only it may enter.
        Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwx--x--x"));
        Path absolute = home.toRealPath();
        Files.createDirectories(logFile.toAbsolutePath().getParent());
        PostgresPrograms programs = PostgresPrograms.of(absolute);
        EmbeddedPostgres postgres = new EmbeddedPostgres(absolute, logFile, programs, settings);
        if (!Files.exists(absolute.resolve("data/PG_VERSION"))) {
            postgres.initialise();
        }
        if (!postgres.answers()) {
            postgres.launch();
        }
        postgres.supervisor.start();
        return postgres;
    }

    /** Stops the server of a home, if one runs, after finishing its transactions. */
    public static void stop(Path home) throws IOException, InterruptedException {
        Optional<ProcessHandle> running = running(home);
        if (running.isPresent()) {
            ProcessHandle server = running.get();
            // SIGINT is PostgreSQL's fast shutdown; SIGTERM would wait for our own connections.
            PostgresPrograms.finish(List.of("kill", "-INT", Long.toString(server.pid())));
            long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
            while (server.isAlive() && System.nanoTime() < deadline) {
                Thread.sleep(20);
            }
            if (server.isAlive()) {
                PostgresPrograms.finish(List.of("kill", "-QUIT", Long.toString(server.pid())));
            }
        }
    }

    /** The address of a database in this server; made if it is not there. */
    public DatabaseAddress.UnixSocket database(String name) {
        if (!name.matches("[a-z_][a-z0-9_]{0,60}")) {
            throw new IllegalArgumentException("not a database's name: " + name);
        }
        try (Database admin = Database.open(address("postgres"), 1);
                Connection connection = admin.dataSource().getConnection();
                Statement statement = connection.createStatement()) {
            boolean there;
            try (var rows =
                    statement.executeQuery(
                            "select 1 from pg_database where datname = '" + name + "'")) {
                there = rows.next();
            }
            if (!there) {
                statement.execute("create database " + name);
            }
        } catch (SQLException e) {
            throw new DatabaseUnavailable("the database could not be made: " + e.getMessage(), e);
        }
        return address(name);
    }

    public long pid() throws IOException {
        return running(home).map(ProcessHandle::pid).orElse(-1L);
    }

    private DatabaseAddress.UnixSocket address(String name) {
        return new DatabaseAddress.UnixSocket(socket(), name, USER);
    }

    private Path socket() {
        return home.resolve("run/.s.PGSQL.5432");
    }

    private void initialise() throws IOException, InterruptedException {
        log.info("making a PostgreSQL {} database in {}", programs.major(), home);
        // A start that was killed may have left half a folder: data without PG_VERSION hold nothing.
        Path data = home.resolve("data");
        if (Files.exists(data)) {
            PostgresPrograms.finish(List.of("rm", "-rf", data.toString()));
        }
        programs.folder("data-new");
        PostgresPrograms.finish(
                programs.command(
                        "initdb",
                        List.of(
                                "--pgdata=" + programs.path("data-new"),
                                "--username=" + USER,
                                "--auth=trust",
                                "--encoding=UTF8",
                                "--locale=C.UTF-8",
                                "--data-checksums",
                                "--no-instructions")));
        Files.move(home.resolve("data-new"), data, StandardCopyOption.ATOMIC_MOVE);
    }

    private void launch() throws IOException, InterruptedException {
        programs.folder("run");
        rotateLog();
        List<String> arguments = new ArrayList<>();
        arguments.add("-D");
        arguments.add(programs.path("data"));
        arguments.add("-k");
        arguments.add(programs.path("run"));
        settings().forEach((name, value) -> arguments.addAll(List.of("-c", name + "=" + value)));
        List<String> command = new ArrayList<>(List.of("setsid"));
        command.addAll(programs.command("postgres", arguments));
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.appendTo(logFile.toFile()));
        builder.environment().put("LC_ALL", "C.UTF-8");
        Process process = builder.start();
        long deadline = System.nanoTime() + START.toNanos();
        while (!answers()) {
            if (!process.isAlive() && running(home).isEmpty()) {
                throw new IOException("PostgreSQL did not start; its log is " + logFile);
            }
            if (System.nanoTime() > deadline) {
                throw new IOException("PostgreSQL does not answer; its log is " + logFile);
            }
            process.waitFor(10, TimeUnit.MILLISECONDS);
        }
    }

    private Map<String, String> settings() {
        Map<String, String> all = new java.util.TreeMap<>();
        all.put("listen_addresses", "");
        all.put("unix_socket_permissions", "0700");
        all.put("shared_buffers", "128MB");
        all.put("max_connections", "60");
        all.put("jit", "off");
        all.put("max_wal_size", "1GB");
        all.put("wal_compression", "on");
        all.put("random_page_cost", "1.1");
        all.put("max_parallel_workers_per_gather", "0");
        all.put("log_line_prefix", "%m [%p] ");
        all.put("log_min_duration_statement", "1000");
        all.putAll(settings);
        return all;
    }

    private void rotateLog() throws IOException {
        if (Files.exists(logFile) && Files.size(logFile) > LARGEST_LOG) {
            Files.move(
                    logFile,
                    logFile.resolveSibling(logFile.getFileName() + ".1"),
                    StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private boolean answers() {
        if (!Files.exists(socket())) {
            return false;
        }
        try (UnixSocket probe = new UnixSocket(socket())) {
            probe.connect(java.net.UnixDomainSocketAddress.of(socket()), 0);
            return ready();
        } catch (IOException e) {
            return false;
        }
    }

    /** A server that is still recovering takes connections and refuses them. */
    private boolean ready() {
        try (Connection connection = Listening.connect(address("postgres"))) {
            return connection.isValid(5);
        } catch (SQLException e) {
            return false;
        }
    }

    private void supervise() {
        int failures = 0;
        while (!closed) {
            try {
                Thread.sleep(Math.min(30_000, 500L << Math.min(failures, 6)));
                if (!closed && running(home).isEmpty()) {
                    log.warn("PostgreSQL has died; starting it again");
                    launch();
                }
                failures = 0;
            } catch (IOException e) {
                failures++;
                log.error("PostgreSQL cannot be started", e);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private static Optional<ProcessHandle> running(Path home) throws IOException {
        Path pidFile = home.resolve("data/postmaster.pid");
        if (!Files.exists(pidFile)) {
            return Optional.empty();
        }
        List<String> lines = Files.readAllLines(pidFile);
        if (lines.isEmpty() || !lines.getFirst().strip().matches("\\d+")) {
            return Optional.empty();
        }
        long pid = Long.parseLong(lines.getFirst().strip());
        // Pids are reused: it must be a postgres, and not a dead one that nobody has waited for.
        return ProcessHandle.of(pid).filter(EmbeddedPostgres::isPostgres);
    }

    private static boolean isPostgres(ProcessHandle process) {
        try {
            String stat = Files.readString(Path.of("/proc/" + process.pid() + "/stat"));
            String name = stat.substring(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
            char state = stat.charAt(stat.lastIndexOf(')') + 2);
            return name.equals("postgres") && state != 'Z' && state != 'X';
        } catch (IOException e) {
            return false;
        }
    }

    /** Ends the supervision; the server itself runs on. */
    @Override
    public void close() {
        closed = true;
        supervisor.interrupt();
    }
}
