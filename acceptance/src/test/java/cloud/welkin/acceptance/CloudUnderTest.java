package cloud.welkin.acceptance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A cloud of our own, started by {@code ./welkin up} with its own home and port, and ended by
 * {@code down --purge}. Ending it checks that the log has no error that no test announced, that the
 * doctor finds nothing, and that nothing is left on the machine; on failure the home's logs are
 * kept and their folder is named.
 */
final class CloudUnderTest implements AutoCloseable {
    static final Path TOP =
            Path.of(System.getProperty("welkin.top", "..")).toAbsolutePath().normalize();
    static final String ADMIN_PASSWORD = "acceptance 5ecret";
    private static final Duration START = Duration.ofMinutes(6);

    private final Path home;
    private final int port;
    private final List<String> settings;
    private final List<Pattern> announced = new CopyOnWriteArrayList<>();
    private final List<Runnable> beforePurge = new ArrayList<>();
    private final Rest admin;
    private final OpenStackCli cli;

    private CloudUnderTest(Path home, int port, List<String> settings) {
        this.home = home;
        this.port = port;
        this.settings = settings;
        Rest.User user = new Rest.User("admin", ADMIN_PASSWORD, "admin");
        admin = new Rest(origin(), user);
        cli = new OpenStackCli(origin(), user);
    }

