package cloud.welkin.volume.domain;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * A volume as it was at one instant.
 *
 * @param status creating, available, deleting, error or error_deleting
 */
public record Snapshot(
        UUID id,
        String project,
        String user,
        UUID volume,
        UUID type,
        Optional<String> name,
        Optional<String> description,
        long sizeGib,
        String status,
        Map<String, String> metadata,
        Optional<String> host,
        long generation,
        long observed,
        Instant createdAt,
        Instant updatedAt) {}
