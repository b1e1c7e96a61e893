package cloud.welkin.acceptance;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Programs of src/test/npm, with the packages that their lock file pins: installed below target
 * once, again when the lock changed.
 */
final class NodeProgram implements AutoCloseable {
    private static final Path SOURCE = Path.of("src/test/npm").toAbsolutePath();
    private static final Path INSTALLED = Path.of("target/npm").toAbsolutePath();
    private static final String LOCK = "package-lock.json";

    private final Process process;

    /** Starts a program that says "ready" when it answers. */
    NodeProgram(String script, String... arguments) {
        try {
            process =
                    new ProcessBuilder(words(script, arguments))
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start();
            BufferedReader said = process.inputReader();
            String line = said.readLine();
            while (line != null && !line.equals("ready")) {
                line = said.readLine();
            }
            if (line == null) {
                throw new AssertionError(script + " ended before it was ready");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A program that runs to its end. */
    static Command command(String script, String... arguments) {
        return Command.of(words(script, arguments));
    }

    private static synchronized List<String> words(String script, String... arguments) {
        try {
            install();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        List<String> words = new ArrayList<>(List.of("node", INSTALLED.resolve(script).toString()));
        words.addAll(List.of(arguments));
        return words;
    }

    private static void install() throws IOException {
        Files.createDirectories(INSTALLED);
        Path done = INSTALLED.resolve("installed-lock.json");
        boolean same = Files.exists(done) && Files.mismatch(done, SOURCE.resolve(LOCK)) == -1L;
        try (Stream<Path> files = Files.list(SOURCE)) {
            for (Path file : files.toList()) {
                Files.copy(
                        file,
                        INSTALLED.resolve(file.getFileName()),
                        StandardCopyOption.REPLACE_EXISTING);
            }
        }
        if (!same) {
            Command.of(
                            "npm",
                            "--prefix",
                            INSTALLED.toString(),
                            "ci",
                            "--ignore-scripts",
                            "--no-audit",
                            "--no-fund")
                    .within(Duration.ofMinutes(5))
                    .run()
                    .mustSucceed();
            Files.copy(SOURCE.resolve(LOCK), done, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    @Override
    public void close() {
        process.destroy();
    }
}
