package cloud.welkin.network.domain;

import cloud.welkin.kernel.id.ProjectId;
import cloud.welkin.network.domain.NetworkRow.Stamp;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * A subnet: a block of addresses of one network, and what DHCP tells about it.
 *
 * @param pool the subnet pool of which the block was cut
 */
public record SubnetRow(
        UUID id,
        ProjectId project,
        UUID network,
        String name,
        String description,
        Cidr cidr,
        Optional<Ip> gateway,
        boolean dhcp,
        List<Pool> pools,
        List<String> dns,
        List<Route> routes,
        Optional<Addressing> raMode,
        Optional<Addressing> addressMode,
        List<String> serviceTypes,
        Optional<UUID> pool,
        List<String> tags,
        Stamp stamp) {

    public int version() {
        return cidr.version();
    }

    /** Whether guests make their addresses here themselves. */
    public boolean isAutomatic() {
        return addressMode.or(() -> raMode).map(Addressing::isAutomatic).orElse(false);
    }

    /** Whether the network service's own DHCP serves the subnet. */
    public boolean hasDhcp() {
        return dhcp
                && (version() == 4
                        || addressMode.map(mode -> mode != Addressing.SLAAC).orElse(false));
    }
}
