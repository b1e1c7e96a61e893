package cloud.welkin.image.metadef;

import cloud.welkin.image.domain.MetadefItem;
import cloud.welkin.image.domain.MetadefNamespace;
import cloud.welkin.image.domain.MetadefNamespace.Association;
import cloud.welkin.kernel.api.Times;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.id.ProjectId;
import cloud.welkin.kernel.json.Json;
import cloud.welkin.kernel.policy.Target;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** How metadata definitions are read from requests and shown. */
final class MetadefForm {
    static final String ROOT = "/v2/metadefs/namespaces";
    private static final int LONGEST_NAME = 80;
    private static final int LONGEST_TEXT = 500;
    private static final List<String> TYPES =
            List.of("array", "boolean", "integer", "number", "object", "string");

    private static final Set<String> OBJECT_FIELDS =
            Set.of("description", "required", "properties");
    private static final Set<String> PROPERTY_FIELDS =
            Set.of(
                    "type",
                    "title",
                    "description",
                    "operators",
                    "default",
                    "readonly",
                    "minimum",
                    "maximum",
                    "enum",
                    "pattern",
                    "minLength",
                    "maxLength",
                    "confidential",
                    "items",
                    "uniqueItems",
                    "minItems",
                    "maxItems",
                    "additionalItems",
                    "required");
    private static final Set<String> READ_ONLY =
            Set.of("self", "schema", "created_at", "updated_at");

    private MetadefForm() {}

    /** What the rules compare the caller with. */
    static Target target(MetadefNamespace namespace) {
        Map<String, String> attributes =
                new HashMap<>(Target.ownedBy(new ProjectId(namespace.owner())).attributes());
        attributes.put("visibility", namespace.visibility());
        return new Target(attributes);
    }

    static JsonNode object(JsonNode body) {
        if (!body.isObject()) {
            throw Failure.badRequest("The request body must be a JSON object.");
        }
        return body;
    }

    static String name(JsonNode body, String field) {
        return text(body, field, LONGEST_NAME)
                .filter(text -> !text.isBlank())
                .orElseThrow(() -> Failure.badRequest("'%s' is a required property", field));
    }

    static Optional<String> text(JsonNode body, String field, int longest) {
        JsonNode value = body.path(field);
        if (value.isMissingNode() || value.isNull()) {
            return Optional.empty();
        }
        if (!value.isString()) {
            throw Failure.badRequest("The value of %s must be a text.", field);
        }
        return Optional.of(checked(field, value.stringValue(), longest));
    }

    static Optional<String> description(JsonNode body) {
        return text(body, "description", LONGEST_TEXT);
    }

    private static String checked(String field, String text, int longest) {
        if (text.codePointCount(0, text.length()) > longest || text.indexOf('\0') >= 0) {
            throw Failure.badRequest(
                    "The value of %s must have at most %d characters and no NUL.", field, longest);
        }
        return text;
    }

