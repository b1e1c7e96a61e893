package cloud.welkin.kernel.event;

import java.time.Instant;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/**
 * Something that happened, as OpenStack's notifications tell it.
 *
 * @param id of this event; subscribers that must not act twice remember it
 * @param type dotted: {@code compute.instance.create.end}
 * @param projectId whose thing it is; empty where there is none, as with the next three
 * @param userId who asked
 * @param resourceId the thing
 * @param requestId the request that caused it
 * @param payload what the type's documentation says
 */
public record Event(
        UUID id,
        Instant time,
        String type,
        String projectId,
        String userId,
        String resourceId,
        String requestId,
        JsonNode payload) {}
