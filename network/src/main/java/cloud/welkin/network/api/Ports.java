package cloud.welkin.network.api;

import cloud.welkin.database.Tx;
import cloud.welkin.network.api.Journal.Actor;
import cloud.welkin.network.api.PortWish.Wanted;
import cloud.welkin.network.domain.Cidr;
import cloud.welkin.network.domain.DeviceOwner;
import cloud.welkin.network.domain.Ip;
import cloud.welkin.network.domain.Mac;
import cloud.welkin.network.domain.NetworkRow;
import cloud.welkin.network.domain.NetworkRow.Stamp;
import cloud.welkin.network.domain.PortRow;
import cloud.welkin.network.domain.PortRow.FixedIp;
import cloud.welkin.network.domain.Refusals;
import cloud.welkin.network.domain.SubnetRow;
import cloud.welkin.network.store.AddressStore;
import cloud.welkin.network.store.FloatingIpStore;
import cloud.welkin.network.store.PortStore;
import cloud.welkin.network.store.SubnetStore;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.random.RandomGenerator;

/**
 * What can be done with ports, in a caller's transaction: addresses are taken and given back here
 * and nowhere else.
 */
public final class Ports {
    private static final int MAC_TRIES = 16;

    private final PortStore ports;
    private final SubnetStore subnets;
    private final AddressStore addresses;
    private final FloatingIpStore floatingIps;
    private final SecurityGroups groups;
    private final Journal journal;
    private final RandomGenerator random;

    Ports(
            PortStore ports,
            SubnetStore subnets,
            AddressStore addresses,
            FloatingIpStore floatingIps,
            SecurityGroups groups,
            Journal journal,
            RandomGenerator random) {
        this.ports = ports;
        this.subnets = subnets;
        this.addresses = addresses;
        this.floatingIps = floatingIps;
        this.groups = groups;
        this.journal = journal;
        this.random = random;
    }

    UUID defaultGroup(Tx tx, cloud.welkin.kernel.id.ProjectId project) {
        return groups.defaultOf(tx, project);
    }

    /** Whether a port counts as its project's: the service's own do not. */
    public static boolean counts(PortRow port) {
        return !port.project().value().isEmpty()
                && !port.deviceOwner().equals(DeviceOwner.METADATA);
    }

    /** Makes the port with its addresses; neither counted nor told of, which is for who asked. */
    PortRow insert(Tx tx, PortWish wish) {
        return insert(tx, wish, subnets.ofNetwork(tx, wish.network().id()));
    }

    PortRow insert(Tx tx, PortWish wish, List<SubnetRow> ofNetwork) {
        Instant now = journal.now();
        PortRow port = fresh(tx, wish, now);
        boolean inserted = ports.insert(tx, port);
        for (int i = 0; !inserted && wish.mac().isEmpty() && i < MAC_TRIES; i++) {
            port = withMac(port, Mac.random(random));
            inserted = ports.insert(tx, port);
        }
        if (!inserted) {
            throw PortStore.macInUse(port);
        }
        List<FixedIp> fixed =
                wish.fixedIps().isPresent()
                        ? chosen(tx, port, wish.fixedIps().get(), ofNetwork, 0)
                        : usual(tx, port, ofNetwork);
        if (!isRouters(port)) {
            fixed.addAll(automatic(tx, port, fixed, ofNetwork));
        }
        return withAddresses(port, fixed);
    }

    private PortRow fresh(Tx tx, PortWish wish, Instant now) {
        boolean networks = DeviceOwner.isNetworks(wish.deviceOwner());
        List<UUID> itsGroups =
                !wish.portSecurity() || networks
                        ? wish.groups().orElse(List.of())
                        : wish.groups()
                                .orElseGet(() -> List.of(groups.defaultOf(tx, wish.project())));
        String status =
                switch (wish.deviceOwner()) {
                    case DeviceOwner.ROUTER_INTERFACE, DeviceOwner.ROUTER_GATEWAY -> PortRow.ACTIVE;
                    case DeviceOwner.FLOATING_IP -> PortRow.NOT_APPLICABLE;
                    default ->
                            wish.binding().host().isPresent() && !networks
                                    ? journal.backbone().statusWhenBound()
                                    : PortRow.DOWN;
                };
        return new PortRow(
                UUID.randomUUID(),
                wish.project(),
                wish.network().id(),
                wish.name(),
                wish.description(),
                wish.mac().orElseGet(() -> Mac.random(random)),
                wish.adminStateUp(),
                status,
                wish.deviceId(),
                wish.deviceOwner(),
                List.of(),
                itsGroups,
                wish.portSecurity(),
                wish.pairs(),
                wish.dhcpOptions(),
                wish.dnsName(),
                wish.binding(),
                wish.madeForServer(),
                wish.tags(),
                new Stamp(1, now, now));
    }

