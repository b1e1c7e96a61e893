package cloud.welkin.compute.work;

import cloud.welkin.compute.domain.Actions;
import cloud.welkin.compute.domain.Nic;
import cloud.welkin.compute.domain.Server;
import cloud.welkin.compute.domain.ServerAction;
import cloud.welkin.compute.domain.VolumeAttachment;
import cloud.welkin.compute.store.PlugStore;
import cloud.welkin.compute.store.ServerStore;
import cloud.welkin.database.Tx;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.host.HostName;
import cloud.welkin.network.Networks;
import cloud.welkin.volume.Volumes;
import cloud.welkin.volume.Volumes.VolumeFacts;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * Attaches volumes and ports to servers that exist, and detaches them: rows here, the host does it
 * and reports.
 */
public final class Plugging {
    private static final int LETTERS = 26;

    private final ServerStore servers;
    private final PlugStore plugs;
    private final Volumes volumes;
    private final Nics nics;
    private final ServerLife life;

    public Plugging(
            ServerStore servers,
            PlugStore plugs,
            Volumes volumes,
            Networks networks,
            ServerLife life) {
        this.servers = servers;
        this.plugs = plugs;
        this.volumes = volumes;
        this.nics = new Nics(networks);
        this.life = life;
    }

    public VolumeAttachment attach(
            Tx tx,
            Ask ask,
            Server server,
            UUID volume,
            Optional<String> device,
            Optional<String> tag,
            boolean deleteOnTermination) {
        Actions.check(server.id(), server.state(), ServerAction.ATTACH_VOLUME);
        VolumeFacts facts =
                volumes.find(tx, ask.caller(), volume)
                        .orElseThrow(
                                () ->
                                        Failure.notFound("Volume %s could not be found.", volume)
                                                .as("VolumeNotFound"));
        List<VolumeAttachment> have = plugs.attachments(tx, server.id());
        if (have.stream().anyMatch(attachment -> attachment.volume().equals(volume))) {
            throw Failure.badRequest(
                            "Invalid volume: volume %s is already attached to the server.", volume)
                    .as("InvalidVolume");
        }
        String name = freeDevice(server, have, device);
        Volumes.Attachment reserved =
                volumes.reserve(tx, ask.caller(), volume, server.id(), Optional.of(name));
        VolumeAttachment made =
                new VolumeAttachment(
                        UUID.randomUUID(),
                        server.id(),
                        volume,
                        Optional.of(reserved.id()),
                        name,
                        Optional.empty(),
                        tag,
                        deleteOnTermination,
                        reserved.path(),
                        facts.sizeGib(),
                        true,
                        false);
        plugs.insert(tx, made);
        servers.refreshVolumes(tx, server.id());
        life.begin(tx, ask, server, ServerAction.ATTACH_VOLUME);
        return made;
    }

    public void detach(Tx tx, Ask ask, Server server, VolumeAttachment attachment) {
        Actions.check(server.id(), server.state(), ServerAction.DETACH_VOLUME);
        if (attachment.isRoot()) {
            throw Failure.badRequest("Cannot detach a root device volume");
        }
        if (!attachment.wanted()) {
            throw Failure.badRequest(
                            "Invalid volume: Invalid input received: volume %s is being detached",
                            attachment.volume())
                    .as("InvalidVolume");
        }
        plugs.volumeWanted(tx, attachment.id(), false);
        attachment.reservation().ifPresent(reservation -> volumes.detaching(tx, reservation));
        life.begin(tx, ask, server, ServerAction.DETACH_VOLUME);
    }

    public Nic plug(Tx tx, Ask ask, Server server, NewServer.Wish wish, Optional<String> fixedIp) {
        Actions.check(server.id(), server.state(), ServerAction.ATTACH_INTERFACE);
        List<NewServer.One> wishes = nics.resolve(tx, ask.caller(), wish);
        if (wishes.isEmpty()) {
            throw Failure.badRequest("No network is there to attach an interface to.");
        }
        NewServer.One one = wishes.getFirst();
        HostName host = life.guest(tx, server).host();
        Nic made =
                nics.plug(
                        tx,
                        ask.caller(),
                        server.id(),
                        host,
                        new NewServer.One(one.network(), one.port(), fixedIp, one.tag()),
                        List.of(),
                        Optional.of(server.zone()));
        plugs.insert(tx, made);
        life.refreshAddresses(tx, server.id());
        life.begin(tx, ask, server, ServerAction.ATTACH_INTERFACE);
        return made;
    }

    public void unplug(Tx tx, Ask ask, Server server, Nic nic) {
        Actions.check(server.id(), server.state(), ServerAction.DETACH_INTERFACE);
        if (nic.wanted()) {
            plugs.nicWanted(tx, nic.port(), false);
            life.begin(tx, ask, server, ServerAction.DETACH_INTERFACE);
        }
    }

    /** The wanted device if it is free, else the next one after the server's own disks. */
    static String freeDevice(Server server, List<VolumeAttachment> have, Optional<String> wanted) {
        Set<String> taken = new HashSet<>(Set.of("/dev/vda"));
        have.forEach(attachment -> taken.add(attachment.device()));
        var flavor = cloud.welkin.kernel.json.Json.mapper().readTree(server.flavorJson());
        int local =
                (flavor.path("ephemeral").asInt(0) > 0 ? 1 : 0)
                        + (flavor.path("swap").asInt(0) > 0 ? 1 : 0);
        for (int i = 1; i <= local; i++) {
            taken.add("/dev/vd" + (char) ('a' + i));
        }
        Optional<String> asked = wanted.filter(name -> name.matches("/dev/vd[b-z]"));
        if (asked.isPresent()) {
            if (taken.contains(asked.get())) {
                throw Failure.conflict("The supplied device path (%s) is in use.", asked.get())
                        .as("DevicePathInUse");
            }
            return asked.get();
        }
        for (int i = 0; i < LETTERS; i++) {
            String name = "/dev/vd" + (char) ('a' + i);
            if (!taken.contains(name)) {
                return name;
            }
        }
        throw Failure.forbidden("Maximum number of disk devices exceeded: no more than %d", LETTERS)
                .as("TooManyDiskDevices");
    }
}
