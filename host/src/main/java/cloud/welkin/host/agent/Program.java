package cloud.welkin.host.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Runs a program to its end, without a shell. */
final class Program {

    private Program() {}

    /**
     * @throws IOException with what it printed, if it fails, does not end in time or is interrupted
     */
    static void run(Duration limit, String... argv) throws IOException {
        Path log = Files.createTempFile("welkin", ".log");
        try {
            var process =
                    new ProcessBuilder(argv)
                            .redirectErrorStream(true)
                            .redirectOutput(log.toFile())
                            .start();
            try {
                if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                    throw new IOException(argv[0] + " does not end within " + limit);
                }
                if (process.exitValue() != 0) {
                    throw new IOException(argv[0] + ": " + Files.readString(log).strip());
                }
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                throw new IOException(argv[0] + " was interrupted", interrupted);
            } finally {
                process.destroyForcibly();
            }
        } finally {
            Files.delete(log);
        }
    }
}