    /** The fields of an object, property or tag, checked, without the name. */
    static Map<String, JsonNode> item(MetadefItem.Kind kind, JsonNode body) {
        Map<String, JsonNode> fields = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> field : object(body).properties()) {
            String key = field.getKey();
            if (key.equals("name") || READ_ONLY.contains(key)) {
                continue;
            }
            switch (kind) {
                case OBJECT -> {
                    known(OBJECT_FIELDS, key);
                    if (key.equals("properties")) {
                        requireObject(key, field.getValue());
                        field.getValue().properties().forEach(p -> property(p.getValue()));
                    }
                }
                case PROPERTY -> known(PROPERTY_FIELDS, key);
                case TAG -> known(Set.of(), key);
            }
            fields.put(key, field.getValue());
        }
        if (Json.text(fields).contains("\\u0000")) {
            throw Failure.badRequest("A definition contains a NUL character.");
        }
        switch (kind) {
            case OBJECT -> {
                if (fields.containsKey("required")) {
                    texts("required", fields.get("required"));
                }
                description(body);
            }
            case PROPERTY -> property(body);
            case TAG -> {}
        }
        return fields;
    }

    private static void known(Set<String> fields, String key) {
        if (!fields.contains(key)) {
            throw Failure.badRequest(
                    "Additional properties are not allowed ('%s' was unexpected)",
                    key.length() > 100 ? key.substring(0, 100) : key);
        }
    }

    private static void requireObject(String field, JsonNode value) {
        if (!value.isObject()) {
            throw Failure.badRequest("The value of %s must be an object.", field);
        }
    }

    private static void texts(String field, @Nullable JsonNode value) {
        boolean all = value != null && value.isArray();
        if (all && value != null) {
            for (JsonNode item : value) {
                all &= item.isString();
            }
        }
        if (!all) {
            throw Failure.badRequest("The value of %s must be a list of texts.", field);
        }
    }

    private static void property(JsonNode body) {
        requireObject("a property", body);
        for (Map.Entry<String, JsonNode> field : body.properties()) {
            if (!field.getKey().equals("name") && !READ_ONLY.contains(field.getKey())) {
                known(PROPERTY_FIELDS, field.getKey());
            }
        }
        if (!TYPES.contains(text(body, "type", LONGEST_NAME).orElse(""))) {
            throw Failure.badRequest(
                    "The type of a property is one of %s.", String.join(", ", TYPES));
        }
        if (text(body, "title", LONGEST_NAME).isEmpty()) {
            throw Failure.badRequest("'title' is a required property");
        }
        description(body);
        for (String list : List.of("operators", "required")) {
            if (body.has(list)) {
                texts(list, body.get(list));
            }
        }
        for (String number : List.of("minLength", "maxLength", "minItems", "maxItems")) {
            JsonNode value = body.path(number);
            if (!value.isMissingNode() && !(value.isIntegralNumber() && value.asLong(-1) >= 0)) {
                throw Failure.badRequest("%s must be a non-negative integer.", number);
            }
        }
        for (String truth : List.of("readonly", "uniqueItems", "additionalItems", "confidential")) {
            if (body.has(truth) && !body.path(truth).isBoolean()) {
                throw Failure.badRequest("%s must be a boolean.", truth);
            }
        }
        if (body.has("enum") && !body.path("enum").isArray()) {
            throw Failure.badRequest("enum must be a list.");
        }
        if (body.has("items")) {
            requireObject("items", body.path("items"));
        }
    }

    static Map<String, @Nullable Object> view(
            MetadefNamespace namespace, List<Association> associations) {
        Map<String, @Nullable Object> view = new LinkedHashMap<>();
        view.put("namespace", namespace.name());
        namespace.displayName().ifPresent(text -> view.put("display_name", text));
        namespace.description().ifPresent(text -> view.put("description", text));
        view.put("visibility", namespace.visibility());
        view.put("protected", namespace.guarded());
        view.put("owner", namespace.owner());
        view.put("created_at", Times.seconds(namespace.createdAt()));
        view.put("updated_at", Times.seconds(namespace.updatedAt()));
        view.put("self", ROOT + "/" + namespace.name());
        view.put("schema", "/v2/schemas/metadefs/namespace");
        if (!associations.isEmpty()) {
            view.put(
                    "resource_type_associations",
                    associations.stream().map(MetadefForm::view).toList());
        }
        return view;
    }

    static Map<String, @Nullable Object> view(Association association) {
        Map<String, @Nullable Object> view = new LinkedHashMap<>();
        view.put("name", association.type());
        association.prefix().ifPresent(text -> view.put("prefix", text));
        association.target().ifPresent(text -> view.put("properties_target", text));
        view.put("created_at", Times.seconds(association.createdAt()));
        view.put("updated_at", Times.seconds(association.updatedAt()));
        return view;
    }

    static Map<String, @Nullable Object> view(MetadefNamespace namespace, MetadefItem item) {
        Map<String, @Nullable Object> view = new LinkedHashMap<>();
        view.put("name", item.name());
        view.putAll(item.body());
        switch (item.kind()) {
            case OBJECT -> {
                view.put("created_at", Times.seconds(item.createdAt()));
                view.put("updated_at", Times.seconds(item.updatedAt()));
                view.put("self", ROOT + "/" + namespace.name() + "/objects/" + item.name());
                view.put("schema", "/v2/schemas/metadefs/object");
            }
            case TAG -> {
                view.put("created_at", Times.seconds(item.createdAt()));
                view.put("updated_at", Times.seconds(item.updatedAt()));
            }
            case PROPERTY -> {}
        }
        return view;
    }
}
