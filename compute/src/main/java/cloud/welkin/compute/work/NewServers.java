package cloud.welkin.compute.work;

import cloud.welkin.compute.domain.Flavor;
import cloud.welkin.compute.domain.Guest;
import cloud.welkin.compute.domain.Host;
import cloud.welkin.compute.domain.Server;
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
import cloud.welkin.network.Networks;
import cloud.welkin.placement.Allocations;
import cloud.welkin.volume.Volumes;
import cloud.welkin.volume.Volumes.VolumeFacts;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Makes servers: in one transaction everything is checked and claimed – host, ports, volumes, quota
 * – and written down as what shall be. What a host then does with it comes back as reports.
 */
public final class NewServers {
    private static final String NO_HOST =
            "No valid host was found. There are not enough hosts available.";

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
    private final Allocations allocations;
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
        this.allocations = allocations;
        this.quota = quota;
        this.life = life;
        this.events = events;
        this.pokes = pokes;
    }

    /**
     * @param mayZeroDisk whether the caller may make servers on local disks that its flavor does
     *     not count
     * @return the servers, at least as many as wanted at least; all in error when there is no room
     *     for so many
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
        Optional<Server.Key> key =
                wanted.keyName().map(name -> keypairs.key(tx, ask.caller().user(), name));
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
        quota.checkMetadata(tx, project, wanted.metadata().size());
        List<UUID> ids = new ArrayList<>();
        for (int i = 0; i < wanted.most(); i++) {
            ids.add(UUID.randomUUID());
        }
        Blueprint blueprint =
                new Blueprint(wanted, flavor, key, plan, securityGroups, wishes, reservationId());
        Map<UUID, Host> placed =
                choice.claim(
                        tx,
                        ids,
                        blueprint.resources(),
                        new HostChoice.Constraints(
                                wanted.zone(), wanted.host(), wanted.hints(), project),
                        project,
                        ask.caller().user(),
                        ask.now());
        boolean enough = placed.size() >= wanted.least();
        checkMembers(tx, project, wanted, enough ? placed.size() : ids.size());
        List<Server> made =
                enough
                        ? placed(tx, ask, blueprint, ids, placed)
                        : unplaced(tx, ask, blueprint, ids, placed);
        quota.takeServers(tx, project, made.size(), flavor.vcpus(), flavor.ramMib());
        return made;
    }

    private List<Server> placed(
            Tx tx, Ask ask, Blueprint blueprint, List<UUID> ids, Map<UUID, Host> hosts) {
        List<Server> made = new ArrayList<>();
        for (UUID id : ids) {
            Host host = hosts.get(id);
            if (host != null) {
                made.add(one(tx, ask, blueprint, id, host, made.size()));
            }
        }
        return made;
    }

    /**
     * There is not even room for the least number. The request was well formed, so clients expect
     * what Nova does: all of its servers are there, in error, and hold nothing but their names.
     */
    private List<Server> unplaced(
            Tx tx, Ask ask, Blueprint blueprint, List<UUID> ids, Map<UUID, Host> hosts) {
        hosts.keySet().forEach(id -> allocations.release(tx, id));
        List<Server> made = new ArrayList<>();
        for (UUID id : ids) {
            Server server = blueprint.server(ask, id, made.size(), Optional.empty());
            servers.insert(tx, server);
            life.record(tx, ask, server, "create", "conductor_schedule_and_build_instances");
            life.failed(tx, server, NO_HOST, ask.now());
            made.add(server);
        }
        return made;
    }

    private Server one(Tx tx, Ask ask, Blueprint blueprint, UUID id, Host host, int index) {
        HostName hostName = host.name();
        Disks.Plan plan = blueprint.plan();
        Server server = blueprint.server(ask, id, index, Optional.of(host));
        servers.insert(tx, server);
        guests.insert(
                tx,
                new Guest(
                        id,
                        hostName,
                        1,
                        0,
                        !blueprint.waits(),
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
        for (NewServer.One wish : blueprint.wishes()) {
            plugs.insert(
                    tx,
                    nics.plug(
                            tx,
                            ask.caller(),
                            id,
                            hostName,
                            wish,
                            blueprint.securityGroups(),
                            Optional.of(host.zone())));
        }
        volumes(tx, ask, id, blueprint.flavor(), plan, host);
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
                                Optional.empty()));
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
