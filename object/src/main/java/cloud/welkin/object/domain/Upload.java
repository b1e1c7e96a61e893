package cloud.welkin.object.domain;

import java.time.Instant;
import java.util.Map;
import java.util.UUID;

/**
 * An object that comes in parts, and is none yet.
 *
 * @param id that the object will have
 * @param headers that the object will have
 * @param initiator the user who began it
 */
public record Upload(
        UUID id,
        long container,
        String name,
        Instant createdAt,
        String contentType,
        Map<String, String> headers,
        String policy,
        String initiator) {}
