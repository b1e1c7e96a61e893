package cloud.welkin.host.contained;

import static cloud.welkin.host.contained.HostFolder.inside;

import cloud.welkin.ovsdb.Remote;
import cloud.welkin.ovsdb.Value;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** A host's Open vSwitch and the ovn-controller that programs it. */
final class Chassis {

    static final String INTEGRATION_BRIDGE = "br-int";
    static final String EXTERNAL_DEVICE = "ext0";

    private final HostFolder folder;
    private final ContainedSettings settings;
    private final Daemon database;
    private final Daemon vswitchd;
    private final Daemon controller;

    Chassis(HostFolder folder, ContainedSettings settings) {
        this.folder = folder;
        this.settings = settings;
        this.database =
                DatabaseServer.daemon(
                        folder,
                        "ovsdb-server",
                        "openvswitch/db",
                        "db:Open_vSwitch,Open_vSwitch,manager_options",
                        file());
        this.vswitchd =
                daemon(
                                "ovs-vswitchd",
                                "openvswitch",
                                List.of("--unixctl=" + inside("openvswitch/ovs-vswitchd.ctl")))
                        // It is ready when the database has answered, which may be what died just
                        // now.
                        .withPatience(Duration.ofSeconds(3));
        this.controller = daemon("ovn-controller", "ovn", List.of());
    }

    private Daemon daemon(String program, String below, List<String> more) {
        var arguments =
                Networks.joined(
                        List.of(
                                program,
                                "--detach",
                                "--no-chdir",
                                "-vconsole:off",
                                "-vfile:info",
                                "--log-file=" + folder.logs().resolve(program + ".log"),
                                "--pidfile=" + inside(below + "/" + program + ".pid")),
                        more);
        return new Daemon(
                program,
                Networks.joined(arguments, List.of("unix:" + inside("openvswitch/db.sock"))),
                folder.run().resolve(below).resolve(program + ".pid"));
    }

    private Path file() {
        return folder.state().resolve("ovs/conf.db");
    }

    Remote remote() {
        return new Remote.Unix(folder.run().resolve("openvswitch/db.sock"));
    }

    /** Open vSwitch's name for its datapath: the kernel's where there is one. */
    String datapath() {
        return settings.datapath()
                .orElseGet(
                        () ->
                                Files.exists(Path.of("/sys/module/openvswitch"))
                                        ? "system"
                                        : "netdev");
    }

    void ensureDatabase(Inside inside) {
        if (database.running(inside).isEmpty()) {
            DatabaseServer.prepare(file(), Path.of("/usr/share/openvswitch/vswitch.ovsschema"));
            database.ensure(inside);
        }
    }

    /** Tells the switch and the controller what this host is; writes only what differs. */
    void configure(VSwitch vswitch, String southbound) {
        vswitch.setExternalIds(
                Map.ofEntries(
                        Map.entry("system-id", folder.name()),
                        Map.entry("hostname", folder.name()),
                        Map.entry("ovn-remote", southbound),
                        Map.entry("ovn-encap-type", "geneve"),
                        Map.entry("ovn-encap-ip", "127.0.0.1"),
                        Map.entry("ovn-bridge", INTEGRATION_BRIDGE),
                        Map.entry("ovn-bridge-datapath-type", datapath()),
                        Map.entry(
                                "ovn-bridge-mappings",
                                settings.physicalNetwork() + ":" + settings.publicBridge()),
                        Map.entry("ovn-cms-options", "enable-chassis-as-gw"),
                        Map.entry("ovn-monitor-all", "true")));
        vswitch.ensureBridge(
                INTEGRATION_BRIDGE,
                Map.of(
                        "datapath_type",
                        Value.of(datapath()),
                        "fail_mode",
                        Value.of("secure"),
                        "other_config",
                        Value.map(Map.of("disable-in-band", "true"))));
        vswitch.ensureBridge(
                settings.publicBridge(), Map.of("datapath_type", Value.of(datapath())));
        vswitch.plug(settings.publicBridge(), EXTERNAL_DEVICE, Map.of());
    }

    void ensureSwitch(Inside inside) {
        vswitchd.ensure(inside);
    }

    void ensureController(Inside inside) {
        controller.ensure(inside);
    }

    List<Daemon> daemons() {
        return List.of(database, vswitchd, controller);
    }
}
