package cloud.welkin.network.work;

import cloud.welkin.network.domain.Addressing;
import cloud.welkin.network.domain.DeviceOwner;
import cloud.welkin.network.domain.FloatingIpRow;
import cloud.welkin.network.domain.FloatingIpRow.Association;
import cloud.welkin.network.domain.Ip;
import cloud.welkin.network.domain.NetworkRow;
import cloud.welkin.network.domain.PortRow;
import cloud.welkin.network.domain.PortRow.FixedIp;
import cloud.welkin.network.domain.Route;
import cloud.welkin.network.domain.RouterRow;
import cloud.welkin.network.domain.RouterRow.Gateway;
import cloud.welkin.network.domain.SubnetRow;
import cloud.welkin.network.work.DesiredRow.Draft;
import cloud.welkin.network.work.DesiredRow.To;
import cloud.welkin.ovsdb.Value;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/** Routers with their ports, routes and translations, and the hosts that hold their gateways. */
final class RouterRows {
    static final String ROUTER = "Logical_Router";
    static final String PORT = "Logical_Router_Port";
    static final String ROUTE = "Logical_Router_Static_Route";
    static final String NAT = "NAT";
    static final String HA_GROUP = "HA_Chassis_Group";
    static final String HA_CHASSIS = "HA_Chassis";

    /** On so many hosts a gateway may be: one works, the others stand by. */
    private static final int STAND_BY = 5;

    private final Intended intended;
    private final List<DesiredRow> rows = new ArrayList<>();
    private final Map<UUID, List<FloatingIpRow>> floatingIps = new HashMap<>();

    private RouterRows(Intended intended) {
        this.intended = intended;
        intended.floatingIps()
                .forEach(
                        ip ->
                                ip.association()
                                        .ifPresent(
                                                to ->
                                                        floatingIps
                                                                .computeIfAbsent(
                                                                        to.router(),
                                                                        id -> new ArrayList<>())
                                                                .add(ip)));
    }

    static List<DesiredRow> of(Intended intended) {
        RouterRows all = new RouterRows(intended);
        intended.routers().values().forEach(all::add);
        return all.rows;
    }

    private void add(RouterRow router) {
        List<PortRow> inside = intended.portsOf(router.id(), DeviceOwner.ROUTER_INTERFACE);
        Optional<PortRow> gateway =
                router.gateway()
                        .map(Gateway::port)
                        .flatMap(id -> Optional.ofNullable(intended.ports().get(id)));
        List<To> ports = new ArrayList<>();
        inside.forEach(port -> ports.add(port(port, List.of())));
        gateway.ifPresent(port -> ports.add(port(port, List.of(holders(router, port)))));
        rows.add(
                new Draft(ROUTER, "router:" + router.id())
                        .with("name", "neutron-" + router.id())
                        .with("enabled", Value.of(router.adminStateUp()))
                        .map(
                                "options",
                                Map.of(
                                        "always_learn_from_arp_request",
                                        "false",
                                        "dynamic_neigh_routers",
                                        "true"))
                        .refs("ports", ports)
                        .refs("static_routes", routes(router, gateway))
                        .refs("nat", translations(router, gateway, inside))
                        .done());
    }

    private To port(PortRow port, List<To> holders) {
        List<String> networks = new ArrayList<>();
        Map<String, String> advertisements = new TreeMap<>();
        for (FixedIp ip : port.fixedIps()) {
            intended.subnet(ip.subnetId())
                    .ifPresent(
                            subnet -> {
                                networks.add(ip.ipAddress() + "/" + subnet.cidr().prefix());
                                advertisements.putAll(advertised(subnet));
                            });
        }
        DesiredRow row =
                new Draft(PORT, "port:" + port.id())
                        .with("name", "lrp-" + port.id())
                        .with("mac", port.mac().toString())
                        .texts("networks", networks)
                        .map("ipv6_ra_configs", advertisements)
                        .refs("ha_chassis_group", holders)
                        .done();
        rows.add(row);
        return new To(PORT, row.key());
    }

    /** What the router tells the guests of an IPv6 subnet. */
    private Map<String, String> advertised(SubnetRow subnet) {
        if (subnet.raMode().isEmpty()) {
            return Map.of();
        }
        Map<String, String> told = new TreeMap<>();
        told.put(
                "address_mode",
                switch (subnet.raMode().get()) {
                    case SLAAC -> "slaac";
                    case STATEFUL -> "dhcpv6_stateful";
                    case STATELESS -> "dhcpv6_stateless";
                });
        told.put("send_periodic", "true");
        told.put(
                "mtu",
                intended.network(subnet.network())
                        .map(n -> Integer.toString(n.mtu()))
                        .orElse("1442"));
        if (subnet.raMode().get() == Addressing.SLAAC) {
            subnet.dns().stream().findFirst().ifPresent(server -> told.put("rdnss", server));
        }
        return told;
    }

