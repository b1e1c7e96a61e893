package cloud.welkin.host.contained;

import cloud.welkin.ovsdb.Remote;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The machine itself as a host: its libvirt, Open vSwitch and OVN are its administrator's, who
 * starts and configures them. Only the metadata proxies are ours. Production.
 */
public final class MachineHost implements HostEngines {

    private final MachineSettings settings;
    private final Inside.Machine inside;
    private final VSwitch vswitch;
    private final TapPorts taps;
    private final MetadataProxies metadata;

    /**
     * Connects to Open vSwitch.
     *
     * @throws cloud.welkin.ovsdb.OvsdbException when it does not answer
     */
    public MachineHost(Path home, MachineSettings settings) {
        var folder = new HostFolder(home, "machine");
        this.settings = settings;
        this.inside = new Inside.Machine("welkin-" + Networks.digest(folder.state().toString(), 6));
        this.vswitch = new VSwitch(settings.openVSwitch());
        this.taps = new TapPorts(inside, this::vswitch, settings.mtu());
        this.metadata = new MetadataProxies(folder, inside, this::vswitch, settings.mtu());
    }

    private VSwitch vswitch() {
        return vswitch;
    }

    @Override
    public void reconcile() {
        metadata.reconcile();
    }

    @Override
    public Path libvirtSocket() {
        return settings.libvirtSocket();
    }

    @Override
    public Remote openVSwitch() {
        return settings.openVSwitch();
    }

    @Override
    public Remote northbound() {
        return settings.northbound();
    }

    @Override
    public Remote southbound() {
        return settings.southbound();
    }

    @Override
    public String chassis() {
        return vswitch.externalIds().getOrDefault("system-id", "");
    }

    @Override
    public String bootId() {
        return Boot.ofTheMachine();
    }

    @Override
    public List<String> exec() {
        return List.of();
    }

    @Override
    public boolean finishesChecksums() {
        return !vswitch.isUserspace(Chassis.INTEGRATION_BRIDGE);
    }

    @Override
    public GuestAccount guests() {
        return GuestAccount.owning(settings.libvirtState());
    }

    @Override
    public TapPorts taps() {
        return taps;
    }

    @Override
    public MetadataProxies metadata() {
        return metadata;
    }

    @Override
    public Map<String, Boolean> parts() {
        var parts = new LinkedHashMap<String, Boolean>();
        parts.put("libvirtd", Files.exists(settings.libvirtSocket()));
        parts.put("openvswitch", vswitch.hasBridge(Chassis.INTEGRATION_BRIDGE));
        return parts;
    }

    @Override
    public List<Leftover> leftovers() {
        var leftovers = new ArrayList<>(Unplugged.find(vswitch, inside));
        var known = metadata.namespaces();
        for (var name : Networks.beginningWith(inside.tag())) {
            if (!known.contains(name)) {
                leftovers.add(new Leftover(Leftover.Kind.NAMESPACE, name));
            }
        }
        return leftovers;
    }

    /** Removes what is ours on the machine: the metadata proxies of all networks. */
    public void purge() {
        metadata.list().forEach(proxy -> metadata.remove(proxy.networkId()));
        Networks.beginningWith(inside.tag()).forEach(Networks::remove);
    }

    @Override
    public void close() {
        vswitch.close();
    }
}
