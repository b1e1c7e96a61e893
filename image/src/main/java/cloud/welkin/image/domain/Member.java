package cloud.welkin.image.domain;

import java.time.Instant;
import java.util.UUID;

/**
 * A project with which an image is shared.
 *
 * @param status pending, accepted or rejected, which that project decides
 */
public record Member(
        UUID image, String project, String status, Instant createdAt, Instant updatedAt) {}
