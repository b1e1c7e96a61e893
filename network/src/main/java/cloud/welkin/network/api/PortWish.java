package cloud.welkin.network.api;

import cloud.welkin.kernel.id.ProjectId;
import cloud.welkin.kernel.json.Json;
import cloud.welkin.network.domain.Ip;
import cloud.welkin.network.domain.Mac;
import cloud.welkin.network.domain.NetworkRow;
import cloud.welkin.network.domain.PortRow.AddressPair;
import cloud.welkin.network.domain.PortRow.Binding;
import cloud.welkin.network.domain.PortRow.DhcpOption;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * A port as somebody wants it, whoever that is: a client, a router, a floating IP, a server.
 *
 * @param fixedIps which addresses; empty for the usual: one of each IP version
 * @param groups which security groups; empty for the usual: the project's default group
 */
public record PortWish(
        ProjectId project,
        NetworkRow network,
        String name,
        String description,
        Optional<Mac> mac,
        boolean adminStateUp,
        String deviceId,
        String deviceOwner,
        Optional<List<Wanted>> fixedIps,
        Optional<List<UUID>> groups,
        boolean portSecurity,
        List<AddressPair> pairs,
        List<DhcpOption> dhcpOptions,
        String dnsName,
        Binding binding,
        boolean madeForServer,
        List<String> tags) {

    /** An address that is wanted: any of a subnet, this very one, or both said. */
    public record Wanted(Optional<UUID> subnet, Optional<Ip> ip) {
        public static Wanted of(UUID subnet, Ip ip) {
            return new Wanted(Optional.of(subnet), Optional.of(ip));
        }

        public static Wanted anyOf(UUID subnet) {
            return new Wanted(Optional.of(subnet), Optional.empty());
        }
    }

    public static final Binding UNBOUND =
            new Binding(Optional.empty(), "normal", Json.mapper().createObjectNode());

    /** A port of the network service's own, such as a router's: nothing is filtered on it. */
    static PortWish ofService(
            ProjectId project,
            NetworkRow network,
            String deviceId,
            String owner,
            Optional<List<Wanted>> fixedIps) {
        return new PortWish(
                project,
                network,
                "",
                "",
                Optional.empty(),
                true,
                deviceId,
                owner,
                fixedIps,
                Optional.of(List.of()),
                false,
                List.of(),
                List.of(),
                "",
                UNBOUND,
                false,
                List.of());
    }
}
