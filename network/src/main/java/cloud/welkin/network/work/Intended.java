package cloud.welkin.network.work;

import cloud.welkin.network.domain.DeviceOwner;
import cloud.welkin.network.domain.FloatingIpRow;
import cloud.welkin.network.domain.NetworkRow;
import cloud.welkin.network.domain.PortRow;
import cloud.welkin.network.domain.RouterRow;
import cloud.welkin.network.domain.SecurityGroupRow;
import cloud.welkin.network.domain.SubnetRow;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What the networks shall be: all rows at one snapshot, and the hosts that there are. Ports that
 * are nowhere plugged in, and networks without any others, are left out: nothing passes there.
 */
public record Intended(
        Map<UUID, NetworkRow> networks,
        Map<UUID, SubnetRow> subnets,
        Map<UUID, PortRow> ports,
        Map<UUID, RouterRow> routers,
        List<FloatingIpRow> floatingIps,
        List<SecurityGroupRow> groups,
        List<Chassis> chassis) {

    public static Intended of(
            List<NetworkRow> networks,
            List<SubnetRow> subnets,
            List<PortRow> ports,
            List<RouterRow> routers,
            List<FloatingIpRow> floatingIps,
            List<SecurityGroupRow> groups,
            List<Chassis> chassis) {
        List<PortRow> plugged = ports.stream().filter(PortRow::isPlugged).toList();
        Set<UUID> used = plugged.stream().map(PortRow::network).collect(Collectors.toSet());
        return new Intended(
                by(
                        networks.stream()
                                .filter(each -> used.contains(each.id()) || each.isPhysical())
                                .toList(),
                        NetworkRow::id),
                by(subnets, SubnetRow::id),
                by(plugged, PortRow::id),
                by(routers, RouterRow::id),
                List.copyOf(floatingIps),
                List.copyOf(groups),
                List.copyOf(chassis));
    }

    private static <T> Map<UUID, T> by(List<T> rows, Function<T, UUID> id) {
        return rows.stream().collect(Collectors.toUnmodifiableMap(id, Function.identity()));
    }

    Optional<SubnetRow> subnet(UUID id) {
        return Optional.ofNullable(subnets.get(id));
    }

    Optional<NetworkRow> network(UUID id) {
        return Optional.ofNullable(networks.get(id));
    }

    /** The address of the metadata port in each subnet that has one. */
    Map<UUID, String> metadataAddresses() {
        return ports.values().stream()
                .filter(port -> port.deviceOwner().equals(DeviceOwner.METADATA))
                .flatMap(port -> port.fixedIps().stream())
                .collect(
                        Collectors.toUnmodifiableMap(
                                PortRow.FixedIp::subnetId, PortRow.FixedIp::ipAddress));
    }

    /** The router's ports, by their role. */
    List<PortRow> portsOf(UUID router, String owner) {
        return ports.values().stream()
                .filter(
                        port ->
                                port.deviceOwner().equals(owner)
                                        && port.deviceId().equals(router.toString()))
                .sorted(java.util.Comparator.comparing(PortRow::id))
                .toList();
    }
}
