package cloud.welkin.compute.work;

import cloud.welkin.compute.domain.Flavor;
import cloud.welkin.compute.domain.Host;
import cloud.welkin.compute.domain.Server;
import cloud.welkin.compute.domain.ServerState;
import cloud.welkin.compute.domain.TaskState;
import cloud.welkin.compute.domain.VmState;
import cloud.welkin.compute.work.NewServer.BlockDevice;
import cloud.welkin.kernel.json.Json;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * What all servers of one request have in common, once it was checked against the world. Pure.
 *
 * @param securityGroups for the ports that are made for the servers
 * @param reservation what the request's servers are found by
 */
record Blueprint(
        NewServer wanted,
        Flavor flavor,
        Optional<Server.Key> key,
        Disks.Plan plan,
        List<UUID> securityGroups,
        List<NewServer.One> wishes,
        String reservation) {

    /** Whether a guest must wait until volumes have been made for it. */
    boolean waits() {
        return plan.volumes().stream().anyMatch(device -> !device.source().equals("volume"));
    }

    boolean bootsFromVolume() {
        return plan.volumes().stream().anyMatch(BlockDevice::boots);
    }

    /** What one server takes of its host. */
    Map<String, Long> resources() {
        Map<String, Long> resources = new HashMap<>();
        resources.put("VCPU", (long) flavor.vcpus());
        resources.put("MEMORY_MB", (long) flavor.ramMib());
        if (plan.localGib() > 0) {
            resources.put("DISK_GB", plan.localGib());
        }
        return resources;
    }

    /**
     * One of the servers, in the state of its first moment.
     *
     * @param index which one, from 0
     * @param host empty when there is none for it: it is in error from the beginning
     */
    Server server(Ask ask, UUID id, int index, Optional<Host> host) {
        String name = wanted.most() > 1 ? wanted.name() + "-" + (index + 1) : wanted.name();
        TaskState first = waits() ? TaskState.BLOCK_DEVICE_MAPPING : TaskState.SPAWNING;
        return new Server(
                id,
                0,
                ask.caller().requireProject(),
                ask.caller().user(),
                name,
                wanted.hostname().orElseGet(() -> hostname(name, id)),
                wanted.description(),
                flavor.id(),
                Json.text(flavor.embedded()),
                flavor.vcpus(),
                flavor.ramMib(),
                bootsFromVolume() ? Optional.empty() : plan.image().map(image -> image.id()),
                Json.text(plan.image().map(image -> image.properties()).orElse(Map.of())),
                host.map(Host::name),
                host.map(Host::zone).or(wanted::zone).orElse(""),
                wanted.zone(),
                key,
                wanted.userData(),
                wanted.configDrive(),
                wanted.configDrive() && host.isPresent()
                        ? Optional.of(wanted.adminPass())
                        : Optional.empty(),
                Json.text(wanted.metadata()),
                wanted.tags(),
                Json.text(wanted.hints()),
                HostChoice.groupHint(wanted.hints()),
                wanted.accessV4(),
                wanted.accessV6(),
                wanted.diskConfig(),
                Server.Lock.OPEN,
                host.isPresent()
                        ? new ServerState(
                                VmState.BUILDING, Optional.of(first), ServerState.NO_STATE)
                        : new ServerState(VmState.ERROR, Optional.empty(), ServerState.NO_STATE),
                Optional.empty(),
                reservation,
                index,
                "/dev/vda",
                "{}",
                "[]",
                "[]",
                ask.now(),
                ask.now(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    /** A host name made of the server's name: what DNS does not take becomes a dash. */
    static String hostname(String name, UUID id) {
        String clean =
                name.toLowerCase(Locale.ROOT)
                        .replaceAll("[ _]+", "-")
                        .replaceAll("[^a-z0-9.-]+", "")
                        .replaceAll("[.]+", "-")
                        .replaceAll("^-+|-+$", "");
        if (clean.length() > 63) {
            clean = clean.substring(0, 63).replaceAll("-+$", "");
        }
        return clean.isEmpty() ? "server-" + id : clean;
    }
}
