package cloud.welkin.network.store;

import static cloud.welkin.network.schema.Tables.ADDRESS;
import static cloud.welkin.network.schema.Tables.FLOATING_IP;
import static cloud.welkin.network.schema.Tables.NETWORK_;
import static cloud.welkin.network.schema.Tables.PORT;
import static cloud.welkin.network.schema.Tables.SECURITY_GROUP;
import static cloud.welkin.network.schema.Tables.SUBNET;

import cloud.welkin.database.Tx;
import cloud.welkin.kernel.id.Ids;
import cloud.welkin.network.MetadataPort;
import cloud.welkin.network.Networks.FixedIp;
import cloud.welkin.network.Networks.PortFacts;
import cloud.welkin.network.domain.Cidr;
import cloud.welkin.network.domain.DeviceOwner;
import cloud.welkin.network.domain.FloatingIpRow;
import cloud.welkin.network.domain.Ip;
import cloud.welkin.network.domain.Mac;
import cloud.welkin.network.domain.NetworkRow;
import cloud.welkin.network.domain.PortRow;
import cloud.welkin.network.domain.SubnetRow;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * What compute and the hosts need to know of ports, in a fixed number of statements however many
 * ports there are.
 */
public final class ServerPortStore {
    private final NetworkStore networks;
    private final SubnetStore subnets;
    private final FloatingIpStore floatingIps;

    public ServerPortStore(
            NetworkStore networks, SubnetStore subnets, FloatingIpStore floatingIps) {
        this.networks = networks;
        this.subnets = subnets;
        this.floatingIps = floatingIps;
    }

    public List<PortFacts> of(Tx tx, List<PortRow> ports) {
        if (ports.isEmpty()) {
            return List.of();
        }
        Set<UUID> networkIds = new HashSet<>();
        Set<UUID> groupIds = new HashSet<>();
        ports.forEach(
                port -> {
                    networkIds.add(port.network());
                    groupIds.addAll(port.securityGroups());
                });
        Map<UUID, NetworkRow> networkRows = new HashMap<>();
        networks.where(tx, NETWORK_.ID.in(networkIds))
                .forEach(row -> networkRows.put(row.id(), row));
        Map<UUID, SubnetRow> subnetRows = new HashMap<>();
        subnets.where(tx, SUBNET.NETWORK_ID.in(networkIds))
                .forEach(row -> subnetRows.put(row.id(), row));
        Map<UUID, String> groupNames = groupNames(tx, groupIds);
        List<FloatingIpRow> floating =
                floatingIps.toPorts(tx, ports.stream().map(PortRow::id).toList());
        List<PortFacts> facts = new ArrayList<>();
        for (PortRow port : ports) {
            Optional.ofNullable(networkRows.get(port.network()))
                    .ifPresent(
                            network ->
                                    facts.add(
                                            facts(
                                                    port,
                                                    network,
                                                    subnetRows,
                                                    groupNames,
                                                    floating)));
        }
        return facts;
    }

    private static PortFacts facts(
            PortRow port,
            NetworkRow network,
            Map<UUID, SubnetRow> subnetRows,
            Map<UUID, String> groupNames,
            List<FloatingIpRow> floating) {
        List<FixedIp> fixed = new ArrayList<>();
        for (PortRow.FixedIp ip : port.fixedIps()) {
            Optional.ofNullable(subnetRows.get(ip.subnetId()))
                    .ifPresent(
                            subnet ->
                                    fixed.add(
                                            new FixedIp(
                                                    ip.ipAddress(),
                                                    subnet.version(),
                                                    subnet.id(),
                                                    subnet.cidr().toString(),
                                                    subnet.gateway().map(Ip::toString),
                                                    subnet.dns(),
                                                    subnet.dhcp(),
                                                    leadingTo(port, ip, floating))));
        }
        return new PortFacts(
                port.id(),
                port.network(),
                network.name(),
                port.project(),
                port.mac().toString(),
                fixed,
                port.securityGroups().stream()
                        .map(id -> groupNames.getOrDefault(id, id.toString()))
                        .toList(),
                Ids.uuid(port.deviceId()),
                "tap" + port.id().toString().substring(0, 11),
                network.mtu(),
                port.status(),
                !port.madeForServer());
    }

