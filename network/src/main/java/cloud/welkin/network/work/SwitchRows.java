package cloud.welkin.network.work;

import cloud.welkin.network.domain.DeviceOwner;
import cloud.welkin.network.domain.NetworkRow;
import cloud.welkin.network.domain.PortRow;
import cloud.welkin.network.domain.PortRow.AddressPair;
import cloud.welkin.network.domain.PortRow.FixedIp;
import cloud.welkin.network.work.DesiredRow.Draft;
import cloud.welkin.network.work.DesiredRow.To;
import cloud.welkin.ovsdb.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/** Networks as logical switches, and their ports. */
final class SwitchRows {
    private SwitchRows() {}

    static final String SWITCH = "Logical_Switch";
    static final String PORT = "Logical_Switch_Port";
    static final String DNS = "DNS";

    static To port(UUID id) {
        return new To(PORT, "port:" + id);
    }

    static List<DesiredRow> of(Intended intended) {
        Map<UUID, List<To>> portsOf = new LinkedHashMap<>();
        Map<UUID, Map<String, String>> namesOf = new LinkedHashMap<>();
        List<DesiredRow> rows = new ArrayList<>();
        for (PortRow port : intended.ports().values()) {
            if (!port.deviceOwner().equals(DeviceOwner.FLOATING_IP)) {
                rows.add(port(intended, port));
                portsOf.computeIfAbsent(port.network(), id -> new ArrayList<>())
                        .add(port(port.id()));
            }
            if (!port.dnsName().isEmpty() && !port.fixedIps().isEmpty()) {
                String name = port.dnsName().toLowerCase(java.util.Locale.ROOT);
                Map<String, String> names =
                        namesOf.computeIfAbsent(port.network(), id -> new TreeMap<>());
                String ips =
                        String.join(" ", port.fixedIps().stream().map(FixedIp::ipAddress).toList());
                names.put(name, ips);
                names.put(name + "." + DhcpRows.DOMAIN, ips);
            }
        }
        for (NetworkRow network : intended.networks().values()) {
            List<To> ports = portsOf.computeIfAbsent(network.id(), id -> new ArrayList<>());
            localnet(network)
                    .ifPresent(
                            row -> {
                                rows.add(row);
                                ports.add(new To(row.table(), row.key()));
                            });
            String key = "net:" + network.id();
            Map<String, String> names = namesOf.getOrDefault(network.id(), Map.of());
            if (!names.isEmpty()) {
                rows.add(new Draft(DNS, key).map("records", names).done());
            }
            rows.add(
                    new Draft(SWITCH, key)
                            .with("name", "neutron-" + network.id())
                            .map(
                                    "other_config",
                                    Map.of("mcast_snoop", "false", "vlan-passthru", "false"))
                            .refs("ports", ports)
                            .refs(
                                    "dns_records",
                                    names.isEmpty() ? List.of() : List.of(new To(DNS, key)))
                            .done());
        }
        return rows;
    }

    /** By which a switch reaches the physical network that it stands for. */
    private static Optional<DesiredRow> localnet(NetworkRow network) {
        return network.segment()
                .physicalNetwork()
                .map(
                        physical ->
                                new Draft(PORT, "localnet:" + network.id())
                                        .with("name", "provnet-" + network.id())
                                        .with("type", "localnet")
                                        .texts("addresses", List.of("unknown"))
                                        .map("options", Map.of("network_name", physical))
                                        .with(
                                                "tag",
                                                network.segment().type().equals("vlan")
                                                        ? network.segment()
                                                                .id()
                                                                .<Value>map(Value::of)
                                                                .orElse(Value.none())
                                                        : Value.none())
                                        .done());
    }

    private static DesiredRow port(Intended intended, PortRow port) {
        Draft draft = new Draft(PORT, "port:" + port.id()).with("name", port.id().toString());
        return switch (port.deviceOwner()) {
            case DeviceOwner.ROUTER_INTERFACE -> routers(draft, port, Map.of());
            case DeviceOwner.ROUTER_GATEWAY ->
                    routers(
                            draft,
                            port,
                            Map.of("nat-addresses", "router", "exclude-lb-vips-from-garp", "true"));
            case DeviceOwner.METADATA ->
                    guests(intended, draft, port).with("type", "localport").done();
            default -> guests(intended, draft, port).with("type", "").done();
        };
    }

    private static DesiredRow routers(Draft draft, PortRow port, Map<String, String> more) {
        Map<String, String> options = new TreeMap<>(more);
        options.put("router-port", "lrp-" + port.id());
        return draft.with("type", "router")
                .texts("addresses", List.of("router"))
                .map("options", options)
                .with("enabled", Value.of(port.adminStateUp()))
                .done();
    }

    private static Draft guests(Intended intended, Draft draft, PortRow port) {
        String own =
                addresses(
                        port.mac().toString(),
                        port.fixedIps().stream().map(FixedIp::ipAddress).toList());
        boolean secured = port.portSecurity();
        boolean open = !secured && !port.deviceOwner().equals(DeviceOwner.METADATA);
        Map<String, String> options = new TreeMap<>();
        port.binding()
                .host()
                .flatMap(
                        host ->
                                intended.chassis().stream()
                                        .filter(each -> each.is(host))
                                        .findFirst())
                .ifPresent(chassis -> options.put("requested-chassis", chassis.name()));
        draft.texts("addresses", open ? List.of(own, "unknown") : List.of(own))
                .texts("port_security", secured ? security(port) : List.of())
                .map("options", options)
                .with("enabled", Value.of(port.adminStateUp()))
                .refs("dhcpv4_options", DhcpRows.optionsOf(intended, port, 4).stream().toList())
                .refs("dhcpv6_options", DhcpRows.optionsOf(intended, port, 6).stream().toList());
        return draft;
    }

    /** As whom the port may send: itself, and whoever else was allowed. */
    private static List<String> security(PortRow port) {
        Map<String, List<String>> byMac = new TreeMap<>();
        byMac.put(
                port.mac().toString(),
                new ArrayList<>(port.fixedIps().stream().map(FixedIp::ipAddress).toList()));
        for (AddressPair pair : port.pairs()) {
            byMac.computeIfAbsent(pair.macAddress(), mac -> new ArrayList<>())
                    .add(pair.ipAddress());
        }
        return byMac.entrySet().stream()
                .map(entry -> addresses(entry.getKey(), entry.getValue()))
                .toList();
    }

    private static String addresses(String mac, List<String> ips) {
        return ips.isEmpty() ? mac : mac + " " + String.join(" ", ips);
    }
}
