package cloud.welkin.volume.work;

import cloud.welkin.database.Tx;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.volume.domain.Binding;
import cloud.welkin.volume.domain.Volume;
import cloud.welkin.volume.domain.VolumeStatus;
import cloud.welkin.volume.store.BindingTable;
import cloud.welkin.volume.store.VolumeTable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Ties volumes to servers. The state of a volume follows from its attachments, in the same
 * transaction.
 */
public final class VolumeBindings {
    private final VolumeTable volumes;
    private final BindingTable bindings;
    private final VolumeLifecycle lifecycle;

    public VolumeBindings(VolumeTable volumes, BindingTable bindings, VolumeLifecycle lifecycle) {
        this.volumes = volumes;
        this.bindings = bindings;
        this.lifecycle = lifecycle;
    }

    /**
     * Reserves a volume that the caller has locked.
     *
     * @throws Failure 400 when it is not free
     */
    public Binding reserve(
            Tx tx,
            Volume volume,
            Optional<UUID> server,
            Optional<String> device,
            String mode,
            Binding.Status status) {
        List<Binding> others = bindings.ofVolumes(tx, List.of(volume.id()));
        requireFree(volume, others, server);
        if (volumes.isBeingCopied(tx, volume.id())) {
            throw VolumeLifecycle.invalid("Volume %s is being copied.", volume.id());
        }
        if (volume.readOnly() && mode.equals("rw")) {
            throw VolumeLifecycle.invalid(
                    "Volume %s is read-only and cannot be attached for writing.", volume.id());
        }
        Binding binding =
                new Binding(
                        UUID.randomUUID(),
                        volume.id(),
                        volume.project(),
                        server,
                        status,
                        mode,
                        device,
                        Optional.empty(),
                        lifecycle.now(),
                        Optional.empty());
        bindings.insert(tx, binding);
        settle(tx, volume);
        return binding;
    }

    private static void requireFree(Volume volume, List<Binding> others, Optional<UUID> server) {
        boolean free =
                volume.status() == VolumeStatus.AVAILABLE
                        || (volume.multiattach()
                                && !others.isEmpty()
                                && Binding.statusOf(others.stream().map(Binding::status).toList())
                                        == volume.status());
        if (!free) {
            throw VolumeLifecycle.invalid(
                    "volume '%s' status must be 'available'. Currently in '%s'",
                    volume.id(), volume.status().word());
        }
        if (server.isPresent() && others.stream().anyMatch(it -> it.server().equals(server))) {
            throw VolumeLifecycle.invalid(
                    "volume '%s' is already attached to server %s", volume.id(), server.get());
        }
    }

    /** A host is being connected with the volume. */
    public void connecting(Tx tx, Binding binding, Optional<String> device, Optional<String> host) {
        Binding.Status status =
                binding.status() == Binding.Status.ATTACHED
                        ? Binding.Status.ATTACHED
                        : Binding.Status.ATTACHING;
        bindings.connected(tx, binding.id(), status, device, host);
        volumes.lock(tx, binding.volume()).ifPresent(volume -> settle(tx, volume));
    }

    /** The guest has it. */
    public void attached(Tx tx, UUID id, Optional<String> device, Optional<String> host) {
        bindings.find(tx, id)
                .ifPresent(
                        binding -> {
                            Volume volume = volumes.lock(tx, binding.volume()).orElseThrow();
                            bindings.connected(tx, id, Binding.Status.ATTACHED, device, host);
                            bindings.attached(tx, id, lifecycle.now());
                            settle(tx, volume);
                            publish(tx, "volume.attach.end", volume, binding);
                        });
    }

    /** It is to go. */
    public void detaching(Tx tx, UUID id) {
        bindings.find(tx, id)
                .ifPresent(
                        binding -> {
                            Volume volume = volumes.lock(tx, binding.volume()).orElseThrow();
                            bindings.setStatus(tx, id, Binding.Status.DETACHING);
                            settle(tx, volume);
                        });
    }

    /** It is gone; releasing twice is releasing once. */
    public void release(Tx tx, UUID id) {
        bindings.find(tx, id)
                .ifPresent(
                        binding -> {
                            Volume volume = volumes.lock(tx, binding.volume()).orElseThrow();
                            bindings.delete(tx, id);
                            settle(tx, volume);
                            publish(tx, "volume.detach.end", volume, binding);
                        });
    }

    private void settle(Tx tx, Volume volume) {
        VolumeStatus status =
                Binding.statusOf(
                        bindings.ofVolumes(tx, List.of(volume.id())).stream()
                                .map(Binding::status)
                                .toList());
        if (status != volume.status()) {
            volumes.setStatus(tx, volume.id(), status, lifecycle.now());
        }
    }

    private void publish(Tx tx, String type, Volume volume, Binding binding) {
        Map<String, Object> payload = new LinkedHashMap<>();
        payload.put("volume_id", volume.id());
        payload.put("server_id", binding.server());
        payload.put("attachment_id", binding.id());
        payload.put("size", volume.sizeGib());
        lifecycle.publish(tx, type, volume.project(), volume.user(), volume.id(), payload);
    }
}
