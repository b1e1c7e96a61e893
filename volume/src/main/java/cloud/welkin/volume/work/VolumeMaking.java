package cloud.welkin.volume.work;

import cloud.welkin.database.Tx;
import cloud.welkin.image.Images;
import cloud.welkin.image.Images.ImageFacts;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.policy.Caller;
import cloud.welkin.volume.domain.Snapshot;
import cloud.welkin.volume.domain.Volume;
import cloud.welkin.volume.domain.VolumeStatus;
import cloud.welkin.volume.domain.VolumeType;
import cloud.welkin.volume.store.SnapshotTable;
import cloud.welkin.volume.store.TypeTable;
import cloud.welkin.volume.store.VolumeTable;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Makes a volume of what a caller asks for: from nothing, an image, a snapshot or another volume.
 */
public final class VolumeMaking {
    private static final long GIB = 1L << 30;
    private static final long LARGEST_GIB = 1 << 20;

    /**
     * What is asked for.
     *
     * @param sizeGib may be left out where the source has one
     * @param type id or name
     * @param request the id of the request, for the message about a failure; may be empty
     */
    public record Wanted(
            Optional<String> name,
            Optional<String> description,
            Optional<Long> sizeGib,
            Optional<UUID> image,
            Optional<UUID> snapshot,
            Optional<UUID> source,
            Optional<String> type,
            Optional<String> zone,
            Map<String, String> metadata,
            String request) {}

    private final VolumeTable volumes;
    private final SnapshotTable snapshots;
    private final TypeTable types;
    private final Images images;
    private final VolumeLifecycle lifecycle;
    private final String zone;

    /**
     * @param zone the one availability zone
     */
    public VolumeMaking(
            VolumeTable volumes,
            SnapshotTable snapshots,
            TypeTable types,
            Images images,
            VolumeLifecycle lifecycle,
            String zone) {
        this.volumes = volumes;
        this.snapshots = snapshots;
        this.types = types;
        this.images = images;
        this.lifecycle = lifecycle;
        this.zone = zone;
    }

    /** What a new volume takes over from its source. */
    private record Origin(
            long leastGib,
            boolean bootable,
            Optional<String> content,
            Optional<String> format,
            Map<String, String> imageMetadata,
            Optional<String> host,
            Optional<String> type) {}

    /**
     * @throws Failure 400 for what cannot be, 404 for an unknown source, 413 over quota
     */
    public Volume make(Tx tx, Caller caller, Wanted wanted) {
        String project = caller.requireProject().value();
        long sources =
                java.util.stream.Stream.of(wanted.image(), wanted.snapshot(), wanted.source())
                        .filter(Optional::isPresent)
                        .count();
        if (sources > 1) {
            throw Failure.badRequest("A volume is made from one of image, snapshot and volume.");
        }
        wanted.zone()
                .filter(asked -> !asked.equals(zone))
                .ifPresent(
                        asked -> {
                            throw Failure.badRequest("Availability zone '%s' is invalid.", asked);
                        });
        Origin origin = origin(tx, caller, wanted);
        long size = wanted.sizeGib().orElse(origin.leastGib());
        if (size < 1 || size > LARGEST_GIB) {
            throw Failure.badRequest(
                    "Invalid volume size provided for create request: %d (size argument must be an"
                            + " integer (or string representation of an integer) and greater than"
                            + " zero).",
                    size);
        }
        if (size < origin.leastGib()) {
            throw Failure.badRequest(
                    "Invalid input received: The size of the volume, %dGB, cannot be smaller than"
                            + " the %dGB of what it is made from.",
                    size, origin.leastGib());
        }
        String typeName =
                wanted.type()
                        .or(origin::type)
                        .or(() -> types.defaultOf(tx, project).map(VolumeType::name))
                        .orElse(VolumeType.DEFAULT);
        VolumeType type =
                types.find(tx, typeName, Optional.of(project), caller.isAdmin())
                        .orElseThrow(
                                () ->
                                        Failure.notFound(
                                                        "Volume type %s could not be found.",
                                                        typeName)
                                                .as("VolumeTypeNotFound"));
        Instant now = lifecycle.now();
        Volume volume =
                new Volume(
                        UUID.randomUUID(),
                        project,
                        caller.user().value(),
                        wanted.name(),
                        wanted.description(),
                        size,
                        size,
                        type.isOffered() ? VolumeStatus.CREATING : VolumeStatus.ERROR,
                        type.id(),
                        type.name(),
                        zone,
                        origin.bootable(),
                        type.multiattach(),
                        false,
                        wanted.snapshot(),
                        wanted.source(),
                        wanted.image(),
                        origin.content(),
                        origin.format(),
                        wanted.metadata(),
                        origin.imageMetadata(),
                        type.isOffered()
                                ? origin.host().or(() -> volumes.emptiestHost(tx))
                                : Optional.empty(),
                        Optional.empty(),
                        type.isOffered() ? "" : "no backend offers what its type asks for",
                        1,
                        0,
                        now,
                        now);
        if (type.isOffered()) {
            lifecycle.create(tx, volume);
        } else {
            lifecycle.refused(tx, volume, wanted.request());
        }
        return volume;
    }

