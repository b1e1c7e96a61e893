package cloud.welkin.volume.work;

import cloud.welkin.database.Tx;
import cloud.welkin.kernel.event.Event;
import cloud.welkin.kernel.event.Events;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.json.Json;
import cloud.welkin.kernel.quota.QuotaResource;
import cloud.welkin.volume.Volumes.Listener;
import cloud.welkin.volume.domain.Message;
import cloud.welkin.volume.domain.Snapshot;
import cloud.welkin.volume.domain.Volume;
import cloud.welkin.volume.domain.VolumeStatus;
import cloud.welkin.volume.domain.VolumeType;
import cloud.welkin.volume.store.MessageTable;
import cloud.welkin.volume.store.SnapshotTable;
import cloud.welkin.volume.store.TypeTable;
import cloud.welkin.volume.store.VolumeTable;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Every change of what volumes and snapshots shall be, each with its counts of quota, its event and
 * its poke of the host.
 */
public final class VolumeLifecycle {
    /**
     * On which {@link VolumeDesk} hears that something became pending; the payload is the host's
     * name.
     */
    static final String CHANNEL = "volume_pending";

    /** Cinder's message_ttl. */
    private static final Duration MESSAGES_KEPT = Duration.ofDays(30);

    private final VolumeTable volumes;
    private final SnapshotTable snapshots;
    private final MessageTable messages;
    private final TypeTable types;
    private final VolumeQuotas quotas;
    private final Events events;
    private final Clock clock;
    private final List<Listener> listeners = new CopyOnWriteArrayList<>();

    public VolumeLifecycle(
            VolumeTable volumes,
            SnapshotTable snapshots,
            MessageTable messages,
            TypeTable types,
            VolumeQuotas quotas,
            Events events,
            Clock clock) {
        this.volumes = volumes;
        this.snapshots = snapshots;
        this.messages = messages;
        this.types = types;
        this.quotas = quotas;
        this.events = events;
        this.clock = clock;
    }

    public void addListener(Listener listener) {
        listeners.add(listener);
    }

