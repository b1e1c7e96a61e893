package cloud.welkin.host.contained;

import java.nio.file.Files;
import java.util.List;

/** A veth between the host's network namespace and another one. */
final class Cable {

    private Cable() {}

    /**
     * Makes the cable unless its host's end is there. Neither end is ever in the machine's own
     * namespace (unless that is the host). Checksums are done at once: Open vSwitch's userspace
     * datapath forwards what it gets and finishes none.
     */
    static void ensure(Inside inside, String device, String namespace, String peer) {
        if (!Files.exists(inside.devices().resolve(device))) {
            Command.of(
                            inside.ip(
                                    "link", "add", device, "type", "veth", "peer", "name", peer,
                                    "netns", namespace))
                    .run();
        }
        Command.of(inside.enter(List.of("ethtool", "-K", device, "tx", "off", "gro", "off"))).run();
        Command.of(inside.enter(namespace, List.of("ethtool", "-K", peer, "tx", "off"))).run();
        Command.of(inside.ip("link", "set", device, "up")).run();
    }
}
