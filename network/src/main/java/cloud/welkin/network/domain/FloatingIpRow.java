package cloud.welkin.network.domain;

import cloud.welkin.kernel.id.ProjectId;
import cloud.welkin.network.domain.NetworkRow.Stamp;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** An address of an external network that a project holds, and where it leads. */
public record FloatingIpRow(
        UUID id,
        ProjectId project,
        String description,
        UUID network,
        String address,
        UUID ownPort,
        Optional<Association> association,
        String status,
        String dnsName,
        String dnsDomain,
        List<String> tags,
        Stamp stamp) {

    /** The port and its address that the floating IP leads to, by way of the router. */
    public record Association(UUID port, String fixedIp, UUID router, PortDetails details) {}

    /** What is shown of the port that a floating IP leads to. */
    public record PortDetails(
            String name,
            UUID networkId,
            String macAddress,
            boolean adminStateUp,
            String status,
            String deviceId,
            String deviceOwner) {}
}
