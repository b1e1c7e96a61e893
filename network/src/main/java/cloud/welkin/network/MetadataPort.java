package cloud.welkin.network;

import java.util.List;
import java.util.UUID;

/**
 * The port by which a network's guests reach the metadata service; OVN shows it on every host that
 * has a guest of the network.
 *
 * @param port the logical port, which {@code external_ids:iface-id} of the host's interface must
 *     name
 * @param addresses of the form {@code 10.0.0.2/24}; the metadata addresses themselves
 *     (169.254.169.254/32 and fe80::a9fe:a9fe/64) come on top
 */
public record MetadataPort(UUID network, UUID port, String mac, List<String> addresses, int mtu) {}
