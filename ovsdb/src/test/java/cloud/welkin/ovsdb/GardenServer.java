package cloud.welkin.ovsdb;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A real ovsdb-server on a database of its own; can be killed and started again. */
final class GardenServer implements AutoCloseable {

    private final Path folder;
    private Process process;

    GardenServer(Path folder) {
        this.folder = folder;
        var schema = folder.resolve("garden.ovsschema");
        try (var source = GardenServer.class.getResourceAsStream("garden.ovsschema")) {
            Files.write(schema, java.util.Objects.requireNonNull(source).readAllBytes());
            run(
                    List.of(
                            "ovsdb-tool",
                            "create",
                            folder.resolve("garden.db").toString(),
                            schema.toString()));
            this.process = launch();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Remote remote() {
        return new Remote.Unix(folder.resolve("garden.sock"));
    }

    /** The TCP port that the server chose. */
    Remote tcp() throws IOException {
        var line =
                Files.readAllLines(folder.resolve("log")).stream()
                        .filter(each -> each.contains("listening on port"))
                        .findFirst()
                        .orElseThrow();
        return new Remote.Tcp(
                "127.0.0.1", Integer.parseInt(line.substring(line.lastIndexOf(' ') + 1)));
    }

    void kill() {
        process.destroyForcibly();
        process.onExit().join();
    }

    void start() throws IOException {
        process = launch();
    }

    void signal(String name) throws IOException {
        run(List.of("kill", "-" + name, Long.toString(process.pid())));
    }

    private Process launch() throws IOException {
        return new ProcessBuilder(
                        "ovsdb-server",
                        "-vconsole:off",
                        "-vfile:info",
                        "--log-file=" + folder.resolve("log"),
                        "--unixctl=" + folder.resolve("ctl"),
                        "--remote=punix:" + folder.resolve("garden.sock"),
                        "--remote=ptcp:0:127.0.0.1",
                        folder.resolve("garden.db").toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    private static void run(List<String> command) throws IOException {
        var process = new ProcessBuilder(command).inheritIO().start();
        if (process.onExit().join().exitValue() != 0) {
            throw new IOException("failed: " + command);
        }
    }

    @Override
    public void close() {
        kill();
    }
}
