package cloud.welkin.network.domain;

import cloud.welkin.kernel.id.ProjectId;
import cloud.welkin.network.domain.NetworkRow.Stamp;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** A router. Its interfaces are the ports whose device it is. */
public record RouterRow(
        UUID id,
        ProjectId project,
        String name,
        String description,
        boolean adminStateUp,
        Optional<Gateway> gateway,
        List<Route> routes,
        List<String> zoneHints,
        List<String> tags,
        Stamp stamp) {

    /**
     * The way out: the port in an external network, its addresses, and whether the inside is hidden
     * behind them.
     */
    public record Gateway(UUID network, UUID port, boolean snat, List<PortRow.FixedIp> fixedIps) {}
}
