package cloud.welkin.image.api;

import cloud.welkin.image.domain.Formats;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The JSON schemas that clients read to know an image's own fields from custom properties. */
final class Schemas {
    private static final String ID =
            "^([0-9a-fA-F]){8}-([0-9a-fA-F]){4}-([0-9a-fA-F]){4}-([0-9a-fA-F]){4}-([0-9a-fA-F]){12}$";

    private Schemas() {}

    static Optional<Map<String, Object>> named(String name) {
        return switch (name) {
            case "image" -> Optional.of(image());
            case "images" -> Optional.of(list("images", image()));
            case "member" -> Optional.of(member());
            case "members" -> Optional.of(list("members", member()));
            default -> Optional.empty();
        };
    }

    private static Map<String, Object> image() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("id", text("An identifier for the image", Map.of("pattern", ID)));
        fields.put("name", nullable("Descriptive name for the image", Map.of("maxLength", 255)));
        fields.put(
                "status",
                readOnly(
                        "Status of the image",
                        "string",
                        Map.of(
                                "enum",
                                List.of(
                                        "queued",
                                        "saving",
                                        "active",
                                        "killed",
                                        "deleted",
                                        "uploading",
                                        "importing",
                                        "pending_delete",
                                        "deactivated"))));
        fields.put(
                "visibility",
                text(
                        "Scope of image accessibility",
                        Map.of("enum", List.of("community", "public", "private", "shared"))));
        fields.put("protected", of("If true, image will not be deletable.", "boolean", Map.of()));
        fields.put(
                "os_hidden",
                of(
                        "If true, image will not appear in default image list response.",
                        "boolean",
                        Map.of()));
        fields.put("checksum", nullableReadOnly("md5 hash of image contents.", 32));
        fields.put(
                "os_hash_algo", nullableReadOnly("Algorithm to calculate the os_hash_value", 64));
        fields.put("os_hash_value", nullableReadOnly("Hexdigest of the image contents", 128));
        fields.put("owner", nullable("Owner of the image", Map.of("maxLength", 255)));
        fields.put(
                "size",
                readOnly("Size of image file in bytes", List.of("null", "integer"), Map.of()));
        fields.put(
                "virtual_size",
                readOnly("Virtual size of image in bytes", List.of("null", "integer"), Map.of()));
        fields.put(
                "container_format", nullable("Format of the container", words(Formats.CONTAINER)));
        fields.put("disk_format", nullable("Format of the disk", words(Formats.DISK)));
        fields.put(
                "created_at", readOnly("Date and time of image registration", "string", Map.of()));
        fields.put(
                "updated_at",
                readOnly("Date and time of the last image modification", "string", Map.of()));
        fields.put(
                "tags",
                of(
                        "List of strings related to the image",
                        "array",
                        Map.of("items", Map.of("type", "string", "maxLength", 255))));
        fields.put(
                "min_ram",
                of("Amount of ram (in MB) required to boot image.", "integer", Map.of()));
        fields.put(
                "min_disk",
                of("Amount of disk space (in GB) required to boot image.", "integer", Map.of()));
        fields.put("self", readOnly("An image self url", "string", Map.of()));
        fields.put("file", readOnly("An image file url", "string", Map.of()));
        fields.put("schema", readOnly("An image schema url", "string", Map.of()));
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("name", "image");
        schema.put("properties", fields);
        schema.put("additionalProperties", Map.of("type", "string"));
        schema.put(
                "links",
                List.of(
                        Map.of("rel", "self", "href", "{self}"),
                        Map.of("rel", "enclosure", "href", "{file}"),
                        Map.of("rel", "describedby", "href", "{schema}")));
        return schema;
    }

    private static Map<String, Object> member() {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("member_id", text("An identifier for the image member (tenantId)", Map.of()));
        fields.put("image_id", text("An identifier for the image", Map.of("pattern", ID)));
        fields.put("created_at", text("Date and time of image member creation", Map.of()));
        fields.put(
                "updated_at", text("Date and time of last modification of image member", Map.of()));
        fields.put(
                "status",
                text(
                        "The status of this image member",
                        Map.of("enum", List.of("pending", "accepted", "rejected"))));
        fields.put("schema", readOnly("A schema url", "string", Map.of()));
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("name", "member");
        schema.put("properties", fields);
        return schema;
    }

    private static Map<String, Object> list(String name, Map<String, Object> item) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put(name, Map.of("type", "array", "items", item));
        fields.put("first", Map.of("type", "string"));
        fields.put("next", Map.of("type", "string"));
        fields.put("schema", Map.of("type", "string"));
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("name", name);
        schema.put("properties", fields);
        schema.put(
                "links",
                List.of(
                        Map.of("rel", "first", "href", "{first}"),
                        Map.of("rel", "next", "href", "{next}"),
                        Map.of("rel", "describedby", "href", "{schema}")));
        return schema;
    }

    private static Map<String, Object> words(List<String> words) {
        List<@Nullable Object> all = new ArrayList<>();
        all.add(null);
        all.addAll(words);
        return Map.of("enum", all);
    }

    private static Map<String, Object> of(String doc, Object type, Map<String, Object> more) {
        Map<String, Object> field = new LinkedHashMap<>();
        field.put("description", doc);
        field.put("type", type);
        field.putAll(more);
        return field;
    }

    private static Map<String, Object> text(String doc, Map<String, Object> more) {
        return of(doc, "string", more);
    }

    private static Map<String, Object> nullable(String doc, Map<String, Object> more) {
        return of(doc, List.of("null", "string"), more);
    }

    private static Map<String, Object> readOnly(String doc, Object type, Map<String, Object> more) {
        Map<String, Object> field = of(doc, type, more);
        field.put("readOnly", true);
        return field;
    }

    private static Map<String, Object> nullableReadOnly(String doc, int longest) {
        return readOnly(doc, List.of("null", "string"), Map.of("maxLength", longest));
    }
}
