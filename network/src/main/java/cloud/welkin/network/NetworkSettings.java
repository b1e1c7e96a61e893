package cloud.welkin.network;

import cloud.welkin.network.domain.Cidr;
import cloud.welkin.network.domain.Ip;
import cloud.welkin.network.domain.Pool;

/**
 * What an operator chooses about networks.
 *
 * @param largestMtu what fits through the tunnels between hosts: the underlay's MTU less 58 for
 *     Geneve
 * @param physicalNetwork the name by which hosts know the way outside ({@code ovn-bridge-mappings})
 * @param publicBlock the addresses of the first external network
 */
public record NetworkSettings(
        int largestMtu,
        String physicalNetwork,
        Cidr publicBlock,
        Ip publicGateway,
        Pool publicPool) {

    public static NetworkSettings defaults() {
        return new NetworkSettings(
                1442,
                "public",
                Cidr.of("172.24.4.0/24"),
                Ip.of("172.24.4.1"),
                new Pool(Ip.of("172.24.4.10"), Ip.of("172.24.4.250")));
    }
}
