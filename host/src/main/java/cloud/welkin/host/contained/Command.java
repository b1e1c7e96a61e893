package cloud.welkin.host.contained;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * A program with its arguments, run without a shell, in a small environment of our own, with a time
 * limit.
 *
 * @param input what it reads from its standard input
 */
record Command(List<String> argv, String input, Map<String, String> environment, Duration limit) {

    private static final Map<String, String> PLAIN =
            Map.of(
                    "PATH",
                    "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                    "HOME",
                    "/root",
                    "LANG",
                    "C.UTF-8");

    Command {
        argv = List.copyOf(argv);
        environment = Map.copyOf(environment);
    }

    static Command of(List<String> argv) {
        return new Command(argv, "", PLAIN, Duration.ofSeconds(20));
    }

    static Command of(String... argv) {
        return of(List.of(argv));
    }

    Command withInput(List<String> lines) {
        return new Command(argv, String.join("\n", lines) + "\n", environment, limit);
    }

    Command within(Duration longest) {
        return new Command(argv, input, environment, longest);
    }

    /**
     * Runs it to its end and returns what it printed; throws {@link CommandFailed} with that when
     * it fails.
     */
    String run() {
        try {
            // A file and not a pipe: a daemon may keep its standard output open for ever.
            var output = Files.createTempFile("welkin", ".out");
            try {
                return run(output);
            } finally {
                Files.deleteIfExists(output);
            }
        } catch (IOException e) {
            throw new CommandFailed(argv, e);
        }
    }

    private String run(Path output) throws IOException {
        var process = builder(output).start();
        try (var in = process.getOutputStream()) {
            in.write(input.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            // It ended without reading all; its status tells.
        }
        try {
            if (!process.waitFor(limit.toNanos(), TimeUnit.NANOSECONDS)) {
                process.destroyForcibly();
                throw new CommandFailed(
                        argv, "not done within " + limit + ": " + Files.readString(output));
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new CommandFailed(argv, e);
        }
        var printed = Files.readString(output);
        if (process.exitValue() != 0) {
            throw new CommandFailed(
                    argv, "status %d: %s".formatted(process.exitValue(), printed.strip()));
        }
        return printed;
    }

    /** Starts it with its output in a file and does not wait. */
    Process start(Path output) {
        try {
            var process = builder(output).start();
            process.getOutputStream().close();
            return process;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private ProcessBuilder builder(Path output) {
        var builder =
                new ProcessBuilder(argv).redirectErrorStream(true).redirectOutput(output.toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        return builder;
    }
}