    private static List<String> leadingTo(
            PortRow port, PortRow.FixedIp ip, List<FloatingIpRow> floating) {
        return floating.stream()
                .filter(
                        each ->
                                each.association()
                                        .filter(
                                                to ->
                                                        to.port().equals(port.id())
                                                                && to.fixedIp()
                                                                        .equals(ip.ipAddress()))
                                        .isPresent())
                .map(FloatingIpRow::address)
                .toList();
    }

    private static Map<UUID, String> groupNames(Tx tx, Collection<UUID> ids) {
        return ids.isEmpty()
                ? Map.of()
                : tx.sql()
                        .select(SECURITY_GROUP.ID, SECURITY_GROUP.NAME)
                        .from(SECURITY_GROUP)
                        .where(SECURITY_GROUP.ID.in(ids))
                        .fetchMap(SECURITY_GROUP.ID, SECURITY_GROUP.NAME);
    }

    /** The device id of the port that has this address in this network. */
    public Optional<String> deviceAt(Tx tx, UUID network, Ip ip) {
        Optional<String> byRow =
                tx.sql()
                        .select(PORT.DEVICE_ID)
                        .from(ADDRESS)
                        .join(PORT)
                        .on(PORT.ID.eq(ADDRESS.PORT_ID))
                        .where(ADDRESS.NETWORK_ID.eq(network), ADDRESS.IP.eq(ip.toString()))
                        .fetchOptional(row -> Rows.get(row, PORT.DEVICE_ID));
        return byRow.isPresent() || !ip.isLinkLocal() || ip.version() == 4
                ? byRow
                : byLinkLocal(tx, network, ip);
    }

    /** A guest that asks by IPv6 does so from the link-local address that it made of its MAC. */
    private static Optional<String> byLinkLocal(Tx tx, UUID network, Ip ip) {
        Cidr link = Cidr.of("fe80::/64");
        return tx
                .sql()
                .select(PORT.MAC_ADDRESS, PORT.DEVICE_ID)
                .from(PORT)
                .where(PORT.NETWORK_ID.eq(network), PORT.DEVICE_ID.ne(""))
                .fetch()
                .stream()
                .filter(row -> Ip.eui64(link, Mac.of(Rows.get(row, PORT.MAC_ADDRESS))).equals(ip))
                .map(row -> Rows.get(row, PORT.DEVICE_ID))
                .findFirst();
    }

    public List<MetadataPort> metadataPorts(Tx tx, String host) {
        var bound = PORT.as("bound");
        List<PortRow> found =
                PortStore.LISTING.where(
                        tx,
                        PORT.DEVICE_OWNER
                                .eq(DeviceOwner.METADATA)
                                .and(
                                        PORT.NETWORK_ID.in(
                                                org.jooq
                                                        .impl
                                                        .DSL
                                                        .select(bound.NETWORK_ID)
                                                        .from(bound)
                                                        .where(bound.BINDING_HOST.eq(host)))));
        return of(tx, found).stream()
                .map(
                        facts ->
                                new MetadataPort(
                                        facts.network(),
                                        facts.id(),
                                        facts.mac(),
                                        facts.fixedIps().stream()
                                                .map(
                                                        ip ->
                                                                ip.address()
                                                                        + "/"
                                                                        + Cidr.of(ip.cidr())
                                                                                .prefix())
                                                .toList(),
                                        facts.mtu()))
                .toList();
    }

    /** Ports that a floating IP leads to although they do not have the address it leads to. */
    public List<UUID> danglingFloatingIps(Tx tx) {
        return tx.sql()
                .select(FLOATING_IP.ID)
                .from(FLOATING_IP)
                .where(
                        FLOATING_IP.PORT_ID.isNotNull(),
                        org.jooq.impl.DSL.notExists(
                                org.jooq
                                        .impl
                                        .DSL
                                        .selectOne()
                                        .from(ADDRESS)
                                        .where(
                                                ADDRESS.PORT_ID.eq(FLOATING_IP.PORT_ID),
                                                ADDRESS.IP.eq(FLOATING_IP.FIXED_IP_ADDRESS))))
                .fetch(row -> Rows.get(row, FLOATING_IP.ID));
    }
}