    public Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }

    public void create(Tx tx, Volume volume) {
        quotas.checkSize(tx, volume.project(), volume.sizeGib());
        quotas.take(
                tx,
                volume.project(),
                volume.typeName(),
                Map.of(VolumeQuotas.VOLUMES, 1L, VolumeQuotas.GIGABYTES, volume.sizeGib()));
        volumes.insert(tx, volume);
        publish(tx, "volume.create.start", volume);
        poke(tx, volume.host());
    }

    /**
     * @throws Failure 400 when it is in no state to be deleted
     */
    public void delete(Tx tx, Volume volume, boolean cascade, boolean force) {
        boolean free =
                volume.status().deletable()
                        || (force
                                && (volume.status() == VolumeStatus.CREATING
                                        || volume.status() == VolumeStatus.EXTENDING));
        if (volume.status() == VolumeStatus.DELETING) {
            return;
        }
        if (!free) {
            throw invalid(
                    "Volume status must be available or error or error_extending or error_deleting"
                            + " and must not be migrating, attached, belong to a group or have"
                            + " snapshots. It is %s.",
                    volume.status().word());
        }
        List<Snapshot> kept = snapshots.ofVolume(tx, volume.id());
        if (!kept.isEmpty() && !cascade) {
            throw invalid("Volume %s still has %d dependent snapshots.", volume.id(), kept.size());
        }
        if (volumes.isBeingCopied(tx, volume.id())) {
            throw invalid("Volume %s is being copied.", volume.id());
        }
        for (Snapshot snapshot : kept) {
            delete(tx, snapshot);
        }
        publish(tx, "volume.delete.start", volume);
        if (volume.host().isEmpty()) {
            gone(tx, volume);
        } else {
            volumes.remove(tx, volume.id(), now());
            poke(tx, volume.host());
        }
    }

    /** Nothing is left of it. */
    void gone(Tx tx, Volume volume) {
        volumes.delete(tx, volume.id());
        volumes.forgetFile(tx, volume.id(), volume.host());
        quotas.take(
                tx,
                volume.project(),
                volume.typeName(),
                Map.of(VolumeQuotas.VOLUMES, -1L, VolumeQuotas.GIGABYTES, -volume.wantedGib()));
        publish(tx, "volume.delete.end", volume);
    }

    /**
     * @throws Failure 400 unless available and smaller
     */
    public void extend(Tx tx, Volume volume, long gib) {
        if (volume.status() != VolumeStatus.AVAILABLE) {
            throw invalid(
                    "Volume %s status must be available to extend, currently %s.",
                    volume.id(), volume.status().word());
        }
        if (gib <= volume.sizeGib()) {
            throw Failure.badRequest(
                            "Invalid input received: New size for extend must be greater than"
                                    + " current size. (current: %d, extended: %d).",
                            volume.sizeGib(), gib)
                    .as("InvalidInput");
        }
        quotas.checkSize(tx, volume.project(), gib);
        quotas.take(
                tx,
                volume.project(),
                volume.typeName(),
                Map.of(VolumeQuotas.GIGABYTES, gib - volume.sizeGib()));
        volumes.extend(tx, volume.id(), gib, now());
        publish(tx, "volume.resize.start", volume);
        poke(tx, volume.host());
    }

    /** It is there as wanted. */
    void ready(Tx tx, Volume volume, String path, VolumeStatus status) {
        volumes.ready(tx, volume, path, status, now());
        switch (volume.status()) {
            case CREATING -> {
                publish(tx, "volume.create.end", volume);
                listeners.forEach(listener -> listener.settled(tx, volume.id(), true));
            }
            case EXTENDING -> publish(tx, "volume.resize.end", volume);
            case AVAILABLE,
                    RESERVED,
                    ATTACHING,
                    IN_USE,
                    DETACHING,
                    AWAITING_TRANSFER,
                    DELETING,
                    ERROR,
                    ERROR_EXTENDING,
                    ERROR_DELETING -> {}
        }
    }

    /** It could not be made so. */
    void failed(Tx tx, Volume volume, VolumeStatus into, String why) {
        volumes.failed(tx, volume, into, why, now());
        long back = volume.wantedGib() - volume.sizeGib();
        if (back > 0) {
            quotas.take(
                    tx, volume.project(), volume.typeName(), Map.of(VolumeQuotas.GIGABYTES, -back));
        }
        publish(tx, "volume.error", volume);
        tell(tx, volume, why);
        if (volume.status() == VolumeStatus.CREATING) {
            listeners.forEach(listener -> listener.settled(tx, volume.id(), false));
        }
    }

    /** A message for the owner about what a host could not do; it has no request of its own. */
    private void tell(Tx tx, Volume volume, String why) {
        Optional<Message.Action> action =
                switch (volume.status()) {
                    case CREATING -> Optional.of(Message.Action.CREATE);
                    case EXTENDING -> Optional.of(Message.Action.EXTEND);
                    case DELETING -> Optional.of(Message.Action.DELETE);
                    case AVAILABLE,
                            RESERVED,
                            ATTACHING,
                            IN_USE,
                            DETACHING,
                            AWAITING_TRANSFER,
                            ERROR,
                            ERROR_EXTENDING,
                            ERROR_DELETING ->
                            Optional.empty();
                };
        action.ifPresent(what -> tell(tx, volume, "", what, "001", why));
    }

    private void tell(
            Tx tx,
            Volume volume,
            String request,
            Message.Action action,
            String detail,
            String text) {
        messages.insert(
                tx,
                new Message(
                        UUID.randomUUID(),
                        volume.project(),
                        request,
                        volume.id(),
                        action,
                        detail,
                        text,
                        now(),
                        now().plus(MESSAGES_KEPT)),
                now());
    }

    /** No host offers what its type asks for: a volume in error, with a message that says so. */
    public void refused(Tx tx, Volume volume, String request) {
        quotas.take(
                tx,
                volume.project(),
                volume.typeName(),
                Map.of(VolumeQuotas.VOLUMES, 1L, VolumeQuotas.GIGABYTES, volume.sizeGib()));
        volumes.insert(tx, volume);
        publish(tx, "volume.error", volume);
        tell(
                tx,
                volume,
                request,
                Message.Action.PLACE,
                "002",
                "No backend offers what the volume's type asks for.");
    }

    /** Its data is missing, and a server has it. */
    void lost(Tx tx, Volume volume, String why) {
        volumes.setFault(tx, volume, why, now());
        publish(tx, "volume.error", volume);
    }

    /**
     * Another type, which changes what it is counted by and whether servers may share it.
     *
     * @throws Failure 400 unless available, without snapshots and the types differ
     */
    public void retype(Tx tx, Volume volume, VolumeType type) {
        if (volume.status() != VolumeStatus.AVAILABLE) {
            throw invalid(
                    "Volume %s status must be available to change its type, currently %s.",
                    volume.id(), volume.status().word());
        }
        if (type.id().equals(volume.type())) {
            throw Failure.badRequest(
                            "Invalid input received: New volume_type same as original: %s.",
                            type.name())
                    .as("InvalidInput");
        }
        if (!snapshots.ofVolume(tx, volume.id()).isEmpty()) {
            throw invalid("Volume must not have snapshots to change its type.");
        }
        if (!type.isOffered()) {
            throw Failure.badRequest(
                            "Invalid input received: no backend offers what type %s asks for.",
                            type.name())
                    .as("InvalidInput");
        }
        Map<QuotaResource, Long> counted =
                Map.of(VolumeQuotas.VOLUMES, 1L, VolumeQuotas.GIGABYTES, volume.sizeGib());
        Map<QuotaResource, Long> back =
                Map.of(VolumeQuotas.VOLUMES, -1L, VolumeQuotas.GIGABYTES, -volume.sizeGib());
        quotas.take(tx, volume.project(), volume.typeName(), back);
        quotas.take(tx, volume.project(), type.name(), counted);
        volumes.retype(tx, volume.id(), type, now());
        publish(tx, "volume.retype", volume);
    }

    public void create(Tx tx, Snapshot snapshot, Volume of) {
        if (of.status() != VolumeStatus.AVAILABLE) {
            throw invalid(
                    "Volume %s status must be available, but current status is: %s.",
                    of.id(), of.status().word());
        }
        quotas.take(tx, snapshot.project(), of.typeName(), snapshotDeltas(snapshot, 1));
        snapshots.insert(tx, snapshot);
        publish(tx, "snapshot.create.start", snapshot);
        poke(tx, snapshot.host());
    }

    /**
     * @throws Failure 400 when it is in no state to be deleted
     */
    public void delete(Tx tx, Snapshot snapshot) {
        if (snapshot.status().equals("deleting")) {
            return;
        }
        if (snapshot.status().equals("creating")) {
            throw Failure.badRequest(
                            "Invalid snapshot: Snapshot %s is still being made.", snapshot.id())
                    .as("InvalidSnapshot");
        }
        if (volumes.isBeingCopied(tx, snapshot.id())) {
            throw Failure.badRequest(
                            "Invalid snapshot: a volume is being made from snapshot %s.",
                            snapshot.id())
                    .as("InvalidSnapshot");
        }
        snapshots.remove(tx, snapshot.id(), now());
        publish(tx, "snapshot.delete.start", snapshot);
        poke(tx, snapshot.host());
    }

    void gone(Tx tx, Snapshot snapshot) {
        snapshots.delete(tx, snapshot.id());
        volumes.forgetFile(tx, snapshot.id(), snapshot.host());
        quotas.take(tx, snapshot.project(), typeName(tx, snapshot), snapshotDeltas(snapshot, -1));
        publish(tx, "snapshot.delete.end", snapshot);
    }

    void observed(Tx tx, Snapshot snapshot, String status, String fault) {
        snapshots.observed(tx, snapshot, status, fault, now());
        publish(tx, fault.isEmpty() ? "snapshot.create.end" : "snapshot.error", snapshot);
    }

    private String typeName(Tx tx, Snapshot snapshot) {
        return types.find(tx, snapshot.type().toString(), Optional.empty(), true)
                .orElseThrow()
                .name();
    }

    private static Map<QuotaResource, Long> snapshotDeltas(Snapshot snapshot, int sign) {
        return Map.of(
                VolumeQuotas.SNAPSHOTS,
                (long) sign,
                VolumeQuotas.GIGABYTES,
                sign * snapshot.sizeGib());
    }

    public static Failure invalid(String message, Object... arguments) {
        return Failure.badRequest("Invalid volume: " + message, arguments).as("InvalidVolume");
    }

    private static void poke(Tx tx, Optional<String> host) {
        host.ifPresent(name -> tx.notify(CHANNEL, name));
    }

    void publish(Tx tx, String type, Volume volume) {
        Map<String, Object> payload = new LinkedHashMap<>();
        payload.put("volume_id", volume.id());
        payload.put("display_name", volume.name());
        payload.put("status", volume.status().word());
        payload.put("size", volume.wantedGib());
        payload.put("volume_type", volume.type());
        payload.put("availability_zone", volume.zone());
        payload.put("snapshot_id", volume.snapshot());
        payload.put("host", volume.host());
        payload.put("created_at", volume.createdAt().toString());
        publish(tx, type, volume.project(), volume.user(), volume.id(), payload);
    }

    private void publish(Tx tx, String type, Snapshot snapshot) {
        Map<String, Object> payload = new LinkedHashMap<>();
        payload.put("snapshot_id", snapshot.id());
        payload.put("volume_id", snapshot.volume());
        payload.put("display_name", snapshot.name());
        payload.put("status", snapshot.status());
        payload.put("volume_size", snapshot.sizeGib());
        payload.put("created_at", snapshot.createdAt().toString());
        publish(tx, type, snapshot.project(), snapshot.user(), snapshot.id(), payload);
    }

    void publish(
            Tx tx, String type, String project, String user, UUID id, Map<String, Object> payload) {
        events.publish(
                tx,
                new Event(
                        UUID.randomUUID(),
                        now(),
                        type,
                        project,
                        user,
                        id.toString(),
                        "",
                        Json.tree(payload)));
    }
}
