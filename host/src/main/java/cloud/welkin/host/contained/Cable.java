package cloud.welkin.host.contained;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A veth between the host's network namespace and another one. */
final class Cable {

    private Cable() {}

    /**
     * Makes the cable unless both of its ends are there. Neither end is ever in the machine's own
     * namespace (unless that is the host). Checksums are done at once: Open vSwitch's userspace
     * datapath forwards what it gets and finishes none.
     */
    static void ensure(Inside inside, String device, String namespace, String peer) {
        if (!leadsInto(inside, namespace, device, peer)) {
            replace(inside, device);
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

    private static boolean leadsInto(Inside inside, String namespace, String device, String peer) {
        return Files.exists(inside.devices().resolve(device))
                && Command.of(inside.enter(namespace, List.of("ip", "-o", "link", "show")))
                        .run()
                        .lines()
                        .anyMatch(line -> line.contains(" " + peer + "@"));
    }

    /**
     * A namespace that was removed takes its cables with it only when the kernel comes to it: until
     * then this end stands in the way of a new one, or goes while it is looked at.
     */
    private static void replace(Inside inside, String device) {
        Path end = inside.devices().resolve(device);
        if (!Files.exists(end)) {
            return;
        }
        try {
            Command.of(inside.ip("link", "del", device)).run();
        } catch (CommandFailed e) {
            if (Files.exists(end)) {
                throw e;
            }
        }
    }
}
