package cloud.welkin.host.agent;

import cloud.welkin.kernel.host.DesiredGuest;
import cloud.welkin.kernel.host.DesiredGuest.LocalDisk;
import cloud.welkin.kernel.host.DesiredGuest.Nic;
import cloud.welkin.kernel.host.DesiredGuest.RootDisk;
import cloud.welkin.kernel.host.DesiredGuest.VolumeDisk;
import cloud.welkin.kernel.host.Power;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;

/** A guest as a test wants it; each {@link #now} is a new generation. */
final class Wanted {
    static final String IMAGE = "c0ffee";

    UUID id;
    String name = "vm-one";
    long generation;
    boolean present = true;
    Power power = Power.RUNNING;
    int vcpus = 1;
    int memoryMib = 128;
    RootDisk root =
            new RootDisk.FromImage(
                    IMAGE, "qcow2", 1, Optional.empty(), Optional.empty(), Optional.empty());
    List<LocalDisk> localDisks = new ArrayList<>();
    List<Nic> nics = new ArrayList<>();
    List<VolumeDisk> volumes = new ArrayList<>();
    long rebuilds;
    long reboots;
    boolean hardReboot;
    boolean configDrive;
    Map<String, String> hardware = Map.of();
    Map<String, byte[]> metadata = Map.of();

    Wanted(UUID id) {
        this.id = id;
    }

    static Wanted guest() {
        return new Wanted(UUID.randomUUID());
    }

    Wanted with(Consumer<Wanted> change) {
        change.accept(this);
        return this;
    }

    Wanted withConfigDrive() {
        configDrive = true;
        metadata =
                Map.of(
                        "openstack/latest/meta_data.json",
                        ("{\"uuid\":\"" + id + "\",\"hostname\":\"" + name + "\",\"meta\":{}}")
                                .getBytes(StandardCharsets.UTF_8));
        return this;
    }

    static Nic nic() {
        UUID id = UUID.randomUUID();
        String hex = id.toString().replace("-", "");
        String mac =
                "fa:16:3e:%s:%s:%s"
                        .formatted(hex.substring(0, 2), hex.substring(2, 4), hex.substring(4, 6));
        return new Nic(id, mac, 1442, "tap" + id.toString().substring(0, 11));
    }

    static VolumeDisk volume(String path, String device) {
        UUID id = UUID.randomUUID();
        return new VolumeDisk(id, path, "qcow2", id.toString(), device, false);
    }

    /** The next generation. */
    DesiredGuest now() {
        generation++;
        return same();
    }

    DesiredGuest same() {
        return new DesiredGuest(
                id,
                name,
                "p",
                generation,
                present,
                power,
                vcpus,
                memoryMib,
                hardware,
                root,
                List.copyOf(localDisks),
                List.copyOf(nics),
                List.copyOf(volumes),
                rebuilds,
                reboots,
                hardReboot,
                configDrive,
                metadata);
    }
}
