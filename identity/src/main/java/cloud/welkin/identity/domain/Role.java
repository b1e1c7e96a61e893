package cloud.welkin.identity.domain;

import cloud.welkin.kernel.id.DomainId;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * A role; one with a domain exists in that domain only, and is in no token: it only implies others.
 *
 * @param options Keystone's resource options: {@code immutable}
 */
public record Role(
        String id,
        String name,
        Optional<DomainId> domain,
        Optional<String> description,
        Map<String, JsonNode> options) {}