    /** The usual addresses: one of IPv4, one of IPv6, from the first subnets that have one left. */
    private List<FixedIp> usual(Tx tx, PortRow port, List<SubnetRow> ofNetwork) {
        List<FixedIp> fixed = new ArrayList<>();
        for (int version : new int[] {4, 6}) {
            List<SubnetRow> eligible =
                    ofNetwork.stream()
                            .filter(subnet -> subnet.version() == version)
                            .filter(subnet -> !subnet.isAutomatic() || isRouters(port))
                            .filter(subnet -> serves(subnet, port))
                            .toList();
            Optional<FixedIp> found = Optional.empty();
            for (SubnetRow subnet : eligible) {
                found =
                        addresses
                                .allocate(tx, subnet, port.id(), fixed.size())
                                .map(ip -> new FixedIp(subnet.id(), ip.toString()));
                if (found.isPresent()) {
                    break;
                }
            }
            if (found.isEmpty() && !eligible.isEmpty()) {
                throw Refusals.noAddressLeft(port.network());
            }
            found.ifPresent(fixed::add);
        }
        return fixed;
    }

    private static boolean serves(SubnetRow subnet, PortRow port) {
        return subnet.serviceTypes().isEmpty()
                || subnet.serviceTypes().stream()
                        .anyMatch(type -> port.deviceOwner().startsWith(type));
    }

    /** The addresses that a client chose, wholly or by subnet. */
    private List<FixedIp> chosen(
            Tx tx, PortRow port, List<Wanted> wanted, List<SubnetRow> ofNetwork, int position) {
        List<FixedIp> fixed = new ArrayList<>();
        for (Wanted each : wanted) {
            SubnetRow subnet = subnetOf(port.network(), each, ofNetwork);
            Ip ip =
                    each.ip().isPresent()
                            ? claimed(tx, port, subnet, each.ip().get(), position + fixed.size())
                            : subnet.isAutomatic() && !isRouters(port)
                                    ? claimed(
                                            tx,
                                            port,
                                            subnet,
                                            Ip.eui64(subnet.cidr(), port.mac()),
                                            position + fixed.size())
                                    : addresses
                                            .allocate(
                                                    tx, subnet, port.id(), position + fixed.size())
                                            .orElseThrow(
                                                    () -> Refusals.noAddressLeft(port.network()));
            fixed.add(new FixedIp(subnet.id(), ip.toString()));
        }
        return fixed;
    }

    private Ip claimed(Tx tx, PortRow port, SubnetRow subnet, Ip ip, int position) {
        boolean own = subnet.isAutomatic() && ip.equals(Ip.eui64(subnet.cidr(), port.mac()));
        if (subnet.isAutomatic() && !own && !isRouters(port)) {
            throw Refusals.invalid(
                    "IPv6 address %s can not be directly assigned to a port on subnet %s since the subnet is"
                            + " configured for automatic addresses",
                    ip, subnet.id());
        }
        if (!addresses.claim(tx, subnet, port.id(), position, ip)) {
            throw Refusals.addressInUse(port.network(), ip);
        }
        return ip;
    }