    /** Starts one with the given settings, each KEY=VALUE. */
    static CloudUnderTest start(String... settings) {
        try {
            // Short: paths of unix sockets below it may have 107 bytes.
            Path home = Files.createTempDirectory(Path.of("/tmp"), "wk");
            Files.delete(home);
            return startIn(home, settings);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static CloudUnderTest startIn(Path home, String... settings) {
        CloudUnderTest cloud = new CloudUnderTest(home, freePort(), Arrays.asList(settings));
        try {
            cloud.up();
            return cloud;
        } catch (AssertionError e) {
            AssertionError told =
                    new AssertionError(e.getMessage() + "; logs: " + cloud.keepLogs(), e);
            cloud.launcher("down", "--purge").run();
            throw told;
        }
    }

    static CloudUnderTest onSimulatedHosts(String... settings) {
        List<String> all = new ArrayList<>(List.of("compute.driver=simulated"));
        all.addAll(Arrays.asList(settings));
        return start(all.toArray(String[]::new));
    }

    /**
     * Below those that the kernel gives to clients: while a killed cloud is down, a client that
     * tries again could else be given the very port it asks for, connect to itself and keep it.
     */
    static int freePort() {
        while (true) {
            int port = ThreadLocalRandom.current().nextInt(20_000, 32_000);
            try (ServerSocket socket =
                    new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return socket.getLocalPort();
            } catch (BindException taken) {
                // Another.
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Starts the program, or waits until the running one answers. */
    void up() {
        List<String> words = new ArrayList<>(List.of("--listen", "127.0.0.1:" + port));
        for (String setting : settings) {
            words.add("--set");
            words.add(setting);
        }
        launcher("up", words.toArray(String[]::new)).within(START).run().mustSucceed();
    }

    /** Stops the program; guests go on. */
    void down() {
        launcher("down").within(Duration.ofMinutes(3)).run().mustSucceed();
    }

    /** SIGKILL, as a power cut does it to the program alone. */
    void kill() {
        ProcessHandle program =
                ProcessHandle.of(pid()).orElseThrow(() -> new AssertionError("nothing runs"));
        program.destroyForcibly();
        // A zombie that nobody reaps counts as ended: it holds no port and no lock.
        Await.until(
                "the killed program ends", Duration.ofSeconds(30), () -> !running(program.pid()));
    }

    private static boolean running(long pid) {
        try {
            return !Files.readString(Path.of("/proc/" + pid + "/status")).contains("State:\tZ");
        } catch (IOException e) {
            return false;
        }
    }

    long pid() {
        try {
            return Long.parseLong(Files.readString(home.resolve("welkin.pid")).strip());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Command launcher(String command, String... words) {
        List<String> all =
                new ArrayList<>(
                        List.of(
                                TOP.resolve("welkin").toString(),
                                command,
                                "--home",
                                home.toString()));
        all.addAll(Arrays.asList(words));
        return Command.of(all)
                .with("WELKIN_ADMIN_PASSWORD", ADMIN_PASSWORD)
                .within(Duration.ofMinutes(2));
    }

    /** Runs a command where floating IPs are reachable. */
    Command inside(String... words) {
        List<String> all = new ArrayList<>(List.of("--"));
        all.addAll(Arrays.asList(words));
        return launcher("exec", all.toArray(String[]::new));
    }

    /**
     * Runs a command in the host's namespaces: where libvirt's socket, the taps and the switches
     * are.
     */
    Command onHost(String... words) {
        return HostOfCloud.of(home).command(words);
    }

    Path home() {
        return home;
    }

    int port() {
        return port;
    }

    String origin() {
        return "http://127.0.0.1:" + port;
    }

    Rest rest() {
        return admin;
    }

    Rest rest(Rest.User user) {
        return new Rest(origin(), user);
    }

    /** The user demo of project demo, who is no admin. */
    Rest demo() {
        return rest(demoUser());
    }

    Rest.User demoUser() {
        try {
            String password = Files.readString(home.resolve("secrets/demo-password")).strip();
            return new Rest.User("demo", password, "demo");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    OpenStackCli cli() {
        return cli;
    }

    boolean simulated() {
        return settings.contains("compute.driver=simulated");
    }

    /** Lines of ERROR that the coming test causes on purpose. */
    void announceErrors(String pattern) {
        announced.add(Pattern.compile(pattern));
    }

    /**
     * What the test did to the home and must undo before it can be removed, after the last checks.
     */
    void beforePurge(Runnable undo) {
        beforePurge.add(undo);
    }

    /** Waits until the doctor finds nothing: reconcilers have their rounds. */
    void mustBeHealthy(Duration limit) {
        AtomicReference<String> last = new AtomicReference<>("");
        try {
            Await.until(
                    "the doctor finds nothing",
                    limit,
                    () -> {
                        Command.Output doctor = launcher("doctor").run();
                        last.set(complaints(doctor));
                        return doctor.ok();
                    });
        } catch (AssertionError e) {
            throw new AssertionError(e.getMessage() + "; it says: " + last.get(), e);
        }
    }

    private static String complaints(Command.Output doctor) {
        return doctor.out()
                        .lines()
                        .filter(line -> !line.startsWith("ok "))
                        .collect(Collectors.joining("\n"))
                + doctor.err();
    }

    private List<String> unexpectedErrors() {
        Path log = home.resolve("log/welkin.log");
        try {
            return Files.exists(log)
                    ? Files.readAllLines(log).stream()
                            .filter(line -> line.contains(" ERROR "))
                            .filter(
                                    line ->
                                            announced.stream()
                                                    .noneMatch(p -> p.matcher(line).find()))
                            .toList()
                    : List.of();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path keepLogs() {
        try {
            Path kept = Files.createTempDirectory(Path.of("/tmp"), "welkin-logs-");
            Command.of("cp", "-a", home.resolve("log").toString(), kept.toString()).run();
            return kept;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        List<String> problems = new ArrayList<>();
        List<String> errors = unexpectedErrors();
        errors.stream().limit(10).forEach(line -> problems.add("in the log: " + line));
        try {
            mustBeHealthy(Duration.ofSeconds(45));
        } catch (AssertionError e) {
            problems.add(String.valueOf(e.getMessage()));
        }
        List<String> namespaces = Leftovers.namespaces(home);
        Path logs = keepLogs();
        beforePurge.forEach(Runnable::run);
        Command.Output down = launcher("down", "--purge").within(Duration.ofMinutes(4)).run();
        if (!down.ok()) {
            problems.add("down --purge: " + down.err());
        }
        problems.addAll(Leftovers.of(home, namespaces));
        if (!problems.isEmpty()) {
            throw new AssertionError(
                    "%s:%n%s%nlogs: %s".formatted(home, String.join("\n", problems), logs));
        }
        Command.of("rm", "-rf", logs.toString()).run();
    }
}
