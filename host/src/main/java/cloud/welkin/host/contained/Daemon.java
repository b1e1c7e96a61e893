package cloud.welkin.host.contained;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A program that shall run inside a host, in the background, whether this program runs or not.
 *
 * <p>Its command puts itself into the background, writes its process number to the pid file and
 * returns when it is ready. That number is trusted only for the process that began when we first
 * saw it ({@code .seen} beside the pid file), or, when there is no note yet, for one that was
 * started with our very arguments.
 *
 * @param pidFile as seen from the program
 * @param patience how long it may take to be ready
 */
record Daemon(
        String name,
        List<String> argv,
        Path pidFile,
        Optional<String> networkNamespace,
        Duration patience) {

    private static final Logger log = LoggerFactory.getLogger(Daemon.class);
    private static final Duration USUAL = Duration.ofSeconds(20);

    Daemon(String name, List<String> argv, Path pidFile) {
        this(name, argv, pidFile, Optional.empty(), USUAL);
    }

    Daemon withPatience(Duration longest) {
        return new Daemon(name, argv, pidFile, networkNamespace, longest);
    }

    Daemon in(String namespace) {
        return new Daemon(name, argv, pidFile, Optional.of(namespace), patience);
    }

    /** Starts it unless it runs; true when it was started. */
    boolean ensure(Inside inside) {
        if (running(inside).isPresent()) {
            return false;
        }
        log.info("starting {}", name);
        HostFolder.remove(note());
        HostFolder.remove(pidFile);
        var entered =
                networkNamespace
                        .map(each -> inside.enter(each, argv))
                        .orElseGet(() -> inside.enter(argv));
        try {
            Command.of(entered).within(patience).run();
        } catch (CommandFailed e) {
            // One that waits for another daemon, which died just now, is not ready but runs: the
            // next look mends the other.
            if (running(inside).isEmpty()) {
                throw e;
            }
            log.info("{} runs and is not ready yet", name);
        }
        if (running(inside).isEmpty()) {
            throw new CommandFailed(argv, "it ended at once");
        }
        return true;
    }

    Optional<ProcessIdentity> running(Inside inside) {
        var process = pid().flatMap(pid -> ProcessIdentity.now(inside.proc(), pid));
        if (process.isEmpty()) {
            return Optional.empty();
        }
        var seen = "%d %d\n".formatted(process.get().pid(), process.get().started());
        if (read(note()).equals(Optional.of(seen))) {
            return process;
        }
        var arguments = ProcessIdentity.arguments(inside.proc(), process.get().pid());
        if (arguments.size() < argv.size()
                || !arguments.subList(1, argv.size()).equals(argv.subList(1, argv.size()))) {
            return Optional.empty();
        }
        HostFolder.write(note(), seen);
        return process;
    }

    void stop(Inside inside) {
        running(inside)
                .ifPresent(
                        process ->
                                Command.of(
                                                inside.enter(
                                                        List.of(
                                                                "kill",
                                                                "-TERM",
                                                                Long.toString(process.pid()))))
                                        .run());
        HostFolder.remove(note());
        HostFolder.remove(pidFile);
    }

    /** As {@link #stop}, and waits until it has ended. */
    void end(Inside inside) {
        var process = running(inside);
        stop(inside);
        long deadline = System.nanoTime() + patience.toNanos();
        while (process.filter(each -> each.isAlive(inside.proc())).isPresent()) {
            if (System.nanoTime() > deadline) {
                throw new CommandFailed(argv, "it does not end within " + patience);
            }
            try {
                TimeUnit.MILLISECONDS.sleep(5);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new CommandFailed(argv, e);
            }
        }
    }

    private Path note() {
        return pidFile.resolveSibling(pidFile.getFileName() + ".seen");
    }

    private Optional<Long> pid() {
        return read(pidFile)
                .map(String::strip)
                .filter(text -> text.matches("[0-9]{1,18}"))
                .map(Long::parseLong);
    }

    private static Optional<String> read(Path file) {
        try {
            return Optional.of(Files.readString(file));
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