    /** The subnet that an address is wanted of. */
    static SubnetRow subnetOf(UUID network, Wanted wanted, List<SubnetRow> ofNetwork) {
        if (wanted.subnet().isPresent()) {
            SubnetRow subnet =
                    ofNetwork.stream()
                            .filter(each -> each.id().equals(wanted.subnet().get()))
                            .findFirst()
                            .orElseThrow(
                                    () ->
                                            Refusals.invalid(
                                                    "Failed to create port on network %s, because fixed_ips included"
                                                            + " invalid subnet %s",
                                                    network, wanted.subnet().get()));
            wanted.ip().ifPresent(ip -> checkInside(subnet, ip));
            return subnet;
        }
        Ip ip =
                wanted.ip()
                        .orElseThrow(
                                () ->
                                        Refusals.invalid(
                                                "IP allocation requires subnet_id or ip_address"));
        SubnetRow subnet =
                ofNetwork.stream()
                        .filter(each -> each.cidr().contains(ip))
                        .findFirst()
                        .orElseThrow(
                                () ->
                                        Refusals.bad(
                                                "InvalidIpForNetwork",
                                                "IP address %s is not a valid IP for any of the subnets on the"
                                                        + " specified network.",
                                                ip));
        checkInside(subnet, ip);
        return subnet;
    }

    private static void checkInside(SubnetRow subnet, Ip ip) {
        Cidr cidr = subnet.cidr();
        boolean reserved =
                cidr.version() == 4
                        && cidr.prefix() < 31
                        && (ip.equals(cidr.first()) || ip.equals(cidr.last()));
        if (!cidr.contains(ip) || reserved) {
            throw Refusals.bad(
                    "InvalidIpForSubnet",
                    "IP address %s is not a valid IP for the specified subnet.",
                    ip);
        }
    }

    /** Addresses that the guest will make for itself, of every subnet that lets it. */
    private List<FixedIp> automatic(
            Tx tx, PortRow port, List<FixedIp> already, List<SubnetRow> ofNetwork) {
        List<FixedIp> fixed = new ArrayList<>();
        for (SubnetRow subnet : ofNetwork) {
            boolean had = already.stream().anyMatch(each -> each.subnetId().equals(subnet.id()));
            if (subnet.isAutomatic() && !had && !DeviceOwner.isNetworks(port.deviceOwner())) {
                Ip ip =
                        claimed(
                                tx,
                                port,
                                subnet,
                                Ip.eui64(subnet.cidr(), port.mac()),
                                already.size() + fixed.size());
                fixed.add(new FixedIp(subnet.id(), ip.toString()));
            }
        }
        return fixed;
    }

    /** Makes the addresses of a port these; what it has already it keeps. */
    void readdress(Tx tx, PortRow port, List<Wanted> wanted, Instant now) {
        List<SubnetRow> ofNetwork = subnets.ofNetwork(tx, port.network());
        List<FixedIp> kept = new ArrayList<>();
        List<Wanted> more = new ArrayList<>();
        for (Wanted each : wanted) {
            SubnetRow subnet = subnetOf(port.network(), each, ofNetwork);
            Optional<FixedIp> had =
                    port.fixedIps().stream()
                            .filter(one -> !kept.contains(one))
                            .filter(one -> one.subnetId().equals(subnet.id()))
                            .filter(
                                    one ->
                                            each.ip().isEmpty()
                                                    || one.ipAddress()
                                                            .equals(each.ip().get().toString()))
                            .findFirst();
            had.ifPresentOrElse(kept::add, () -> more.add(each));
        }
        List<FixedIp> gone = port.fixedIps().stream().filter(one -> !kept.contains(one)).toList();
        addresses.release(tx, port.id(), gone);
        floatingIps.disassociate(
                tx, port.id(), gone.stream().map(FixedIp::ipAddress).toList(), now);
        List<FixedIp> all = new ArrayList<>(kept);
        all.addAll(chosen(tx, port, more, ofNetwork, port.fixedIps().size()));
        if (!isRouters(port)) {
            automatic(tx, port, all, ofNetwork);
        }
    }

    /** Counts and tells of a new port of a project. */
    void created(Tx tx, Actor actor, List<PortRow> made) {
        for (PortRow port : made) {
            tell(tx, actor, "port.create.end", port);
        }
        if (!made.isEmpty()) {
            long count = made.stream().filter(Ports::counts).count();
            if (count > 0) {
                journal.count(tx, made.getFirst().project(), Journal.PORT, count);
            }
        }
    }

