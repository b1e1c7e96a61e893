package cloud.welkin.host.contained;

import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Guests' tap devices on a host's integration bridge. A port's binding in OVN is the tap's {@code
 * iface-id}.
 *
 * <p>libvirt does the same by itself for {@code <virtualport type='openvswitch'>}; this is for
 * whatever is not a libvirt guest, and for looking.
 */
public final class TapPorts {

    private final Inside inside;
    private final Supplier<VSwitch> vswitch;
    private final int mtu;

    TapPorts(Inside inside, Supplier<VSwitch> vswitch, int mtu) {
        this.inside = inside;
        this.vswitch = vswitch;
        this.mtu = mtu;
    }

    /**
     * A device on the bridge and the OVN port that it is; {@code broken} when the device is gone.
     */
    public record Tap(String name, String portId, boolean broken) {}

    /** Makes the tap and puts it on the bridge; changes nothing that is so already. */
    public void plug(String name, String mac, String portId) {
        if (!Files.exists(inside.devices().resolve(name))) {
            Command.of(inside.ip("tuntap", "add", "dev", name, "mode", "tap")).run();
        }
        Command.of(inside.ip("link", "set", name, "mtu", Integer.toString(mtu), "up")).run();
        vswitch.get()
                .plug(
                        Chassis.INTEGRATION_BRIDGE,
                        name,
                        Map.of("iface-id", portId, "attached-mac", mac, "iface-status", "active"));
    }

    public void unplug(String name) {
        vswitch.get().unplug(name);
        if (Files.exists(inside.devices().resolve(name))) {
            Command.of(inside.ip("link", "del", name)).run();
        }
    }

    /** All ports of OVN that are plugged into this host, guests' and others'. */
    public List<Tap> list() {
        return vswitch.get().ports().stream()
                .filter(port -> port.bridge().equals(Chassis.INTEGRATION_BRIDGE))
                .filter(port -> port.externalIds().containsKey("iface-id"))
                .map(
                        port ->
                                new Tap(
                                        port.device(),
                                        port.externalIds().getOrDefault("iface-id", ""),
                                        !Files.exists(inside.devices().resolve(port.device()))))
                .toList();
    }
}
