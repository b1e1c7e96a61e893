package cloud.welkin.volume.domain;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * A volume.
 *
 * @param sizeGib what it is
 * @param wantedGib what it is being extended to, else the same
 * @param content the SHA-512 of the image's data that it is filled from, for as long as it is being
 *     made
 * @param host where it lies; empty as long as the cloud has no host that keeps volumes
 * @param path where guests of the host find it
 * @param fault why it is in error, for its owner
 * @param generation of the newest intent
 * @param observed the newest generation that the host has settled
 */
public record Volume(
        UUID id,
        String project,
        String user,
        Optional<String> name,
        Optional<String> description,
        long sizeGib,
        long wantedGib,
        VolumeStatus status,
        UUID type,
        String typeName,
        String zone,
        boolean bootable,
        boolean multiattach,
        boolean readOnly,
        Optional<UUID> snapshot,
        Optional<UUID> source,
        Optional<UUID> image,
        Optional<String> content,
        Optional<String> contentFormat,
        Map<String, String> metadata,
        Map<String, String> imageMetadata,
        Optional<String> host,
        Optional<String> path,
        String fault,
        long generation,
        long observed,
        Instant createdAt,
        Instant updatedAt) {}
