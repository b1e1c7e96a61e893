package cloud.welkin.image.domain;

import java.time.Instant;
import java.util.UUID;

/**
 * An import of staged data: what Glance calls a task.
 *
 * @param status pending, processing, success or failure
 */
public record ImportTask(
        UUID id,
        UUID image,
        String owner,
        String user,
        String requestId,
        String status,
        String message,
        Instant createdAt,
        Instant updatedAt) {}
