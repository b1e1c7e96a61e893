package cloud.welkin.compute.work;

import cloud.welkin.compute.domain.ActionRecord;
import cloud.welkin.compute.domain.Actions;
import cloud.welkin.compute.domain.Fault;
import cloud.welkin.compute.domain.Guest;
import cloud.welkin.compute.domain.Host;
import cloud.welkin.compute.domain.Nic;
import cloud.welkin.compute.domain.Server;
import cloud.welkin.compute.domain.ServerAction;
import cloud.welkin.compute.domain.ServerState;
import cloud.welkin.compute.domain.TaskState;
import cloud.welkin.compute.domain.VmState;
import cloud.welkin.compute.domain.VolumeAttachment;
import cloud.welkin.compute.store.ActionStore;
import cloud.welkin.compute.store.GuestStore;
import cloud.welkin.compute.store.HostStore;
import cloud.welkin.compute.store.PlugStore;
import cloud.welkin.compute.store.ServerStore;
import cloud.welkin.database.Tx;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.host.HostName;
import cloud.welkin.kernel.work.Sagas;
import cloud.welkin.kernel.work.Subject;
import cloud.welkin.network.Networks;
import cloud.welkin.placement.Allocations;
import cloud.welkin.volume.Volumes;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * What happens to a server after it was made: actions, deletion, its end. Whoever changes a server
 * holds its row's lock ({@link ServerStore#lock}); whoever changes the intent raises the generation
 * and pokes the host.
 */
public final class ServerLife {
    /**
     * The event of an action that makes an image; it ends with its saga, not with the guest's task.
     */
    public static final String SNAPSHOT_EVENT = "compute_snapshot_instance";

    private final ServerStore servers;
    private final GuestStore guests;
    private final PlugStore plugs;
    private final ActionStore actions;
    private final Addresses addresses;
    private final HostStore hosts;
    private final Networks networks;
    private final Volumes volumes;
    private final Allocations allocations;
    private final ComputeQuota quota;
    private final ServerEvents events;
    private final HostPokes pokes;
    private final Sagas sagas;

    public ServerLife(
            ServerStore servers,
            GuestStore guests,
            PlugStore plugs,
            ActionStore actions,
            Addresses addresses,
            HostStore hosts,
            Networks networks,
            Volumes volumes,
            Allocations allocations,
            ComputeQuota quota,
            ServerEvents events,
            HostPokes pokes,
            Sagas sagas) {
        this.servers = servers;
        this.guests = guests;
        this.plugs = plugs;
        this.actions = actions;
        this.addresses = addresses;
        this.hosts = hosts;
        this.networks = networks;
        this.volumes = volumes;
        this.allocations = allocations;
        this.quota = quota;
        this.events = events;
        this.pokes = pokes;
        this.sagas = sagas;
    }

    /** What sagas about a server are about. */
    public static Subject subject(UUID server) {
        return Subject.of("server", server);
    }

    /**
     * The guest of a server that takes changes.
     *
     * @throws Failure 409 when the server is on its way out, or on no host
     */
    public Guest guest(Tx tx, Server server) {
        if (server.host().isEmpty()) {
            throw Failure.conflict("Instance %s is not ready", server.id()).as("InstanceNotReady");
        }
        return guests.find(tx, server.id())
                .filter(Guest::present)
                .orElseThrow(
                        () ->
                                Failure.conflict(
                                                "Cannot change instance %s while it is in task_state"
                                                        + " deleting",
                                                server.id())
                                        .as("InstanceInvalidState"));
    }

    /** Begins an action on a locked server: state, intent, record, poke. */
    public Guest begin(Tx tx, Ask ask, Server server, ServerAction action) {
        Guest guest = guest(tx, server);
        if (!guest.ready()) {
            // Its volumes are not there (yet): only they, or its deletion, lead on from here.
            throw Failure.conflict(
                            "Instance %s is not ready: its volumes have not been made", server.id())
                    .as("InstanceNotReady");
        }
        Actions.Begun begun = Actions.begin(server.id(), server.state(), guest, action);
        servers.setState(tx, server.id(), begun.state(), server.fault(), ask.now());
        record(tx, ask, server, action.word(), event(action));
        want(tx, guest, begun.guest(), ask.now());
        return begun.guest();
    }

    /** Keeps a changed intent and pokes the host. */
    public void want(Tx tx, Guest before, Guest after, Instant now) {
        if (after.generation() != before.generation()) {
            guests.save(tx, after, now, false);
            if (after.ready()) {
                pokes.poke(tx, after.host());
            }
        }
    }

