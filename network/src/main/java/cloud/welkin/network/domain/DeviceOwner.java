package cloud.welkin.network.domain;

import java.util.Set;

/** What ports are for, in Neutron's words (device_owner). */
public final class DeviceOwner {
    public static final String ROUTER_INTERFACE = "network:router_interface";
    public static final String ROUTER_GATEWAY = "network:router_gateway";
    public static final String FLOATING_IP = "network:floatingip";

    /** The port by which the metadata service is reached in a network. */
    public static final String METADATA = "network:distributed";

    public static final String COMPUTE = "compute:";

    /** Ports that only their own API may delete. */
    public static final Set<String> PROTECTED =
            Set.of(ROUTER_INTERFACE, ROUTER_GATEWAY, FLOATING_IP, METADATA);

    private DeviceOwner() {}

    /**
     * Whether the network itself has the port, so that no guest is behind it and nothing is
     * filtered.
     */
    public static boolean isNetworks(String owner) {
        return owner.startsWith("network:");
    }
}
