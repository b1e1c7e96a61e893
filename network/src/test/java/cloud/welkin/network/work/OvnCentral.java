package cloud.welkin.network.work;

import cloud.welkin.ovsdb.Remote;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** OVN's two databases and northd, without any host, in a folder of their own. */
final class OvnCentral implements AutoCloseable {
    private final Path folder;
    private final List<Process> daemons = new ArrayList<>();

    OvnCentral() {
        try {
            folder = Files.createTempDirectory("network-ovn-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        for (String name : List.of("nb", "sb")) {
            run(
                    "ovsdb-tool",
                    "create",
                    path(name + ".db"),
                    "/usr/share/ovn/ovn-" + name + ".ovsschema");
            start(
                    "ovsdb-server",
                    "-vconsole:off",
                    "--unixctl=" + path(name + ".ctl"),
                    "--remote=punix:" + path(name + ".sock"),
                    path(name + ".db"));
        }
        run("ovn-nbctl", "--timeout=20", "--db=unix:" + path("nb.sock"), "init");
        run("ovn-sbctl", "--timeout=20", "--db=unix:" + path("sb.sock"), "init");
        start(
                "ovn-northd",
                "-vconsole:off",
                "-vfile:info",
                "--log-file=" + path("northd.log"),
                "--unixctl=" + path("northd.ctl"),
                "--ovnnb-db=unix:" + path("nb.sock"),
                "--ovnsb-db=unix:" + path("sb.sock"));
    }

    Northbound.Addresses addresses() {
        return new Northbound.Addresses(
                new Remote.Unix(folder.resolve("nb.sock")),
                new Remote.Unix(folder.resolve("sb.sock")));
    }

    String nbctl(String... arguments) {
        return run(command("ovn-nbctl", "--db=unix:" + path("nb.sock"), arguments));
    }

    String sbctl(String... arguments) {
        return run(command("ovn-sbctl", "--db=unix:" + path("sb.sock"), arguments));
    }

    /** What northd did not like. */
    List<String> complaints() throws IOException {
        return Files.readAllLines(folder.resolve("northd.log")).stream()
                .filter(line -> line.contains("|WARN|") || line.contains("|ERR|"))
                .toList();
    }

    private static String[] command(String program, String db, String... arguments) {
        List<String> all = new ArrayList<>(List.of(program, "--timeout=20", db));
        all.addAll(List.of(arguments));
        return all.toArray(String[]::new);
    }

    private String path(String name) {
        return folder.resolve(name).toString();
    }

    private void start(String... command) {
        try {
            daemons.add(
                    new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String run(String... command) {
        try {
            Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
            String output =
                    new String(
                            process.getInputStream().readAllBytes(),
                            java.nio.charset.StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IllegalStateException(String.join(" ", command) + ": " + output);
            }
            return output.strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        daemons.reversed().forEach(Process::destroy);
        daemons.forEach(process -> process.onExit().join());
        run("rm", "-rf", folder.toString());
    }
}