    /**
     * The hosts that may hold the gateway, best first: the same ones for the same router, spread
     * over all.
     */
    private To holders(RouterRow router, PortRow gateway) {
        Optional<String> physical =
                intended.network(gateway.network())
                        .map(NetworkRow::segment)
                        .flatMap(NetworkRow.Segment::physicalNetwork);
        List<Chassis> able =
                intended.chassis().stream()
                        .filter(
                                each ->
                                        physical.map(each.bridgeMappings()::containsKey)
                                                .orElse(true))
                        .toList();
        List<Chassis> chosen = able.stream().filter(Chassis::gateway).toList();
        List<Chassis> ranked =
                (chosen.isEmpty() ? able : chosen)
                        .stream()
                                .sorted(
                                        Comparator.comparingInt(
                                                        (Chassis each) ->
                                                                weight(router.id(), each.name()))
                                                .thenComparing(Chassis::name))
                                .limit(STAND_BY)
                                .toList();
        String key = "gateway:" + router.id();
        List<To> members = new ArrayList<>();
        for (int i = 0; i < ranked.size(); i++) {
            String member = key + ":" + ranked.get(i).name();
            rows.add(
                    new Draft(HA_CHASSIS, member)
                            .with("chassis_name", ranked.get(i).name())
                            .with("priority", Value.of(STAND_BY - i))
                            .done());
            members.add(new To(HA_CHASSIS, member));
        }
        rows.add(
                new Draft(HA_GROUP, key)
                        .with("name", "neutron-" + router.id())
                        .refs("ha_chassis", members)
                        .done());
        return new To(HA_GROUP, key);
    }

    private static int weight(UUID router, String chassis) {
        return (router + chassis).hashCode();
    }

    private List<To> routes(RouterRow router, Optional<PortRow> gateway) {
        List<To> all = new ArrayList<>();
        gateway.ifPresent(
                port -> {
                    for (FixedIp ip : port.fixedIps()) {
                        intended.subnet(ip.subnetId())
                                .filter(subnet -> subnet.gateway().isPresent())
                                .ifPresent(
                                        subnet -> {
                                            DesiredRow row =
                                                    new Draft(
                                                                    ROUTE,
                                                                    "default:"
                                                                            + router.id()
                                                                            + ":"
                                                                            + subnet.id())
                                                            .with(
                                                                    "ip_prefix",
                                                                    subnet.version() == 4
                                                                            ? "0.0.0.0/0"
                                                                            : "::/0")
                                                            .with(
                                                                    "nexthop",
                                                                    subnet.gateway()
                                                                            .map(Ip::toString)
                                                                            .orElse(""))
                                                            .with("output_port", "lrp-" + port.id())
                                                            .done();
                                            rows.add(row);
                                            all.add(new To(ROUTE, row.key()));
                                        });
                    }
                });
        for (Route route : router.routes()) {
            DesiredRow row =
                    new Draft(
                                    ROUTE,
                                    "route:"
                                            + router.id()
                                            + ":"
                                            + route.destination()
                                            + ":"
                                            + route.nexthop())
                            .with("ip_prefix", route.destination())
                            .with("nexthop", route.nexthop())
                            .done();
            rows.add(row);
            all.add(new To(ROUTE, row.key()));
        }
        return all;
    }

    private List<To> translations(
            RouterRow router, Optional<PortRow> gateway, List<PortRow> inside) {
        List<To> all = new ArrayList<>();
        Optional<String> outside =
                gateway.stream()
                        .flatMap(port -> port.fixedIps().stream())
                        .map(FixedIp::ipAddress)
                        .filter(ip -> Ip.of(ip).version() == 4)
                        .findFirst();
        if (outside.isEmpty()) {
            return all;
        }
        if (router.gateway().map(Gateway::snat).orElse(false)) {
            for (PortRow port : inside) {
                for (FixedIp ip : port.fixedIps()) {
                    intended.subnet(ip.subnetId())
                            .filter(subnet -> subnet.version() == 4)
                            .ifPresent(
                                    subnet ->
                                            all.add(
                                                    nat(
                                                            "snat:"
                                                                    + router.id()
                                                                    + ":"
                                                                    + subnet.id(),
                                                            "snat",
                                                            outside.get(),
                                                            subnet.cidr().toString())));
                }
            }
        }
        for (FloatingIpRow ip : floatingIps.getOrDefault(router.id(), List.of())) {
            all.add(
                    nat(
                            "floating:" + ip.id(),
                            "dnat_and_snat",
                            ip.address(),
                            ip.association().map(Association::fixedIp).orElse("")));
        }
        return all;
    }

    private To nat(String key, String type, String external, String logical) {
        rows.add(
                new Draft(NAT, key)
                        .with("type", type)
                        .with("external_ip", external)
                        .with("logical_ip", logical)
                        .done());
        return new To(NAT, key);
    }
}
