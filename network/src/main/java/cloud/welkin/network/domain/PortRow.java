package cloud.welkin.network.domain;

import cloud.welkin.kernel.id.ProjectId;
import cloud.welkin.network.domain.NetworkRow.Stamp;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/**
 * A port of a network: a MAC, its addresses, and what may pass. Ports of project "" are the network
 * service's own.
 */
public record PortRow(
        UUID id,
        ProjectId project,
        UUID network,
        String name,
        String description,
        Mac mac,
        boolean adminStateUp,
        String status,
        String deviceId,
        String deviceOwner,
        List<FixedIp> fixedIps,
        List<UUID> securityGroups,
        boolean portSecurity,
        List<AddressPair> pairs,
        List<DhcpOption> dhcpOptions,
        String dnsName,
        Binding binding,
        boolean madeForServer,
        List<String> tags,
        Stamp stamp) {

    public static final String ACTIVE = "ACTIVE";
    public static final String DOWN = "DOWN";
    public static final String NOT_APPLICABLE = "N/A";

    /**
     * Whether the port is anywhere that traffic comes from: bound to a host, or the network's own.
     * Only such ports are in OVN; others are rows alone.
     */
    public boolean isPlugged() {
        return binding.host().isPresent() || DeviceOwner.isNetworks(deviceOwner);
    }

    /** An address of the port, in its canonical text. */
    public record FixedIp(UUID subnetId, String ipAddress) {}

    /**
     * Another source that the port may send from: an address or block, and a MAC where it isn't the
     * port's own.
     */
    public record AddressPair(String ipAddress, String macAddress) {}

    /** A DHCP option by dnsmasq's name, as Neutron takes it. */
    public record DhcpOption(String optName, String optValue, int ipVersion) {}

    /** Where and how a port is plugged in. The host is empty while it is not. */
    public record Binding(Optional<String> host, String vnicType, JsonNode profile) {}
}