    /** Tells in the server's own history that the action has begun. */
    public void record(Tx tx, Ask ask, Server server, String action, String event) {
        actions.begin(
                tx,
                new ActionRecord(
                        server.id(),
                        ask.requestId(),
                        action,
                        ask.caller().project().map(Object::toString).orElse(""),
                        ask.caller().user().value(),
                        Optional.empty(),
                        ask.now(),
                        ask.now()),
                event,
                server.host().map(HostName::value).orElse(""));
    }

    /**
     * Begins the end of a server, whatever its state; begins nothing when it has begun. The end
     * comes when the host says that nothing is left, or at once where no host ever heard of the
     * guest, or the operator says that the host is dead.
     */
    public void delete(Tx tx, Ask ask, Server server) {
        Optional<Guest> found = guests.find(tx, server.id());
        if (found.isPresent() && !found.get().present()) {
            return;
        }
        record(tx, ask, server, "delete", "compute_terminate_instance");
        sagas.cancel(tx, subject(server.id()), "the server is being deleted");
        events.publish(tx, "delete.start", server, ask.requestId(), ask.now());
        boolean told = found.isPresent() && found.get().ready();
        boolean dead =
                server.host()
                        .flatMap(name -> hosts.find(tx, name))
                        .map(Host::forcedDown)
                        .orElse(true);
        if (!told || dead) {
            gone(tx, server, ask.requestId(), ask.now());
            return;
        }
        servers.setState(
                tx,
                server.id(),
                server.state().doing(TaskState.DELETING),
                server.fault(),
                ask.now());
        want(tx, found.get(), found.get().absent(), ask.now());
    }

    /** Nothing of the guest is left: neither shall be anything that the server held. */
    public void gone(Tx tx, Server server, String requestId, Instant now) {
        for (Nic nic : plugs.nics(tx, server.id())) {
            free(tx, nic);
        }
        for (VolumeAttachment attachment : plugs.attachments(tx, server.id())) {
            free(tx, attachment);
        }
        allocations.release(tx, server.id());
        guests.delete(tx, server.id());
        servers.deleted(tx, server.id(), now);
        actions.finish(tx, server.id(), Optional.empty(), "", now);
        events.publish(tx, "delete.end", server, requestId, now);
        quota.takeServers(tx, server.project(), -1, server.vcpus(), server.ramMib());
    }

    /** Writes what the server's NICs say into its row. */
    public void refreshAddresses(Tx tx, UUID server) {
        addresses.refresh(tx, server);
    }

    /**
     * The guest does not have the port any more: it is deleted, or free again if its user made it.
     */
    public void free(Tx tx, Nic nic) {
        plugs.deleteNic(tx, nic.port());
        if (nic.facts().keep()) {
            networks.unclaim(tx, nic.port());
        } else {
            networks.deletePort(tx, nic.port());
        }
    }

    /** The guest does not have the volume any more. */
    public void free(Tx tx, VolumeAttachment attachment) {
        plugs.deleteAttachment(tx, attachment.id());
        attachment.reservation().ifPresent(reservation -> volumes.release(tx, reservation));
        if (attachment.deleteOnTermination()) {
            volumes.delete(tx, attachment.volume());
        }
    }

    /**
     * What a guest needs could not be made: the server is in error, from which only its deletion
     * leads out.
     */
    public void failed(Tx tx, Server server, String why, Instant now) {
        servers.setState(
                tx,
                server.id(),
                new ServerState(VmState.ERROR, Optional.empty(), ServerState.NO_STATE),
                Optional.of(Fault.of(why, now)),
                now);
        servers.forgetPassword(tx, server.id());
        actions.finish(tx, server.id(), Optional.of(why), "", now);
        events.publish(tx, "create.error", server, "", now);
    }

    private static String event(ServerAction action) {
        return switch (action) {
            case START -> "compute_start_instance";
            case STOP -> "compute_stop_instance";
            case REBOOT, REBOOT_HARD -> "compute_reboot_instance";
            case PAUSE -> "compute_pause_instance";
            case UNPAUSE -> "compute_unpause_instance";
            case SUSPEND -> "compute_suspend_instance";
            case RESUME -> "compute_resume_instance";
            case REBUILD -> "compute_rebuild_instance";
            case CREATE_IMAGE -> SNAPSHOT_EVENT;
            case ATTACH_VOLUME -> "compute_attach_volume";
            case DETACH_VOLUME -> "compute_detach_volume";
            case ATTACH_INTERFACE -> "compute_attach_interface";
            case DETACH_INTERFACE -> "compute_detach_interface";
        };
    }
}
