package cloud.welkin.network.api;

import cloud.welkin.database.Tx;
import cloud.welkin.kernel.id.ProjectId;
import cloud.welkin.network.api.PortWish.Wanted;
import cloud.welkin.network.domain.Cidr;
import cloud.welkin.network.domain.DeviceOwner;
import cloud.welkin.network.domain.NetworkRow;
import cloud.welkin.network.domain.PortRow;
import cloud.welkin.network.domain.PortRow.FixedIp;
import cloud.welkin.network.domain.Refusals;
import cloud.welkin.network.domain.Route;
import cloud.welkin.network.domain.RouterRow;
import cloud.welkin.network.domain.RouterRow.Gateway;
import cloud.welkin.network.domain.SubnetChecks;
import cloud.welkin.network.domain.SubnetRow;
import cloud.welkin.network.store.PortStore;
import cloud.welkin.network.store.RouterStore;
import cloud.welkin.network.store.SubnetStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * What routers do with ports: a port for each interface, and one without a project for the gateway.
 */
final class Routers {
    private final RouterStore store;
    private final PortStore portStore;
    private final SubnetStore subnets;
    private final Ports ports;

    Routers(RouterStore store, PortStore portStore, SubnetStore subnets, Ports ports) {
        this.store = store;
        this.portStore = portStore;
        this.subnets = subnets;
        this.ports = ports;
    }

    /** The interfaces of a router, oldest first. */
    List<PortRow> interfaces(Tx tx, UUID router) {
        return portStore.ofDevices(tx, List.of(router.toString())).stream()
                .filter(port -> port.deviceOwner().equals(DeviceOwner.ROUTER_INTERFACE))
                .toList();
    }

    /** Makes the port in the external network by which a router goes out. */
    Gateway openGateway(
            Tx tx,
            UUID router,
            NetworkRow external,
            boolean snat,
            Optional<List<Wanted>> fixedIps) {
        if (!external.external()) {
            throw Refusals.bad(
                    "BadRequest",
                    "Bad router request: Network %s is not an external network.",
                    external.id());
        }
        List<SubnetRow> ofNetwork = subnets.ofNetwork(tx, external.id());
        List<Wanted> wanted =
                fixedIps.filter(list -> !list.isEmpty()).orElseGet(() -> oneOfEach(ofNetwork));
        PortRow port =
                ports.insert(
                        tx,
                        PortWish.ofService(
                                new ProjectId(""),
                                external,
                                router.toString(),
                                DeviceOwner.ROUTER_GATEWAY,
                                wanted.isEmpty() ? Optional.of(List.of()) : Optional.of(wanted)),
                        ofNetwork);
        return new Gateway(external.id(), port.id(), snat, port.fixedIps());
    }

    private static List<Wanted> oneOfEach(List<SubnetRow> ofNetwork) {
        List<Wanted> wanted = new ArrayList<>();
        for (int version : new int[] {4, 6}) {
            ofNetwork.stream()
                    .filter(subnet -> subnet.version() == version)
                    .findFirst()
                    .ifPresent(subnet -> wanted.add(Wanted.anyOf(subnet.id())));
        }
        return wanted;
    }

    /** The port must no longer be the router's in its row. */
    void closeGateway(Tx tx, Gateway gateway) {
        portStore.find(tx, gateway.port()).ifPresent(port -> ports.remove(tx, port));
    }

    /** Joins a subnet by its gateway address. */
    PortRow joinSubnet(Tx tx, RouterRow router, NetworkRow network, SubnetRow subnet) {
        var gateway =
                subnet.gateway()
                        .orElseThrow(
                                () ->
                                        Refusals.bad(
                                                "BadRequest",
                                                "Bad router request: Subnet for router interface must have a gateway IP."));
        if (subnet.isAutomatic() && subnet.raMode().isEmpty()) {
            throw Refusals.bad(
                    "BadRequest",
                    "Bad router request: IPv6 subnet %s configured to receive RAs from an external router cannot be"
                            + " added to Neutron Router.",
                    subnet.id());
        }
        checkOverlap(tx, router, List.of(subnet));
        return ports.insert(
                tx,
                PortWish.ofService(
                        router.project(),
                        network,
                        router.id().toString(),
                        DeviceOwner.ROUTER_INTERFACE,
                        Optional.of(List.of(Wanted.of(subnet.id(), gateway)))));
    }

