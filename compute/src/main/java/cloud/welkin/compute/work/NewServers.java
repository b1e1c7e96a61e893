package cloud.welkin.compute.work;

import cloud.welkin.compute.domain.Flavor;
import cloud.welkin.compute.domain.Guest;
import cloud.welkin.compute.domain.Host;
import cloud.welkin.compute.domain.Keypair;
import cloud.welkin.compute.domain.Server;
import cloud.welkin.compute.domain.ServerState;
import cloud.welkin.compute.domain.TaskState;
import cloud.welkin.compute.domain.VmState;
import cloud.welkin.compute.domain.VolumeAttachment;
import cloud.welkin.compute.store.FlavorStore;
import cloud.welkin.compute.store.GuestStore;
import cloud.welkin.compute.store.HostStore;
import cloud.welkin.compute.store.KeypairStore;
import cloud.welkin.compute.store.PlugStore;
import cloud.welkin.compute.store.ServerGroupStore;
import cloud.welkin.compute.store.ServerStore;
import cloud.welkin.compute.work.NewServer.BlockDevice;
import cloud.welkin.database.Tx;
import cloud.welkin.image.Images;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.host.HostName;
import cloud.welkin.kernel.host.Power;
import cloud.welkin.kernel.id.ProjectId;
import cloud.welkin.kernel.json.Json;
import cloud.welkin.network.Networks;
import cloud.welkin.placement.Allocations;
import cloud.welkin.volume.Volumes;
import cloud.welkin.volume.Volumes.VolumeFacts;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Makes servers: in one transaction everything is checked and claimed – host, ports, volumes, quota
 * – and written down as what shall be. What a host then does with it comes back as reports.
 */
public final class NewServers {
    private final ServerStore servers;
    private final GuestStore guests;
    private final PlugStore plugs;
    private final FlavorStore flavors;
    private final KeypairStore keypairs;
    private final HostStore hosts;
    private final ServerGroupStore groups;
    private final Volumes volumes;
    private final Nics nics;
    private final Disks disks;
    private final HostChoice choice;
    private final ComputeQuota quota;
    private final ServerLife life;
    private final ServerEvents events;
    private final HostPokes pokes;

    public NewServers(
            ServerStore servers,
            GuestStore guests,
            PlugStore plugs,
            FlavorStore flavors,
            KeypairStore keypairs,
            HostStore hosts,
            ServerGroupStore groups,
            Images images,
            Volumes volumes,
            Networks networks,
            Allocations allocations,
            ComputeQuota quota,
            ServerLife life,
            ServerEvents events,
            HostPokes pokes) {
        this.servers = servers;
        this.guests = guests;
        this.plugs = plugs;
        this.flavors = flavors;
        this.keypairs = keypairs;
        this.hosts = hosts;
        this.groups = groups;
        this.volumes = volumes;
        this.nics = new Nics(networks);
        this.disks = new Disks(images);
        this.choice = new HostChoice(hosts, servers, groups, allocations);
        this.quota = quota;
        this.life = life;
        this.events = events;
        this.pokes = pokes;
    }

    /**
     * @param mayZeroDisk whether the caller may make servers on local disks that its flavor does
     *     not count
     * @return the servers, at least as many as wanted at least
     * @throws Failure as the API says it: what is wrong with the request, or used up, or not there
     */
    public List<Server> create(Tx tx, Ask ask, NewServer wanted, boolean mayZeroDisk) {
        ProjectId project = ask.caller().requireProject();
        Flavor flavor =
                flavors.find(tx, wanted.flavor())
                        .filter(
                                found ->
                                        flavors.mayUse(tx, found, project)
                                                || ask.caller().isAdmin())
                        .orElseThrow(
                                () ->
                                        Failure.badRequest(
                                                        "Flavor %s could not be found.",
                                                        wanted.flavor())
                                                .as("FlavorNotFound"));
        Optional<Server.Key> key = wanted.keyName().map(name -> key(tx, ask, name));
        Disks.Plan plan = disks.plan(tx, ask.caller(), wanted, flavor, mayZeroDisk);
        List<UUID> securityGroups = nics.securityGroups(tx, ask.caller(), wanted.securityGroups());
        List<NewServer.One> wishes = nics.resolve(tx, ask.caller(), wanted.networks());
        refuseSharing(wanted, wishes, plan);
        wanted.zone()
                .ifPresent(
                        zone -> {
                            if (!hosts.zoneExists(tx, zone)) {
                                throw Failure.badRequest(
                                        "The requested availability zone is not available");
                            }
                        });
        checkMetadataCount(tx, project, wanted);
        List<UUID> ids = new ArrayList<>();
        for (int i = 0; i < wanted.most(); i++) {
            ids.add(UUID.randomUUID());
        }
        Map<UUID, Host> placed =
                choice.claim(
                        tx,
                        ids,
                        wanted.least(),
                        resources(flavor, plan),
                        new HostChoice.Constraints(
                                wanted.zone(), wanted.host(), wanted.hints(), project),
                        project,
                        ask.caller().user(),
                        ask.now());
        checkMembers(tx, project, wanted, placed.size());
        String reservation = reservationId();
        List<Server> made = new ArrayList<>();
        int index = 0;
        for (UUID id : ids) {
            Host host = placed.get(id);
            if (host != null) {
                made.add(
                        one(
                                tx,
                                ask,
                                wanted,
                                flavor,
                                key,
                                plan,
                                securityGroups,
                                wishes,
                                id,
                                host,
                                reservation,
                                index++));
            }
        }
        quota.takeServers(tx, project, made.size(), flavor.vcpus(), flavor.ramMib());
        return made;
    }

