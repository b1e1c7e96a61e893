package cloud.welkin.compute.work;

import cloud.welkin.compute.domain.Guest;
import cloud.welkin.compute.domain.Server;
import cloud.welkin.compute.domain.TaskState;
import cloud.welkin.compute.domain.VolumeAttachment;
import cloud.welkin.compute.store.GuestStore;
import cloud.welkin.compute.store.PlugStore;
import cloud.welkin.compute.store.ServerStore;
import cloud.welkin.database.Tx;
import cloud.welkin.kernel.policy.Caller;
import cloud.welkin.volume.Volumes;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * Servers that wait for volumes to be made hear of it here: with the last one their guest may
 * start.
 */
public final class VolumesReady implements Volumes.Listener {
    private final ServerStore servers;
    private final GuestStore guests;
    private final PlugStore plugs;
    private final Volumes volumes;
    private final ServerLife life;
    private final Clock clock;

    public VolumesReady(
            ServerStore servers,
            GuestStore guests,
            PlugStore plugs,
            Volumes volumes,
            ServerLife life,
            Clock clock) {
        this.servers = servers;
        this.guests = guests;
        this.plugs = plugs;
        this.volumes = volumes;
        this.life = life;
        this.clock = clock;
    }

    @Override
    public void settled(Tx tx, UUID volume, boolean available) {
        for (VolumeAttachment attachment : plugs.ofVolume(tx, volume)) {
            if (attachment.reservation().isEmpty()) {
                servers.lock(tx, attachment.server())
                        .ifPresent(server -> settled(tx, server, attachment, available));
            }
        }
    }

    private void settled(Tx tx, Server server, VolumeAttachment made, boolean available) {
        Instant now = clock.instant();
        Optional<Guest> guest = guests.find(tx, server.id());
        if (guest.isEmpty() || guest.get().ready() || !guest.get().present()) {
            return;
        }
        if (!available) {
            life.failed(tx, server, "The volume " + made.volume() + " could not be made.", now);
            return;
        }
        Volumes.Attachment reserved =
                volumes.reserve(
                        tx,
                        Caller.program(),
                        made.volume(),
                        server.id(),
                        Optional.of(made.device()));
        plugs.reserved(tx, made.id(), reserved.id(), reserved.path());
        boolean all =
                plugs.attachments(tx, server.id()).stream()
                        .allMatch(attachment -> attachment.path().isPresent());
        if (all && server.state().isDoing(TaskState.BLOCK_DEVICE_MAPPING)) {
            servers.setState(
                    tx, server.id(), server.state().doing(TaskState.SPAWNING), server.fault(), now);
            life.want(tx, guest.get(), guest.get().made(), now);
        }
    }
}