    private Origin origin(Tx tx, Caller caller, Wanted wanted) {
        if (wanted.image().isPresent()) {
            return ofImage(tx, caller, wanted.image().get());
        }
        if (wanted.snapshot().isPresent()) {
            return ofSnapshot(tx, caller, wanted.snapshot().get());
        }
        if (wanted.source().isPresent()) {
            return ofVolume(tx, caller, wanted.source().get());
        }
        return new Origin(
                wanted.sizeGib().isPresent() ? 1 : 0,
                false,
                Optional.empty(),
                Optional.empty(),
                Map.of(),
                Optional.empty(),
                Optional.empty());
    }

    private Origin ofImage(Tx tx, Caller caller, UUID id) {
        ImageFacts image =
                images.find(tx, caller, id)
                        .orElseThrow(
                                () ->
                                        Failure.badRequest(
                                                "Invalid input received: Invalid image identifier or"
                                                        + " unable to access requested image."));
        if (!image.usable()) {
            throw Failure.badRequest("Invalid input received: Image %s is not active.", id);
        }
        if (!image.containerFormat().equals("bare")) {
            throw Failure.badRequest(
                    "Invalid input received: Image %s has container format %s; only bare ones can"
                            + " become volumes.",
                    id, image.containerFormat());
        }
        long least =
                Math.max(Math.max(1, image.minDiskGib()), (image.virtualSize() + GIB - 1) / GIB);
        Map<String, String> metadata = new HashMap<>(image.properties());
        metadata.put("image_id", image.id().toString());
        metadata.put("image_name", image.name());
        metadata.put("disk_format", image.diskFormat());
        metadata.put("container_format", image.containerFormat());
        metadata.put("min_disk", Integer.toString(image.minDiskGib()));
        metadata.put("min_ram", Integer.toString(image.minRamMib()));
        metadata.put("size", Long.toString(image.size()));
        return new Origin(
                least,
                true,
                image.sha512(),
                Optional.of(image.diskFormat()),
                metadata,
                Optional.empty(),
                Optional.empty());
    }

    private Origin ofSnapshot(Tx tx, Caller caller, UUID id) {
        Snapshot snapshot =
                snapshots
                        .lock(tx, id)
                        .filter(it -> mayUse(caller, it.project()))
                        .orElseThrow(
                                () ->
                                        Failure.notFound("Snapshot %s could not be found.", id)
                                                .as("SnapshotNotFound"));
        if (!snapshot.status().equals("available")) {
            throw Failure.badRequest(
                            "Invalid snapshot: Originating snapshot status must be one of"
                                    + " 'available' values")
                    .as("InvalidSnapshot");
        }
        Optional<Volume> of = volumes.find(tx, snapshot.volume());
        return new Origin(
                snapshot.sizeGib(),
                of.map(Volume::bootable).orElse(false),
                Optional.empty(),
                Optional.empty(),
                of.map(Volume::imageMetadata).orElse(Map.of()),
                snapshot.host(),
                of.map(Volume::typeName));
    }

    private Origin ofVolume(Tx tx, Caller caller, UUID id) {
        Volume source =
                volumes.lock(tx, id)
                        .filter(it -> mayUse(caller, it.project()))
                        .orElseThrow(
                                () ->
                                        Failure.notFound("Volume %s could not be found.", id)
                                                .as("VolumeNotFound"));
        if (source.status() != VolumeStatus.AVAILABLE) {
            throw VolumeLifecycle.invalid(
                    "the source volume must be available, it is %s.", source.status().word());
        }
        return new Origin(
                source.sizeGib(),
                source.bootable(),
                Optional.empty(),
                Optional.empty(),
                source.imageMetadata(),
                source.host(),
                Optional.of(source.typeName()));
    }

    private static boolean mayUse(Caller caller, String project) {
        return caller.isAdmin()
                || caller.project().map(it -> it.value().equals(project)).orElse(false);
    }
}
