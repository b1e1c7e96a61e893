package cloud.welkin.host.contained;

import cloud.welkin.ovsdb.Condition;
import cloud.welkin.ovsdb.Mutation;
import cloud.welkin.ovsdb.Operation;
import cloud.welkin.ovsdb.Ovsdb;
import cloud.welkin.ovsdb.OvsdbSettings;
import cloud.welkin.ovsdb.Remote;
import cloud.welkin.ovsdb.Row;
import cloud.welkin.ovsdb.RowId;
import cloud.welkin.ovsdb.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A host's Open vSwitch, by its database (ovs-vswitchd.conf.db(5)): bridges and the ports on them.
 */
final class VSwitch implements AutoCloseable {

    private final Ovsdb database;

    /** A port of a bridge, with one interface of the same name. */
    record Plugged(
            String bridge,
            String device,
            Map<String, String> externalIds,
            Optional<String> error) {}

    VSwitch(Remote remote) {
        database =
                Ovsdb.open(
                        OvsdbSettings.of(remote, "Open_vSwitch")
                                .replicating("Open_vSwitch", "external_ids", "bridges")
                                .replicating("Bridge", "name", "ports", "datapath_type")
                                .replicating("Port", "name", "interfaces")
                                .replicating("Interface", "name", "external_ids", "error"));
    }

    private Optional<Row> root() {
        return database.table("Open_vSwitch").rows().stream().findFirst();
    }

    Map<String, String> externalIds() {
        return root().map(row -> row.map("external_ids")).orElse(Map.of());
    }

    /** Sets these of the switch's external_ids and leaves the others. */
    void setExternalIds(Map<String, String> wanted) {
        var root = root();
        if (root.isEmpty()) {
            database.transact(
                    new Operation.Insert(
                            "Open_vSwitch", Map.of("external_ids", Value.map(wanted))));
            return;
        }
        replace("Open_vSwitch", root.get(), wanted).ifPresent(database::transact);
    }

    private static Optional<Operation> replace(String table, Row row, Map<String, String> wanted) {
        var different = new HashMap<>(wanted);
        different.entrySet().removeAll(row.map("external_ids").entrySet());
        return different.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        new Operation.Mutate(
                                table,
                                row.id(),
                                Mutation.removeKeys("external_ids", different.keySet()),
                                Mutation.insertPairs("external_ids", different)));
    }

    boolean hasBridge(String bridge) {
        return database.table("Bridge").named("name", bridge).isPresent();
    }

    /** Whether Open vSwitch itself forwards the bridge's packets, not the kernel for it. */
    boolean isUserspace(String bridge) {
        return database.table("Bridge")
                .named("name", bridge)
                .filter(row -> row.text("datapath_type").equals("netdev"))
                .isPresent();
    }

    /**
     * Makes the bridge, with its own internal port, unless it is there. The row of the switch must
     * be.
     */
    void ensureBridge(String bridge, Map<String, Value> columns) {
        if (hasBridge(bridge)) {
            return;
        }
        var row = new HashMap<>(columns);
        row.put("name", Value.of(bridge));
        row.put("ports", Value.named("port"));
        database.transact(
                new Operation.Insert(
                        "Interface",
                        Map.of("name", Value.of(bridge), "type", Value.of("internal")),
                        "interface"),
                new Operation.Insert(
                        "Port",
                        Map.of("name", Value.of(bridge), "interfaces", Value.named("interface")),
                        "port"),
                new Operation.Insert("Bridge", row, "bridge"),
                new Operation.Mutate(
                        "Open_vSwitch",
                        List.of(),
                        List.of(Mutation.insert("bridges", Value.named("bridge")))));
    }

    /**
     * Puts a device on a bridge with these external_ids, in one transaction; nothing is written
     * when it is so already.
     */
    void plug(String bridge, String device, Map<String, String> externalIds) {
        var there = plugged(device);
        if (there.isPresent() && there.get().bridge().equals(bridge)) {
            database.table("Interface")
                    .named("name", device)
                    .flatMap(row -> replace("Interface", row, externalIds))
                    .ifPresent(database::transact);
            return;
        }
        var operations = new ArrayList<Operation>(removal(device));
        operations.add(
                new Operation.Insert(
                        "Interface",
                        Map.of("name", Value.of(device), "external_ids", Value.map(externalIds)),
                        "interface"));
        operations.add(
                new Operation.Insert(
                        "Port",
                        Map.of("name", Value.of(device), "interfaces", Value.named("interface")),
                        "port"));
        operations.add(
                new Operation.Mutate(
                        "Bridge",
                        List.of(Condition.is("name", bridge)),
                        List.of(Mutation.insert("ports", Value.named("port")))));
        database.transact(operations);
    }

    void unplug(String device) {
        database.transact(removal(device));
    }

    private List<Operation> removal(String device) {
        var port = database.table("Port").named("name", device).map(Row::id);
        return port.<List<Operation>>map(
                        id ->
                                List.of(
                                        new Operation.Mutate(
                                                "Bridge",
                                                List.of(Condition.includes("ports", Value.of(id))),
                                                List.of(Mutation.delete("ports", Value.of(id))))))
                .orElse(List.of());
    }

    Optional<Plugged> plugged(String device) {
        return ports().stream().filter(port -> port.device().equals(device)).findFirst();
    }

    /** All ports but the bridges' own. */
    List<Plugged> ports() {
        return database.read(
                () -> {
                    var interfaces = new HashMap<String, Row>();
                    database.table("Interface")
                            .rows()
                            .forEach(row -> interfaces.put(row.text("name"), row));
                    var ports = database.table("Port");
                    var plugged = new ArrayList<Plugged>();
                    for (var bridge : database.table("Bridge").rows()) {
                        for (RowId id : bridge.refs("ports")) {
                            var device = ports.row(id).map(row -> row.text("name")).orElse("");
                            var detail = interfaces.get(device);
                            if (detail != null && !device.equals(bridge.text("name"))) {
                                plugged.add(
                                        new Plugged(
                                                bridge.text("name"),
                                                device,
                                                detail.map("external_ids"),
                                                detail.optionalText("error")));
                            }
                        }
                    }
                    return plugged;
                });
    }

    @Override
    public void close() {
        database.close();
    }
}
