package cloud.welkin.identity.domain;

import cloud.welkin.identity.domain.CatalogRow.Endpoint;
import cloud.welkin.kernel.failure.Failure;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** Endpoints that are alike in some respect, present and future ones. */
public record EndpointGroup(String id, String name, Optional<String> description, Filters filters) {
    private static final Set<String> SIDES = Set.of("public", "internal", "admin");

    /**
     * What the endpoints of a group have in common; those that meet all of it are in.
     *
     * @param values what service_id, region_id, interface and enabled must be
     */
    public record Filters(Map<String, JsonNode> values) {
        /**
         * @throws Failure 400 when something is no filter, or of the wrong kind
         */
        public static Filters checked(Map<String, JsonNode> values) {
            values.forEach(
                    (name, value) -> {
                        boolean good =
                                switch (name) {
                                    case "service_id" -> value.isString();
                                    case "region_id" -> value.isString() || value.isNull();
                                    case "interface" ->
                                            value.isString() && SIDES.contains(value.asString());
                                    case "enabled" -> value.isBoolean();
                                    default ->
                                            throw Failure.badRequest(
                                                    "Expecting to find service_id or region_id or"
                                                            + " interface or enabled in"
                                                            + " endpoint_group.");
                                };
                        if (!good) {
                            throw Failure.badRequest(
                                    "Invalid input for field 'filters/%s': %s.", name, value);
                        }
                    });
            return new Filters(values);
        }

        public boolean match(Endpoint endpoint) {
            return values.entrySet().stream()
                    .allMatch(
                            entry -> {
                                JsonNode value = entry.getValue();
                                return switch (entry.getKey()) {
                                    case "service_id" -> is(value, endpoint.service());
                                    case "region_id" ->
                                            endpoint.region()
                                                    .map(id -> is(value, id))
                                                    .orElse(value.isNull());
                                    case "interface" -> is(value, endpoint.side());
                                    case "enabled" -> value.asBoolean() == endpoint.enabled();
                                    default -> false;
                                };
                            });
        }

        private static boolean is(JsonNode value, String text) {
            return value.isString() && value.asString().equals(text);
        }
    }
}
