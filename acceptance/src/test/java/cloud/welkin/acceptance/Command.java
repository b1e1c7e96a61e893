package cloud.welkin.acceptance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A command of the machine, run to its end within a bounded time. */
record Command(List<String> words, Map<String, String> environment, Duration limit) {

    /** How it ended; what it said. */
    record Output(List<String> words, int exit, String out, String err) {
        boolean ok() {
            return exit == 0;
        }

        Output mustSucceed() {
            if (!ok()) {
                throw new AssertionError(
                        "%s ended with %d%n%s%n%s".formatted(words, exit, out, err));
            }
            return this;
        }

        String text() {
            return mustSucceed().out.strip();
        }
    }

    static Command of(String... words) {
        return new Command(List.of(words), Map.of(), Duration.ofMinutes(1));
    }

    static Command of(List<String> words) {
        return new Command(List.copyOf(words), Map.of(), Duration.ofMinutes(1));
    }

    Command with(String name, String value) {
        Map<String, String> more = new HashMap<>(environment);
        more.put(name, value);
        return new Command(words, Map.copyOf(more), limit);
    }

    Command with(Map<String, String> values) {
        Map<String, String> more = new HashMap<>(environment);
        more.putAll(values);
        return new Command(words, Map.copyOf(more), limit);
    }

    Command within(Duration time) {
        return new Command(words, environment, time);
    }

    /**
     * Output goes through files: a daemon that the command leaves behind would keep a pipe open.
     */
    Output run() {
        try {
            Path out = Files.createTempFile("welkin-accept", ".out");
            Path err = Files.createTempFile("welkin-accept", ".err");
            try {
                ProcessBuilder builder =
                        new ProcessBuilder(words)
                                .redirectInput(
                                        ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                                .redirectOutput(out.toFile())
                                .redirectError(err.toFile());
                builder.environment().putAll(environment);
                Process process = builder.start();
                if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                    process.descendants().forEach(ProcessHandle::destroyForcibly);
                    process.destroyForcibly();
                    throw new AssertionError(
                            "%s did not end within %s%n%s%n%s"
                                    .formatted(
                                            words,
                                            limit,
                                            Files.readString(out),
                                            Files.readString(err)));
                }
                return new Output(
                        words, process.exitValue(), Files.readString(out), Files.readString(err));
            } finally {
                Files.deleteIfExists(out);
                Files.deleteIfExists(err);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while running " + words, e);
        }
    }
}
