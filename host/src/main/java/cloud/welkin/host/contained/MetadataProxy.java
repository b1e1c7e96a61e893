package cloud.welkin.host.contained;

import java.util.List;

/**
 * The metadata service of one network on one host.
 *
 * @param portId the network's localport in OVN
 * @param addresses the localport's, with prefix lengths; 169.254.169.254 and fe80::a9fe:a9fe come
 *     by themselves
 */
public record MetadataProxy(String networkId, String portId, String mac, List<String> addresses) {
    public MetadataProxy {
        addresses = List.copyOf(addresses);
        if (!networkId.matches("[A-Za-z0-9-]+")) {
            throw new IllegalArgumentException("not a network id: " + networkId);
        }
    }
}
