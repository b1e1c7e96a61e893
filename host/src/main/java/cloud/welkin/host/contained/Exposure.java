package cloud.welkin.host.contained;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The way from the machine itself to the public network: a veth into the namespace that stands for
 * the outside world, and one route per IP version over it. The machine has the last address of each
 * block there, which nobody else is given; the outside world answers for it. Nothing else of the
 * machine's network changes, and the route goes with the device.
 *
 * <p>Guests can answer the machine, and so can reach what listens on all of its addresses.
 */
final class Exposure {

    private static final Path DEVICES = Path.of("/sys/class/net");
    private static final String PEER = "machine";

    private final ContainedSettings settings;
    private final String outside;
    private final String device;

    /**
     * @param outside the namespace that stands for the outside world
     * @param tag the host's, of which the device's name is made
     */
    Exposure(ContainedSettings settings, String outside, String tag) {
        this.settings = settings;
        this.outside = outside;
        this.device = "wk" + Networks.digest(tag, 10);
    }

    /**
     * @throws IllegalStateException when the machine has a route to such addresses already
     */
    void ensure() {
        if (!settings.exposed()) {
            remove();
            return;
        }
        if (Files.exists(DEVICES.resolve(device)) && reaches()) {
            return;
        }
        remove();
        List<Block> blocks = new ArrayList<>();
        blocks.add(Block.of(settings.gateway4()));
        if (Files.exists(Path.of("/proc/sys/net/ipv6"))
                && !HostFolder.text(Path.of("/proc/sys/net/ipv6/conf/all/disable_ipv6"))
                        .strip()
                        .equals("1")) {
            blocks.add(Block.of(settings.gateway6()));
        }
        blocks.forEach(this::requireFree);
        Command.of(
                        "ip", "link", "add", device, "type", "veth", "peer", "name", PEER, "netns",
                        outside)
                .run();
        try {
            connect(blocks);
        } catch (RuntimeException e) {
            remove();
            throw e;
        }
    }

    /** Another way to the same addresses is somebody else's, and stays the only one. */
    private void requireFree(Block block) {
        String routes =
                Command.of(
                                "ip",
                                block.isSix() ? "-6" : "-4",
                                "route",
                                "show",
                                "root",
                                block.prefix())
                        .run()
                        .lines()
                        .filter(line -> !line.startsWith("default"))
                        .findFirst()
                        .orElse("");
        if (!routes.isBlank()) {
            throw new IllegalStateException(
                    "network.expose: the machine has a route to %s already: %s"
                            .formatted(block.prefix(), routes.strip()));
        }
    }

    private void connect(List<Block> blocks) {
        List<String> there = new ArrayList<>(List.of("link set " + PEER + " up"));
        List<String> here = new ArrayList<>(List.of("link set " + device + " up"));
        for (Block block : blocks) {
            there.add("route replace %s dev %s".formatted(block.machine(), PEER));
            there.add("neigh replace proxy %s dev eth0".formatted(block.machine()));
            if (block.isSix()) {
                // Neighbours are asked for by groups that each device joins for its own addresses.
                there.add("addr replace %s/64 dev %s nodad".formatted(block.hop(), PEER));
                here.add("addr add %s/128 dev %s nodad".formatted(block.machine(), device));
            } else {
                here.add("addr add %s/32 dev %s".formatted(block.machine(), device));
            }
            here.add(
                    "route add %s via %s dev %s onlink src %s"
                            .formatted(block.prefix(), block.hop(), device, block.machine()));
        }
        for (String switched :
                List.of(
                        "ipv4/ip_forward",
                        "ipv6/conf/all/forwarding",
                        "ipv6/conf/eth0/proxy_ndp")) {
            Command.of(
                            "nsenter",
                            "--net=" + Networks.file(outside),
                            "--",
                            "tee",
                            "/proc/sys/net/" + switched)
                    .withInput(List.of("1"))
                    .run();
        }
        Command.of("ip", "-n", outside, "-batch", "-").withInput(there).run();
        Command.of("ip", "-batch", "-").withInput(here).run();
    }

    /** Whether the peer is in the outside world that there is now. */
    private boolean reaches() {
        return Command.of("ip", "-n", outside, "-o", "link", "show")
                .run()
                .lines()
                .anyMatch(line -> line.contains(" " + PEER + "@"));
    }

    void remove() {
        if (Files.exists(DEVICES.resolve(device))) {
            Command.of("ip", "link", "del", device).run();
        }
    }

    /**
     * The public network's addresses of one IP version.
     *
     * @param hop the address of the far end of the veth: over this link only
     * @param machine the last address, which is the machine's
     */
    private record Block(String prefix, String hop, String machine) {
        boolean isSix() {
            return prefix.contains(":");
        }

        static Block of(String gatewayWithLength) {
            int slash = gatewayWithLength.indexOf('/');
            String gateway = gatewayWithLength.substring(0, slash);
            int length = Integer.parseInt(gatewayWithLength.substring(slash + 1));
            byte[] address = bytes(gateway);
            byte[] first = address.clone();
            byte[] last = address.clone();
            for (int bit = length; bit < address.length * 8; bit++) {
                first[bit / 8] &= (byte) ~(0x80 >> (bit % 8));
                last[bit / 8] |= (byte) (0x80 >> (bit % 8));
            }
            last[last.length - 1] &= (byte) 0xfe; // the very last is IPv4's broadcast
            return new Block(
                    text(first) + "/" + length,
                    address.length == 4 ? gateway : "fe80::1",
                    text(last));
        }

        private static byte[] bytes(String address) {
            return java.net.InetAddress.ofLiteral(address).getAddress();
        }

        private static String text(byte[] address) {
            try {
                return java.net.InetAddress.getByAddress(address).getHostAddress();
            } catch (java.net.UnknownHostException e) {
                throw new IllegalStateException("an address of 4 or 16 bytes", e);
            }
        }
    }
}
