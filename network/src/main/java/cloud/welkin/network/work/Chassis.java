package cloud.welkin.network.work;

import java.time.Instant;
import java.util.Map;

/**
 * A host as OVN knows it.
 *
 * @param bridgeMappings physical network to bridge: by which ways the host reaches the outside
 * @param gateway whether an operator chose it for gateways
 * @param seen when it last caught up with a heartbeat
 */
public record Chassis(
        String name,
        String hostname,
        Map<String, String> bridgeMappings,
        boolean gateway,
        Instant seen) {
    /** Whether this is the host that ports name by {@code binding:host_id}. */
    boolean is(String host) {
        return name.equals(host) || hostname.equals(host);
    }
}
