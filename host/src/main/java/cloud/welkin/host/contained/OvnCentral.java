package cloud.welkin.host.contained;

import static cloud.welkin.host.contained.HostFolder.inside;

import cloud.welkin.ovsdb.Operation;
import cloud.welkin.ovsdb.Ovsdb;
import cloud.welkin.ovsdb.OvsdbSettings;
import cloud.welkin.ovsdb.Remote;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** OVN's two databases and ovn-northd, which translates one into the other. */
final class OvnCentral {

    private final HostFolder folder;
    private final Daemon northboundServer;
    private final Daemon southboundServer;
    private final Daemon northd;

    OvnCentral(HostFolder folder) {
        this.folder = folder;
        this.northboundServer = server("ovnnb_db", "db:OVN_Northbound,NB_Global,connections");
        this.southboundServer = server("ovnsb_db", "db:OVN_Southbound,SB_Global,connections");
        this.northd =
                new Daemon(
                        "ovn-northd",
                        List.of(
                                "ovn-northd",
                                "--detach",
                                "--no-chdir",
                                "-vconsole:off",
                                "-vfile:info",
                                "--log-file=" + folder.logs().resolve("ovn-northd.log"),
                                "--pidfile=" + inside("ovn/ovn-northd.pid"),
                                "--unixctl=" + inside("ovn/ovn-northd.ctl"),
                                "--ovnnb-db=unix:" + inside("ovn/ovnnb_db.sock"),
                                "--ovnsb-db=unix:" + inside("ovn/ovnsb_db.sock")),
                        folder.run().resolve("ovn/ovn-northd.pid"));
    }

    private Daemon server(String name, String connections) {
        return DatabaseServer.daemon(folder, name, "ovn/" + name, connections, file(name));
    }

    private Path file(String name) {
        return folder.state().resolve("ovn").resolve(name + ".db");
    }

    Remote northbound() {
        return new Remote.Unix(folder.run().resolve("ovn/ovnnb_db.sock"));
    }

    Remote southbound() {
        return new Remote.Unix(folder.run().resolve("ovn/ovnsb_db.sock"));
    }

    void ensureNorthbound(Inside inside) {
        ensure(inside, northboundServer, "ovnnb_db", "/usr/share/ovn/ovn-nb.ovsschema");
        ensureGlobal("ovnnb_db", "OVN_Northbound", "NB_Global", northbound());
    }

    void ensureSouthbound(Inside inside) {
        ensure(inside, southboundServer, "ovnsb_db", "/usr/share/ovn/ovn-sb.ovsschema");
        ensureGlobal("ovnsb_db", "OVN_Southbound", "SB_Global", southbound());
    }

    void ensureNorthd(Inside inside) {
        northd.ensure(inside);
    }

    List<Daemon> daemons() {
        return List.of(northboundServer, southboundServer, northd);
    }

    private void ensure(Inside inside, Daemon server, String name, String schema) {
        if (server.running(inside).isEmpty()) {
            DatabaseServer.prepare(file(name), Path.of(schema));
            server.ensure(inside);
        }
    }

    /**
     * Both databases have a table with exactly one row, which nobody else makes. A file beside the
     * database says it is there.
     */
    private void ensureGlobal(String name, String database, String table, Remote remote) {
        var done = file(name).resolveSibling(name + ".initialised");
        if (Files.exists(done)) {
            return;
        }
        try (var client =
                Ovsdb.open(OvsdbSettings.of(remote, database).replicating(table, "nb_cfg"))) {
            if (client.table(table).rows().isEmpty()) {
                client.transact(new Operation.Insert(table, Map.of()));
            }
        }
        HostFolder.write(done, database + "\n");
    }
}
