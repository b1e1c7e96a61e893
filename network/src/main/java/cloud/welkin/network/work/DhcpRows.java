package cloud.welkin.network.work;

import cloud.welkin.network.domain.Addressing;
import cloud.welkin.network.domain.DeviceOwner;
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

    /** dnsmasq's names, which Neutron takes, and OVN's. */
    private static final Map<String, String> NAMES_4 =
            Map.ofEntries(
                    Map.entry("mtu", "mtu"),
                    Map.entry("26", "mtu"),
                    Map.entry("router", "router"),
                    Map.entry("3", "router"),
                    Map.entry("dns-server", "dns_server"),
                    Map.entry("6", "dns_server"),
                    Map.entry("domain-name", "domain_name"),
                    Map.entry("15", "domain_name"),
                    Map.entry("domain-search", "domain_search_list"),
                    Map.entry("ntp-server", "ntp_server"),
                    Map.entry("42", "ntp_server"),
                    Map.entry("lease-time", "lease_time"),
                    Map.entry("netmask", "netmask"),
                    Map.entry("hostname", "hostname"),
                    Map.entry("tftp-server", "tftp_server"),
                    Map.entry("66", "tftp_server"),
                    Map.entry("server-ip-address", "tftp_server_address"),
                    Map.entry("150", "tftp_server_address"),
                    Map.entry("bootfile-name", "bootfile_name"),
                    Map.entry("67", "bootfile_name"),
                    Map.entry("classless-static-route", "classless_static_route"),
                    Map.entry("wpad", "wpad"));

    private static final Map<String, String> NAMES_6 =
            Map.of(
                    "dns-server",
                    "dns_server",
                    "domain-search",
                    "domain_search",
                    "server-id",
                    "server_id");
    private static final List<String> QUOTED =
            List.of(
                    "domain_name",
                    "domain_search",
                    "domain_search_list",
                    "hostname",
                    "tftp_server",
                    "bootfile_name",
                    "wpad");

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
                        .findFirst();
    }

    private static List<DhcpOption> ofVersion(PortRow port, int version) {
        Map<String, String> names = version == 4 ? NAMES_4 : NAMES_6;
        return port.dhcpOptions().stream()
                .filter(
                        option ->
                                option.ipVersion() == version
                                        && names.containsKey(option.optName()))
                .toList();
    }

    private static void add(Map<String, String> options, DhcpOption option, int version) {
        String name =
                (version == 4 ? NAMES_4 : NAMES_6).getOrDefault(option.optName(), option.optName());
        String value = option.optValue();
        options.put(name, QUOTED.contains(name) ? quoted(value) : value);
    }

    private static String quoted(String value) {
        return '"' + value.replace("\"", "") + '"';
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
        options.put("domain_name", quoted(DOMAIN));
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
        options.put("domain_search", quoted(DOMAIN));
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
