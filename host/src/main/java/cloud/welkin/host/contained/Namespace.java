package cloud.welkin.host.contained;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * The namespaces of a contained host: a network namespace with a name, and mount, UTS and PID
 * namespaces that live as long as their first process, {@code init.sh}. That process is no child of
 * this program's session and outlives it; its lock makes sure that there is one, its file {@code
 * init.pid} says which.
 */
final class Namespace implements Inside {

    private static final Path PROC = Path.of("/proc");
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final HostFolder folder;
    private final String tag;
    private volatile Optional<ProcessIdentity> init = Optional.empty();

    Namespace(HostFolder folder) {
        this.folder = folder;
        this.tag = "welkin-" + Networks.digest(folder.state().toString(), 6);
    }

    /** Makes whatever is missing. */
    void ensure() {
        if (init.filter(process -> process.isAlive(PROC)).isPresent() && Networks.exists(tag)) {
            return;
        }
        Networks.ensure(tag);
        // Who looks meanwhile finds a dead process, and never none.
        recorded().ifPresentOrElse(process -> init = Optional.of(process), this::start);
    }

    boolean isAlive() {
        return init.or(this::recorded).filter(process -> process.isAlive(PROC)).isPresent();
    }

    private void start() {
        var script = folder.state().resolve("init.sh");
        HostFolder.writeResource(script, "init.sh");
        var output = folder.logs().resolve("init.log");
        // The machine's mounts go on to appear inside, and above all to disappear: a copy would
        // keep namespaces alive.
        var starting =
                Command.of(
                                "setsid",
                                "nsenter",
                                "--net=" + Networks.file(tag),
                                "unshare",
                                "--mount",
                                "--propagation",
                                "slave",
                                "--uts",
                                "--pid",
                                "--fork",
                                "bash",
                                script.toString(),
                                folder.state().toString(),
                                folder.logs().toString(),
                                folder.name())
                        .start(output);
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            var process = recorded();
            if (process.isPresent()) {
                init = process;
                return;
            }
            // Status 75: another one holds the lock and is about to say who it is.
            boolean failed = !starting.isAlive() && starting.exitValue() != 75;
            if (failed || System.nanoTime() > deadline) {
                throw new IllegalStateException(
                        "the host's first process did not come up: see " + output);
            }
            pause();
        }
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(2);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while a host was started", e);
        }
    }

    private Optional<ProcessIdentity> recorded() {
        try {
            var words = Files.readString(folder.state().resolve("init.pid")).strip().split(" ");
            var boot = Files.readString(PROC.resolve("sys/kernel/random/boot_id")).strip();
            if (words.length != 3 || !words[2].equals(boot)) {
                return Optional.empty();
            }
            var process = new ProcessIdentity(Long.parseLong(words[0]), Long.parseLong(words[1]));
            return Optional.of(process).filter(each -> each.isAlive(PROC));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private ProcessIdentity first() {
        return init.orElseThrow(() -> new IllegalStateException("the host is not up"));
    }

    /** Changes when the namespaces are made anew. */
    String incarnation() {
        return first().pid() + "." + first().started();
    }

    /**
     * Ends everything inside: with its first process the kernel kills all others of the PID
     * namespace.
     */
    void stop() {
        var process = init.or(this::recorded);
        process.filter(each -> each.isAlive(PROC))
                .flatMap(each -> ProcessHandle.of(each.pid()))
                .ifPresent(
                        handle -> {
                            handle.destroyForcibly();
                            handle.onExit().orTimeout(10, TimeUnit.SECONDS).join();
                        });
        init = Optional.empty();
        for (var name : Networks.beginningWith(tag)) {
            Networks.remove(name);
        }
    }

    @Override
    public List<String> enter(List<String> argv) {
        return Networks.joined(
                List.of(
                        "nsenter",
                        "-t",
                        Long.toString(first().pid()),
                        "-m",
                        "-u",
                        "-p",
                        "-n",
                        "--"),
                argv);
    }

    @Override
    public List<String> enter(String networkNamespace, List<String> argv) {
        return Networks.joined(
                List.of(
                        "nsenter",
                        "-t",
                        Long.toString(first().pid()),
                        "-m",
                        "-u",
                        "-p",
                        "--net=" + Networks.file(networkNamespace),
                        "--"),
                argv);
    }

    @Override
    public List<String> ip(String... arguments) {
        return Networks.joined(List.of("ip", "-n", tag), List.of(arguments));
    }

    @Override
    public Path proc() {
        return root().resolve("proc");
    }

    @Override
    public Path devices() {
        return root().resolve("sys/class/net");
    }

    private Path root() {
        return PROC.resolve(Long.toString(first().pid())).resolve("root");
    }

    @Override
    public String tag() {
        return tag;
    }
}
