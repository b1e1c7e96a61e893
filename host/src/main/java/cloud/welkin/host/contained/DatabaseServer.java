package cloud.welkin.host.contained;

import static cloud.welkin.host.contained.HostFolder.inside;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** How an ovsdb-server is run: each database has its own. */
final class DatabaseServer {

    private DatabaseServer() {}

    /** The daemon whose sockets and pid file are {@code /run/BELOW.*}. */
    static Daemon daemon(
            HostFolder folder, String name, String below, String connections, Path file) {
        return new Daemon(
                name,
                List.of(
                        "ovsdb-server",
                        "--detach",
                        "--no-chdir",
                        "-vconsole:off",
                        "-vfile:info",
                        "--log-file=" + folder.logs().resolve(name + ".log"),
                        "--pidfile=" + inside(below + ".pid"),
                        "--unixctl=" + inside(below + ".ctl"),
                        "--remote=punix:" + inside(below + ".sock"),
                        "--remote=" + connections,
                        file.toString()),
                folder.run().resolve(below + ".pid"));
    }

    /**
     * Makes the database, or brings one of an older release to the schema that is installed now.
     */
    static void prepare(Path file, Path schema) {
        if (!Files.exists(file)) {
            Command.of("ovsdb-tool", "create", file.toString(), schema.toString()).run();
        } else if (Command.of("ovsdb-tool", "needs-conversion", file.toString(), schema.toString())
                .run()
                .strip()
                .equals("yes")) {
            Command.of("ovsdb-tool", "convert", file.toString(), schema.toString()).run();
        }
    }
}
