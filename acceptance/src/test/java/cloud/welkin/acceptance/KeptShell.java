package cloud.welkin.acceptance;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * Debian's {@code openstack} command kept running: the same program for every command, without the
 * second that its start takes. For tests that run it a hundred times.
 */
final class KeptShell implements OpenStackCli.Runner, AutoCloseable {
    private final Process process;
    private final BufferedWriter commands;
    private final BufferedReader answers;

    KeptShell(Map<String, String> environment) {
        ProcessBuilder builder =
                new ProcessBuilder("/usr/bin/python3", resource("openstack-shell.py"))
                        .redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().putAll(environment);
        try {
            process = builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        commands = process.outputWriter();
        answers = process.inputReader();
    }

    /** Where a script of the tests lies. */
    static String resource(String name) {
        return Path.of("src/test/resources", name).toAbsolutePath().toString();
    }

    @Override
    public synchronized Command.Output run(List<String> words) {
        try {
            commands.write(Rest.JSON.writeValueAsString(words));
            commands.newLine();
            commands.flush();
            String line =
                    Optional.ofNullable(answers.readLine())
                            .orElseThrow(() -> new AssertionError(words + " ended the shell"));
            JsonNode answer = Rest.JSON.readTree(line);
            return new Command.Output(
                    words,
                    answer.path(0).asInt(),
                    answer.path(1).asString(""),
                    answer.path(2).asString(""));
        } catch (IOException e) {
            throw new UncheckedIOException(words.toString(), e);
        }
    }

    @Override
    public void close() {
        process.destroy();
    }
}
