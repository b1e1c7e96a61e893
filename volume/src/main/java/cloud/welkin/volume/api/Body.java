package cloud.welkin.volume.api;

import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.id.Ids;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/**
 * Reads the objects that Cinder's clients send, whose numbers may come as texts and whose unset
 * fields as nulls.
 */
record Body(String name, JsonNode node) {
    static final int LONGEST = 255;

    /** The object under this name, which must be the body's. */
    static Body of(JsonNode body, String name) {
        JsonNode node = body.path(name);
        if (!node.isObject()) {
            throw Failure.badRequest(
                    "Invalid input for field/attribute %s. It must be an object.", name);
        }
        return new Body(name, node);
    }

    Body only(String... fields) {
        List<String> known = List.of(fields);
        for (String field : node.propertyNames()) {
            if (!known.contains(field)) {
                throw Failure.badRequest(
                        "Additional properties are not allowed ('%s' was unexpected)",
                        shown(field));
            }
        }
        return this;
    }

    boolean has(String field) {
        return node.has(field);
    }

    Optional<String> text(String field) {
        return text(field, LONGEST);
    }

    Optional<String> text(String field, int longest) {
        JsonNode value = node.path(field);
        if (value.isMissingNode() || value.isNull()) {
            return Optional.empty();
        }
        if (!value.isString()) {
            throw wrong(field, value, "is not of type 'string'");
        }
        return Optional.of(checked(field, value.stringValue(), longest));
    }

    /** A text of the path that becomes one of a row. */
    static String checked(String field, String text) {
        return checked(field, text, LONGEST);
    }

    private static String checked(String field, String text, int longest) {
        if (text.codePointCount(0, text.length()) > longest) {
            throw Failure.badRequest(
                    "Invalid input received: %s has %d characters, more than %d.",
                    field, text.codePointCount(0, text.length()), longest);
        }
        if (text.indexOf('\0') >= 0) {
            throw Failure.badRequest("Invalid input received: %s contains a NUL character.", field);
        }
        return text;
    }

    Optional<Long> number(String field) {
        JsonNode value = node.path(field);
        if (value.isMissingNode() || value.isNull()) {
            return Optional.empty();
        }
        if (value.isIntegralNumber() && value.canConvertToLong()) {
            return Optional.of(value.longValue());
        }
        if (value.isString()) {
            try {
                return Optional.of(Long.parseLong(value.stringValue()));
            } catch (NumberFormatException e) {
                throw wrong(field, value, "is not an integer");
            }
        }
        throw wrong(field, value, "is not an integer");
    }

    Optional<Boolean> truth(String field) {
        JsonNode value = node.path(field);
        if (value.isMissingNode() || value.isNull()) {
            return Optional.empty();
        }
        if (value.isBoolean()) {
            return Optional.of(value.booleanValue());
        }
        String word =
                value.isString() ? value.stringValue().toLowerCase(java.util.Locale.ROOT) : "";
        return switch (word) {
            case "true", "1", "yes", "on", "t", "y" -> Optional.of(true);
            case "false", "0", "no", "off", "f", "n" -> Optional.of(false);
            default -> throw wrong(field, value, "is not of type 'boolean'");
        };
    }

    Optional<UUID> uuid(String field) {
        return text(field)
                .filter(text -> !text.isEmpty())
                .map(
                        text ->
                                Ids.uuid(text)
                                        .orElseThrow(
                                                () ->
                                                        Failure.badRequest(
                                                                "Invalid input for field/attribute %s."
                                                                        + " It is not a UUID.",
                                                                field)));
    }

    /** Metadata: keys of 1 to 255 characters, texts of at most 255. */
    Map<String, String> texts(String field) {
        JsonNode value = node.path(field);
        if (value.isMissingNode() || value.isNull()) {
            return Map.of();
        }
        if (!value.isObject()) {
            throw wrong(field, value, "is not of type 'object'");
        }
        Map<String, String> texts = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> entry : value.properties()) {
            if (entry.getKey().isEmpty()) {
                throw Failure.badRequest("Metadata property key blank.");
            }
            String key = checked("Metadata property key", entry.getKey(), LONGEST);
            if (!entry.getValue().isString()) {
                throw wrong(field + "." + shown(key), entry.getValue(), "is not of type 'string'");
            }
            texts.put(
                    key,
                    checked("Metadata property value", entry.getValue().stringValue(), LONGEST));
        }
        return texts;
    }

    private static Failure wrong(String field, JsonNode value, String why) {
        return Failure.badRequest(
                "Invalid input for field/attribute %s. Value: %s. %s %s",
                field, shown(value.toString()), shown(value.toString()), why);
    }

    private static String shown(String text) {
        return text.length() <= 100 ? text : text.substring(0, 100) + "…";
    }
}
