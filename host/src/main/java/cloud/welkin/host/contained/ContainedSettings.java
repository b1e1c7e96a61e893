package cloud.welkin.host.contained;

import java.util.Optional;

/**
 * What a contained host shall be.
 *
 * @param name of the host: folder, hostname, chassis
 * @param gateway4 the outside world's address on the public network, with its prefix length
 * @param gateway6 the same for IPv6
 * @param physicalNetwork what OVN's localnet ports call the public network
 * @param publicBridge the Open vSwitch bridge towards it
 * @param mtu of the networks of guests; room for geneve is taken off already
 * @param datapath Open vSwitch's: {@code system} (the kernel's) or {@code netdev}; chosen by
 *     looking at the kernel when empty
 * @param exposed whether the machine itself has a way to the public network
 */
public record ContainedSettings(
        String name,
        String gateway4,
        String gateway6,
        String physicalNetwork,
        String publicBridge,
        int mtu,
        Optional<String> datapath,
        boolean exposed) {

    public ContainedSettings {
        if (!name.matches("[a-z][a-z0-9-]{0,31}")) {
            throw new IllegalArgumentException("not a name for a host: " + name);
        }
    }

    public static ContainedSettings named(String name) {
        return new ContainedSettings(
                name,
                "172.24.4.1/24",
                "fd24:4::1/64",
                "public",
                "br-ex",
                1442,
                Optional.empty(),
                false);
    }

    public ContainedSettings withExposed(boolean toTheMachine) {
        return new ContainedSettings(
                name,
                gateway4,
                gateway6,
                physicalNetwork,
                publicBridge,
                mtu,
                datapath,
                toTheMachine);
    }
}
