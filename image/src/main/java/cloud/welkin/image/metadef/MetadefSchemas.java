package cloud.welkin.image.metadef;

import cloud.welkin.kernel.api.Operation;
import cloud.welkin.kernel.api.OperationGroup;
import cloud.welkin.kernel.failure.Failure;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The JSON schemas of metadata definitions: /v2/schemas/metadefs. */
public final class MetadefSchemas implements OperationGroup {
    private static final Map<String, Object> TEXT = Map.of("type", "string");
    private static final Map<String, Object> TIME =
            Map.of("type", "string", "format", "date-time", "readOnly", true);
    private static final Map<String, Object> NAME = Map.of("type", "string", "maxLength", 80);

    @Override
    public List<Operation> operations() {
        return List.of(
                Operation.get("/schemas/metadefs/{name}")
                        .policy("get_image_schema")
                        .doc("The JSON schema of a kind of metadata definition or a list of it.")
                        .reads(
                                (call, tx) ->
                                        named(call.path("name"))
                                                .orElseThrow(
                                                        () ->
                                                                Failure.notFound(
                                                                        "The resource could not be"
                                                                                + " found."))));
    }

    private static Optional<Map<String, Object>> named(String name) {
        return switch (name) {
            case "namespace" -> Optional.of(namespace());
            case "namespaces" -> Optional.of(list("namespaces", namespace()));
            case "object" -> Optional.of(object());
            case "objects" -> Optional.of(list("objects", object()));
            case "property" -> Optional.of(property());
            case "properties" -> Optional.of(properties());
            case "tag" -> Optional.of(tag());
            case "tags" -> Optional.of(list("tags", tag()));
            case "resource_type" -> Optional.of(resourceType());
            case "resource_types" ->
                    Optional.of(list("resource_type_associations", resourceType()));
            default -> Optional.empty();
        };
    }

    private static Map<String, Object> schema(
            String name, List<String> required, Map<String, Object> fields) {
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("name", name);
        schema.put("type", "object");
        schema.put("required", required);
        schema.put("properties", fields);
        schema.put("additionalProperties", false);
        return schema;
    }

    private static Map<String, Object> fields(Object... pairs) {
        Map<String, Object> fields = new LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            fields.put(String.valueOf(pairs[i]), pairs[i + 1]);
        }
        return fields;
    }

    private static Map<String, Object> namespace() {
        return schema(
                "namespace",
                List.of("namespace"),
                fields(
                        "namespace", NAME,
                        "display_name", NAME,
                        "description", Map.of("type", "string", "maxLength", 500),
                        "visibility",
                                Map.of("type", "string", "enum", List.of("public", "private")),
                        "protected", Map.of("type", "boolean"),
                        "owner", Map.of("type", "string", "maxLength", 255),
                        "resource_type_associations",
                                Map.of("type", "array", "items", resourceType()),
                        "properties", Map.of("type", "object"),
                        "objects", Map.of("type", "array", "items", object()),
                        "tags", Map.of("type", "array", "items", tag()),
                        "created_at", TIME,
                        "updated_at", TIME,
                        "self", TEXT,
                        "schema", TEXT));
    }

    private static Map<String, Object> object() {
        return schema(
                "object",
                List.of("name"),
                fields(
                        "name", NAME,
                        "description", Map.of("type", "string", "maxLength", 500),
                        "required", Map.of("type", "array", "items", TEXT),
                        "properties", Map.of("type", "object", "additionalProperties", property()),
                        "created_at", TIME,
                        "updated_at", TIME,
                        "self", TEXT,
                        "schema", TEXT));
    }

    private static Map<String, Object> property() {
        Map<String, Object> count = Map.of("type", "integer", "minimum", 0);
        Map<String, Object> truth = Map.of("type", "boolean");
        return schema(
                "property",
                List.of("type", "title"),
                fields(
                        "name", NAME,
                        "type",
                                Map.of(
                                        "type",
                                        "string",
                                        "enum",
                                        List.of(
                                                "array", "boolean", "integer", "number", "object",
                                                "string")),
                        "title", NAME,
                        "description", Map.of("type", "string", "maxLength", 500),
                        "operators", Map.of("type", "array", "items", TEXT),
                        "default", Map.of(),
                        "readonly", truth,
                        "minimum", Map.of("type", "number"),
                        "maximum", Map.of("type", "number"),
                        "enum", Map.of("type", "array"),
                        "pattern", TEXT,
                        "minLength", count,
                        "maxLength", count,
                        "confidential", truth,
                        "items", Map.of("type", "object"),
                        "uniqueItems", truth,
                        "minItems", count,
                        "maxItems", count,
                        "additionalItems", truth));
    }

    private static Map<String, Object> properties() {
        return schema(
                "properties",
                List.of(),
                fields("properties", Map.of("type", "object", "additionalProperties", property())));
    }

    private static Map<String, Object> tag() {
        return schema(
                "tag",
                List.of("name"),
                fields("name", NAME, "created_at", TIME, "updated_at", TIME));
    }

    private static Map<String, Object> resourceType() {
        return schema(
                "resource_type_association",
                List.of("name"),
                fields(
                        "name", NAME,
                        "prefix", NAME,
                        "properties_target", NAME,
                        "created_at", TIME,
                        "updated_at", TIME));
    }

    private static Map<String, Object> list(String name, Map<String, Object> item) {
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("name", name);
        schema.put(
                "properties",
                fields(
                        name,
                        Map.of("type", "array", "items", item),
                        "first",
                        TEXT,
                        "next",
                        TEXT,
                        "schema",
                        TEXT));
        schema.put(
                "links",
                List.of(
                        Map.of("rel", "first", "href", "{first}"),
                        Map.of("rel", "next", "href", "{next}"),
                        Map.of("rel", "describedby", "href", "{schema}")));
        return schema;
    }
}
