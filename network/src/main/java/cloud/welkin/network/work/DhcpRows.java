package cloud.welkin.network.work;

import cloud.welkin.network.domain.Addressing;
import cloud.welkin.network.domain.DeviceOwner;
import cloud.welkin.network.domain.DhcpNames;
import cloud.welkin.network.domain.Ip;
import cloud.welkin.network.domain.Mac;
import cloud.welkin.network.domain.PortRow;
import cloud.welkin.network.domain.PortRow.DhcpOption;
import cloud.welkin.network.domain.Route;
import cloud.welkin.network.domain.SubnetRow;
import cloud.welkin.network.work.DesiredRow.Draft;
import cloud.welkin.network.work.DesiredRow.To;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What DHCP tells: one row for a subnet, and one for each port that has options of its own. */
final class DhcpRows {
    static final String TABLE = "DHCP_Options";
    static final String DOMAIN = "openstacklocal";
    private static final String LEASE = "43200";
    private static final String METADATA = "169.254.169.254/32";

    private DhcpRows() {}

    static List<DesiredRow> of(Intended intended) {
        Map<java.util.UUID, String> metadata = intended.metadataAddresses();
        List<DesiredRow> rows = new ArrayList<>();
        for (SubnetRow subnet : intended.subnets().values()) {
            if (subnet.hasDhcp()) {
                rows.add(row("subnet:" + subnet.id(), subnet, options(intended, subnet, metadata)));
            }
        }
        for (PortRow port : intended.ports().values()) {
            for (int version : new int[] {4, 6}) {
                List<DhcpOption> own = ofVersion(port, version);
                Optional<SubnetRow> subnet = served(intended, port, version);
                if (!own.isEmpty() && subnet.isPresent()) {
                    Map<String, String> options =
                            new TreeMap<>(options(intended, subnet.get(), metadata));
                    own.forEach(option -> add(options, option, version));
                    rows.add(row("port:" + port.id() + ":" + version, subnet.get(), options));
                }
            }
        }
        return rows;
    }

    /** The row that a port is served by, if DHCP of this version serves it. */
    static Optional<To> optionsOf(Intended intended, PortRow port, int version) {
        return served(intended, port, version)
                .map(
                        subnet ->
                                new To(
                                        TABLE,
                                        ofVersion(port, version).isEmpty()
                                                ? "subnet:" + subnet.id()
                                                : "port:" + port.id() + ":" + version));
    }

    private static Optional<SubnetRow> served(Intended intended, PortRow port, int version) {
        return DeviceOwner.isNetworks(port.deviceOwner())
                ? Optional.empty()
                : port.fixedIps().stream()
                        .flatMap(ip -> intended.subnet(ip.subnetId()).stream())
                        .filter(subnet -> subnet.version() == version && subnet.hasDhcp())
                        .filter(subnet -> !DhcpNames.disable(port.dhcpOptions(), version))
                        .findFirst();
    }

    private static List<DhcpOption> ofVersion(PortRow port, int version) {
        return port.dhcpOptions().stream()
                .filter(
                        option ->
                                option.ipVersion() == version
                                        && DhcpNames.ovn(option.optName(), version).isPresent())
                .toList();
    }

    private static void add(Map<String, String> options, DhcpOption option, int version) {
        DhcpNames.ovn(option.optName(), version)
                .ifPresent(name -> options.put(name, DhcpNames.value(name, option.optValue())));
    }

    private static DesiredRow row(String key, SubnetRow subnet, Map<String, String> options) {
        return new Draft(TABLE, key)
                .with("cidr", subnet.cidr().toString())
                .map("options", options)
                .done();
    }

    private static Map<String, String> options(
            Intended intended, SubnetRow subnet, Map<java.util.UUID, String> metadata) {
        int mtu = intended.network(subnet.network()).map(network -> network.mtu()).orElse(1442);
        String server = Mac.stable(subnet.id().getLeastSignificantBits()).toString();
        return subnet.version() == 4
                ? four(subnet, server, mtu, Optional.ofNullable(metadata.get(subnet.id())))
                : six(subnet, server);
    }

    private static Map<String, String> four(
            SubnetRow subnet, String serverMac, int mtu, Optional<String> metadata) {
        Map<String, String> options = new TreeMap<>();
        Optional<String> gateway = subnet.gateway().map(Ip::toString);
        options.put(
                "server_id",
                gateway.or(() -> metadata).orElse(subnet.cidr().first().plus(1).toString()));
        options.put("server_mac", serverMac);
        options.put("lease_time", LEASE);
        options.put("mtu", Integer.toString(mtu));
        options.put("domain_name", DhcpNames.quoted(DOMAIN));
        gateway.ifPresent(ip -> options.put("router", ip));
        servers(subnet).ifPresent(list -> options.put("dns_server", list));
        List<String> routes = new ArrayList<>();
        metadata.ifPresent(ip -> routes.add(METADATA + "," + ip));
        for (Route route : subnet.routes()) {
            routes.add(route.destination() + "," + route.nexthop());
        }
        // A client that takes routes this way looks at no other default route.
        if (!routes.isEmpty()) {
            gateway.ifPresent(ip -> routes.add("0.0.0.0/0," + ip));
            options.put("classless_static_route", "{" + String.join(", ", routes) + "}");
        }
        return options;
    }

    private static Map<String, String> six(SubnetRow subnet, String serverMac) {
        Map<String, String> options = new TreeMap<>();
        options.put("server_id", serverMac);
        options.put("domain_search", DhcpNames.quoted(DOMAIN));
        servers(subnet).ifPresent(list -> options.put("dns_server", list));
        if (subnet.addressMode().filter(mode -> mode == Addressing.STATELESS).isPresent()) {
            options.put("dhcpv6_stateless", "true");
        }
        return options;
    }

    private static Optional<String> servers(SubnetRow subnet) {
        return subnet.dns().isEmpty()
                ? Optional.empty()
                : Optional.of("{" + String.join(", ", subnet.dns()) + "}");
    }
}
