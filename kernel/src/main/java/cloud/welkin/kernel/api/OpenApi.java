package cloud.welkin.kernel.api;

import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.json.Json;
import cloud.welkin.kernel.policy.Policy;
import cloud.welkin.kernel.policy.PolicyRule;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * The OpenAPI 3.1 document of an API, made of its declarations (spec.openapis.org/oas/v3.1.0).
 * OpenStack's own terms are extensions: {@code x-openstack-min-version}, {@code
 * x-openstack-max-version}, {@code x-openstack-policy}. Where several declarations share method and
 * path, the newest is described and the others stand under {@code x-openstack-older}.
 */
public final class OpenApi {
    /** The methods that a path item has a place for; others (COPY, REPORT) are extensions. */
    private static final Set<String> METHODS =
            Set.of("get", "put", "post", "delete", "options", "head", "patch", "trace");

    private final Api api;
    private final JsonSchemas schemas = new JsonSchemas();

    private OpenApi(Api api) {
        this.api = api;
    }

    /** The whole document as a tree. */
    public static JsonNode of(Api api) {
        return Json.tree(new OpenApi(api).document());
    }

    /**
     * Who may do what by default, as a table in Markdown: operation, rule, check, what the
     * operation does.
     */
    public static String policyTable(Api api, Policy policy) {
        StringBuilder table =
                new StringBuilder("| Operation | Rule | Check | |\n|---|---|---|---|\n");
        for (Operation operation : api.operations()) {
            boolean open = operation.access() instanceof Operation.Access.Open;
            String check =
                    open
                            ? "open to all"
                            : policy.rules().stream()
                                    .filter(rule -> rule.name().equals(operation.policyName()))
                                    .map(PolicyRule::check)
                                    .findFirst()
                                    .map(text -> text.isEmpty() ? "any token" : "`" + text + "`")
                                    .orElse("");
            table.append("| `")
                    .append(operation.method())
                    .append(' ')
                    .append(api.path())
                    .append(operation.path().text())
                    .append("` | ")
                    .append(open ? "" : "`" + operation.policyName() + "`")
                    .append(" | ")
                    .append(check.replace("|", "\\|"))
                    .append(" | ")
                    .append(operation.doc().replace("|", "\\|"))
                    .append(" |\n");
        }
        return table.toString();
    }

    private Map<String, Object> document() {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("openapi", "3.1.0");
        document.put(
                "info",
                Map.of(
                        "title",
                        "Welkin: " + api.name(),
                        "version",
                        api.versioning().map(v -> v.newest().toString()).orElse("1.0")));
        document.put("servers", List.of(Map.of("url", api.path().isEmpty() ? "/" : api.path())));
        Map<String, Object> paths = paths();
        document.put("paths", paths);
        Map<String, Object> components = new LinkedHashMap<>();
        components.put("schemas", schemas.components());
        components.put("responses", Map.of("Error", error()));
        components.put(
                "securitySchemes",
                Map.of("token", Map.of("type", "apiKey", "in", "header", "name", "X-Auth-Token")));
        document.put("components", components);
        return document;
    }

    private Map<String, Object> paths() {
        Map<String, Object> paths = new LinkedHashMap<>();
        for (Operation operation : api.operations()) {
            String path = operation.path().text().replace("...}", "}");
            @SuppressWarnings("unchecked") // made here and nowhere else
            Map<String, Object> item =
                    (Map<String, Object>)
                            paths.computeIfAbsent(
                                    path.isEmpty() ? "/" : path, p -> new LinkedHashMap<>());
            String method = operation.method().toLowerCase(Locale.ROOT);
            String key = METHODS.contains(method) ? method : "x-method-" + method;
            Map<String, Object> described = operation(operation);
            Object other = item.get(key);
            if (other instanceof Map<?, ?> known) {
                // Two lives of one operation, at different versions.
                boolean newer = operation.until().isEmpty();
                described.put("operationId", operationId(operation) + "_" + described.hashCode());
                if (newer) {
                    described.put("x-openstack-older", List.of(known));
                    item.put(key, described);
                } else {
                    @SuppressWarnings("unchecked") // made here and nowhere else
                    Map<String, Object> newest = (Map<String, Object>) known;
                    List<Object> older = new ArrayList<>();
                    if (newest.get("x-openstack-older") instanceof List<?> before) {
                        older.addAll(before);
                    }
                    older.add(described);
                    newest.put("x-openstack-older", older);
                }
            } else {
                item.put(key, described);
            }
        }
        return paths;
    }

    private static String operationId(Operation operation) {
        return (operation.method() + operation.path().text()).replaceAll("[^A-Za-z0-9]+", "_");
    }

    private Map<String, Object> operation(Operation operation) {
        Map<String, Object> described = new LinkedHashMap<>();
        described.put("operationId", operationId(operation));
        described.put("summary", operation.doc());
        List<Object> parameters = new ArrayList<>();
        for (String name : operation.path().variables()) {
            parameters.add(
                    Map.of(
                            "name",
                            name,
                            "in",
                            "path",
                            "required",
                            true,
                            "schema",
                            Map.of("type", "string")));
        }
        for (Param param : operation.params()) {
            parameters.add(
                    Map.of(
                            "name", param.name(),
                            "in", "query",
                            "description", param.doc(),
                            "schema", schema(param.kind())));
        }
        described.put("parameters", parameters);
        operation
                .body()
                .ifPresent(
                        type ->
                                described.put(
                                        "requestBody",
                                        Map.of(
                                                "required",
                                                !operation.isBodyOptional(),
                                                "content",
                                                json(schemas.of(type)))));
        described.put("responses", responses(operation));
        if (operation.access() instanceof Operation.Access.Open) {
            described.put("security", List.of());
        } else {
            described.put("security", List.of(Map.of("token", List.of())));
            described.put("x-openstack-policy", operation.policyName());
        }
        operation.since().ifPresent(v -> described.put("x-openstack-min-version", v.toString()));
        operation.until().ifPresent(v -> described.put("x-openstack-max-version", v.toString()));
        return described;
    }

    private Map<String, Object> responses(Operation operation) {
        Map<String, Object> good = new LinkedHashMap<>();
        good.put("description", operation.doc());
        if (operation.status() != 204) {
            operation.reply().ifPresent(type -> good.put("content", json(schemas.of(type))));
        }
        Map<String, Object> responses = new LinkedHashMap<>();
        responses.put(Integer.toString(operation.status()), good);
        responses.put("default", Map.of("$ref", "#/components/responses/Error"));
        return responses;
    }

    /** The service's own form of errors, shown by the shape of one. */
    private Map<String, Object> error() {
        JsonNode example =
                Json.tree(api.errors().body(Failure.badRequest("What was wrong."), "req-…"));
        return Map.of(
                "description",
                "What was wrong, in the form of this service.",
                "content",
                Map.of(
                        "application/json",
                        Map.of("schema", Map.of("type", "object"), "example", example)));
    }

    private static Map<String, Object> json(Map<String, Object> schema) {
        return Map.of("application/json", Map.of("schema", schema));
    }

    private static Map<String, Object> schema(Param.Kind kind) {
        return switch (kind) {
            case TEXT -> Map.of("type", "string");
            case INTEGER -> Map.of("type", "integer", "minimum", 0);
            case BOOLEAN -> Map.of("type", "boolean");
            case UUID -> Map.of("type", "string", "format", "uuid");
            case TIME -> Map.of("type", "string", "format", "date-time");
        };
    }
}
