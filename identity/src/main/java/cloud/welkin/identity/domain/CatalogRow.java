package cloud.welkin.identity.domain;

import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** What the catalogue is made of. */
public sealed interface CatalogRow {
    String id();

    Map<String, JsonNode> extra();

    /** Where services are; regions may lie in others. */
    record Region(
            String id, String description, Optional<String> parent, Map<String, JsonNode> extra)
            implements CatalogRow {}

    /** A service that clients look for by its type. */
    record Service(
            String id,
            String type,
            Optional<String> name,
            Optional<String> description,
            boolean enabled,
            Map<String, JsonNode> extra)
            implements CatalogRow {}

    /**
     * Where a service is reached.
     *
     * @param side public, internal or admin
     * @param url may hold {@code $(project_id)s}, {@code $(tenant_id)s} and {@code $(user_id)s}
     */
    record Endpoint(
            String id,
            String service,
            Optional<String> region,
            String side,
            String url,
            Optional<String> name,
            Optional<String> description,
            boolean enabled,
            Map<String, JsonNode> extra)
            implements CatalogRow {

        /** The same at another URL. */
        public Endpoint at(String other) {
            return new Endpoint(
                    id, service, region, side, other, name, description, enabled, extra);
        }
    }
}
