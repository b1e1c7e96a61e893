package cloud.welkin.identity.domain;

import java.time.Instant;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/**
 * Who did what to what, from where, with what outcome: an activity event of DMTF's Cloud Auditing
 * Data Federation (DSP0262, 1.0.0).
 *
 * @param action of CADF's taxonomy: {@code authenticate}, {@code create} …
 * @param outcome {@code success} or {@code failure}
 * @param initiator the user's id; {@code unknown} when nobody knows
 * @param target the id of the thing; empty when it has none
 * @param cadf the whole event as JSON
 */
public record AuditEvent(
        UUID id,
        Instant at,
        String action,
        String outcome,
        String initiator,
        String target,
        JsonNode cadf) {}