    /** Blocks behind one router must not overlap. */
    void checkOverlap(Tx tx, RouterRow router, List<SubnetRow> joining) {
        for (PortRow port : interfaces(tx, router.id())) {
            for (FixedIp ip : port.fixedIps()) {
                SubnetRow there = SubnetStore.LISTING.find(tx, ip.subnetId()).orElseThrow();
                for (SubnetRow subnet : joining) {
                    if (there.id().equals(subnet.id())) {
                        throw Refusals.bad(
                                "BadRequest",
                                "Bad router request: Router already has a port on subnet %s.",
                                subnet.id());
                    }
                    if (there.cidr().overlaps(subnet.cidr())) {
                        throw Refusals.bad(
                                "BadRequest",
                                "Bad router request: Cidr %s of subnet %s overlaps with cidr %s of subnet %s.",
                                subnet.cidr(),
                                subnet.id(),
                                there.cidr(),
                                there.id());
                    }
                }
            }
        }
    }

    /**
     * Every route's next hop must be an address that some port of the router can reach by itself.
     */
    void checkRoutes(Tx tx, RouterRow router, List<Route> routes) {
        if (routes.isEmpty()) {
            return;
        }
        List<Cidr> reachable = new ArrayList<>();
        List<FixedIp> own = new ArrayList<>();
        interfaces(tx, router.id()).forEach(port -> own.addAll(port.fixedIps()));
        router.gateway().ifPresent(gateway -> own.addAll(gateway.fixedIps()));
        own.forEach(
                ip ->
                        SubnetStore.LISTING
                                .find(tx, ip.subnetId())
                                .ifPresent(s -> reachable.add(s.cidr())));
        for (Route route : routes) {
            SubnetChecks.route("routes", route);
            var hop = Texts.ip("routes", route.nexthop());
            if (reachable.stream().noneMatch(cidr -> cidr.contains(hop))) {
                throw Refusals.bad(
                        "InvalidRoutes",
                        "Invalid format for routes: %s, the nexthop is not connected with router",
                        route.destination() + " by " + hop);
            }
            if (own.stream().anyMatch(ip -> ip.ipAddress().equals(hop.toString()))) {
                throw Refusals.bad(
                        "InvalidRoutes",
                        "Invalid format for routes: %s, the nexthop is used by router",
                        route.destination() + " by " + hop);
            }
        }
    }

    /** A router's interface may only go when nothing counts on it. */
    void checkLeaving(Tx tx, RouterRow router, PortRow port) {
        for (FixedIp ip : port.fixedIps()) {
            SubnetRow subnet = SubnetStore.LISTING.find(tx, ip.subnetId()).orElseThrow();
            if (store.floatingIpsBehind(tx, router.id(), subnet.id())) {
                throw Refusals.conflict(
                        "RouterInterfaceInUseByFloatingIP",
                        "Router interface for subnet %s on router %s cannot be deleted, as it is required by one or more"
                                + " floating IPs.",
                        subnet.id(),
                        router.id());
            }
            for (Route route : router.routes()) {
                if (subnet.cidr().contains(cloud.welkin.network.domain.Ip.of(route.nexthop()))) {
                    throw Refusals.conflict(
                            "RouterInterfaceInUseByRoute",
                            "Router interface for subnet %s on router %s cannot be deleted, as it is required by one or"
                                    + " more routes.",
                            subnet.id(),
                            router.id());
                }
            }
        }
    }
}
