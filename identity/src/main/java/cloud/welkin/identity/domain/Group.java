package cloud.welkin.identity.domain;

import cloud.welkin.kernel.id.DomainId;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** Users who hold roles together. */
public record Group(
        String id, DomainId domain, String name, String description, Map<String, JsonNode> extra) {}