    private Server one(
            Tx tx,
            Ask ask,
            NewServer wanted,
            Flavor flavor,
            Optional<Server.Key> key,
            Disks.Plan plan,
            List<UUID> securityGroups,
            List<NewServer.One> wishes,
            UUID id,
            Host host,
            String reservation,
            int index) {
        String name = wanted.most() > 1 ? wanted.name() + "-" + (index + 1) : wanted.name();
        boolean waits =
                plan.volumes().stream().anyMatch(device -> !device.source().equals("volume"));
        HostName hostName = host.name();
        Server server =
                new Server(
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
                        plan.volumes().stream().anyMatch(BlockDevice::boots)
                                ? Optional.empty()
                                : plan.image().map(image -> image.id()),
                        Json.text(plan.image().map(image -> image.properties()).orElse(Map.of())),
                        hostName,
                        host.zone(),
                        wanted.zone(),
                        key,
                        wanted.userData(),
                        wanted.configDrive(),
                        wanted.configDrive() ? Optional.of(wanted.adminPass()) : Optional.empty(),
                        Json.text(wanted.metadata()),
                        wanted.tags(),
                        Json.text(wanted.hints()),
                        HostChoice.groupHint(wanted.hints()),
                        wanted.accessV4(),
                        wanted.accessV6(),
                        wanted.diskConfig(),
                        Server.Lock.OPEN,
                        new ServerState(
                                VmState.BUILDING,
                                Optional.of(
                                        waits
                                                ? TaskState.BLOCK_DEVICE_MAPPING
                                                : TaskState.SPAWNING),
                                ServerState.NO_STATE),
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
        servers.insert(tx, server);
        guests.insert(
                tx,
                new Guest(
                        id,
                        hostName,
                        1,
                        0,
                        !waits,
                        true,
                        Power.RUNNING,
                        0,
                        0,
                        false,
                        plan.root(),
                        plan.hardware(),
                        Optional.empty(),
                        Optional.empty()),
                ask.now());
        for (NewServer.One wish : wishes) {
            plugs.insert(
                    tx,
                    nics.plug(
                            tx,
                            ask.caller(),
                            id,
                            hostName,
                            wish,
                            securityGroups,
                            Optional.of(host.zone())));
        }
        volumes(tx, ask, id, flavor, plan, host);
        life.refreshAddresses(tx, id);
        if (!plan.volumes().isEmpty()) {
            servers.refreshVolumes(tx, id);
        }
        life.record(tx, ask, server, "create", "compute__do_build_and_run_instance");
        events.publish(tx, "create.start", server, ask.requestId(), ask.now());
        pokes.poke(tx, hostName);
        return server;
    }

    private void volumes(Tx tx, Ask ask, UUID server, Flavor flavor, Disks.Plan plan, Host host) {
        char letter = 'a';
        boolean rootIsVolume = plan.volumes().stream().anyMatch(BlockDevice::boots);
        char next = rootIsVolume ? letter : (char) (letter + 1);
        if (!rootIsVolume) {
            next += (char) ((flavor.ephemeralGib() > 0 ? 1 : 0) + (flavor.swapMib() > 0 ? 1 : 0));
        }
        boolean first = true;
        for (BlockDevice device : plan.volumes()) {
            String path = "/dev/vd" + next++;
            if (first && rootIsVolume) {
                next +=
                        (char)
                                ((flavor.ephemeralGib() > 0 ? 1 : 0)
                                        + (flavor.swapMib() > 0 ? 1 : 0));
            }
            first = false;
            plugs.insert(tx, attachment(tx, ask, server, plan, device, path, host));
        }
    }

    private VolumeAttachment attachment(
            Tx tx,
            Ask ask,
            UUID server,
            Disks.Plan plan,
            BlockDevice device,
            String path,
            Host host) {
        if (device.source().equals("volume")) {
            UUID volume = device.id().orElseThrow(() -> Failure.badRequest("Missing device UUID."));
            VolumeFacts facts =
                    volumes.find(tx, ask.caller(), volume)
                            .orElseThrow(
                                    () ->
                                            Failure.badRequest(
                                                            "Block Device Mapping is Invalid: failed"
                                                                    + " to get volume %s.",
                                                            volume)
                                                    .as("InvalidBDMVolume"));
            if (device.boots() && !facts.bootable()) {
                throw Failure.badRequest(
                                "Block Device Mapping is Invalid: Volume %s is not bootable.",
                                volume)
                        .as("InvalidBDMVolumeNotBootable");
            }
            Volumes.Attachment reserved =
                    volumes.reserve(tx, ask.caller(), volume, server, Optional.of(path));
            return row(
                    server,
                    volume,
                    Optional.of(reserved.id()),
                    path,
                    device,
                    reserved.path(),
                    facts.sizeGib());
        }
        long size = device.sizeGib().orElse(0L);
        if (size <= 0 && !device.source().equals("snapshot")) {
            throw Failure.badRequest(
                    "Block Device Mapping is Invalid: Blank volumes and volumes from images need a"
                            + " size.");
        }
        UUID volume =
                volumes.create(
                        tx,
                        ask.caller(),
                        new Volumes.NewVolume(
                                Optional.empty(),
                                size,
                                device.source().equals("image") ? device.id() : Optional.empty(),
                                device.source().equals("snapshot") ? device.id() : Optional.empty(),
                                Optional.empty(),
                                device.volumeType(),
                                Optional.of(host.zone())));
        return row(server, volume, Optional.empty(), path, device, Optional.empty(), size);
    }

    private static VolumeAttachment row(
            UUID server,
            UUID volume,
            Optional<UUID> reservation,
            String path,
            BlockDevice device,
            Optional<String> file,
            long size) {
        return new VolumeAttachment(
                UUID.randomUUID(),
                server,
                volume,
                reservation,
                path,
                device.bootIndex(),
                device.tag(),
                device.deleteOnTermination(),
                file,
                size,
                true,
                false);
    }

    private Server.Key key(Tx tx, Ask ask, String name) {
        Keypair keypair =
                keypairs.find(tx, ask.caller().user(), name)
                        .orElseThrow(
                                () ->
                                        Failure.badRequest("Invalid key_name provided.")
                                                .as("KeypairNotFound"));
        return new Server.Key(keypair.name(), keypair.publicKey(), keypair.type());
    }

    private static void refuseSharing(
            NewServer wanted, List<NewServer.One> wishes, Disks.Plan plan) {
        if (wanted.most() <= 1) {
            return;
        }
        if (wishes.stream()
                .anyMatch(wish -> wish.port().isPresent() || wish.fixedIp().isPresent())) {
            throw Failure.badRequest(
                            "Unable to launch multiple instances with a single configured port ID or"
                                    + " fixed IP. Please launch your instance one by one with"
                                    + " different ports.")
                    .as("MultiplePortsNotApplicable");
        }
        if (plan.volumes().stream().anyMatch(device -> device.source().equals("volume"))) {
            throw Failure.badRequest("Cannot attach one or more volumes to multiple instances");
        }
    }

    private void checkMetadataCount(Tx tx, ProjectId project, NewServer wanted) {
        long limit = quota.limit(tx, project, ComputeQuota.METADATA_ITEMS);
        if (limit >= 0 && wanted.metadata().size() > limit) {
            throw Failure.forbidden("Maximum number of metadata items exceeds %d", limit)
                    .as("MetadataLimitExceeded");
        }
    }

    private void checkMembers(Tx tx, ProjectId project, NewServer wanted, int more) {
        HostChoice.groupHint(wanted.hints())
                .flatMap(id -> groups.find(tx, id))
                .ifPresent(
                        group -> {
                            long limit = quota.limit(tx, project, ComputeQuota.GROUP_MEMBERS);
                            if (limit >= 0 && group.members().size() + more > limit) {
                                throw Failure.forbidden(
                                        "Quota exceeded, too many servers in group");
                            }
                        });
    }

    private static Map<String, Long> resources(Flavor flavor, Disks.Plan plan) {
        Map<String, Long> resources = new HashMap<>();
        resources.put("VCPU", (long) flavor.vcpus());
        resources.put("MEMORY_MB", (long) flavor.ramMib());
        if (plan.localGib() > 0) {
            resources.put("DISK_GB", plan.localGib());
        }
        return resources;
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

    private static String reservationId() {
        return "r-"
                + Long.toString(
                        Math.floorMod(
                                        UUID.randomUUID().getMostSignificantBits(),
                                        2_821_109_907_456L)
                                + 2_821_109_907_456L,
                        36);
    }
}