    /** Deletes the port; floating IPs that led to it lead nowhere. Neither counted nor told of. */
    void remove(Tx tx, PortRow port) {
        if (floatingIps.disassociate(tx, port.id(), journal.now())) {
            journal.backbone().changed(tx);
        }
        ports.delete(tx, port.id());
    }

    /** The backbone has to follow only where the port is plugged in. */
    private void tell(Tx tx, Actor actor, String type, PortRow port) {
        if (port.isPlugged()) {
            journal.backbone().changed(tx);
        }
        journal.told(tx, actor, type, port.project(), port.id(), payload(port));
    }

    void deleted(Tx tx, Actor actor, PortRow port) {
        tell(tx, actor, "port.delete.end", port);
        if (counts(port)) {
            journal.count(tx, port.project(), Journal.PORT, -1);
        }
    }

    /**
     * Gives a network with DHCP its metadata port, and that port an address of each subnet that
     * DHCP serves.
     */
    void ensureMetadataPort(Tx tx, NetworkRow network) {
        List<SubnetRow> ofNetwork = subnets.ofNetwork(tx, network.id());
        List<SubnetRow> served =
                ofNetwork.stream()
                        .filter(SubnetRow::dhcp)
                        .filter(subnet -> !network.external())
                        .toList();
        Optional<PortRow> existing = ports.metadataPort(tx, network.id());
        if (served.isEmpty()) {
            existing.ifPresent(port -> remove(tx, port));
            return;
        }
        PortRow port =
                existing.orElseGet(
                        () ->
                                insert(
                                        tx,
                                        PortWish.ofService(
                                                network.project(),
                                                network,
                                                "ovnmeta-" + network.id(),
                                                DeviceOwner.METADATA,
                                                Optional.of(List.of()))));
        List<FixedIp> gone =
                port.fixedIps().stream()
                        .filter(
                                ip ->
                                        served.stream()
                                                .noneMatch(
                                                        subnet ->
                                                                subnet.id().equals(ip.subnetId())))
                        .toList();
        addresses.release(tx, port.id(), gone);
        for (SubnetRow subnet : served) {
            boolean has =
                    port.fixedIps().stream().anyMatch(ip -> ip.subnetId().equals(subnet.id()));
            if (!has && subnet.version() == 4) {
                addresses.allocate(tx, subnet, port.id(), port.fixedIps().size());
            }
        }
    }

    static Map<String, Object> payload(PortRow port) {
        return Map.of(
                "port",
                Map.of(
                        "id", port.id(),
                        "network_id", port.network(),
                        "tenant_id", port.project().value(),
                        "device_id", port.deviceId(),
                        "device_owner", port.deviceOwner(),
                        "mac_address", port.mac().toString(),
                        "fixed_ips", port.fixedIps()));
    }

    private static boolean isRouters(PortRow port) {
        return port.deviceOwner().startsWith("network:router");
    }

    private static PortRow withMac(PortRow p, Mac mac) {
        return new PortRow(
                p.id(),
                p.project(),
                p.network(),
                p.name(),
                p.description(),
                mac,
                p.adminStateUp(),
                p.status(),
                p.deviceId(),
                p.deviceOwner(),
                p.fixedIps(),
                p.securityGroups(),
                p.portSecurity(),
                p.pairs(),
                p.dhcpOptions(),
                p.dnsName(),
                p.binding(),
                p.madeForServer(),
                p.tags(),
                p.stamp());
    }

    private static PortRow withAddresses(PortRow p, List<FixedIp> fixed) {
        return new PortRow(
                p.id(),
                p.project(),
                p.network(),
                p.name(),
                p.description(),
                p.mac(),
                p.adminStateUp(),
                p.status(),
                p.deviceId(),
                p.deviceOwner(),
                List.copyOf(fixed),
                p.securityGroups(),
                p.portSecurity(),
                p.pairs(),
                p.dhcpOptions(),
                p.dnsName(),
                p.binding(),
                p.madeForServer(),
                p.tags(),
                p.stamp());
    }
}
