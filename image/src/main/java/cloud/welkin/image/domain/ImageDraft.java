package cloud.welkin.image.domain;

import cloud.welkin.kernel.failure.Failure;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * An image as a client writes it, field by field, each with Glance's checks. Begins empty for a new
 * image or as what is there for a PATCH. What comes out is handed to the store; nothing here
 * touches the database.
 */
public final class ImageDraft {
    public static final int MOST_PROPERTIES = 128;
    public static final int MOST_TAGS = 128;
    private static final int LONGEST = 255;
    private static final int LONGEST_VALUE = 65_535;

    private static final Set<String> READ_ONLY =
            Set.of(
                    "created_at",
                    "updated_at",
                    "status",
                    "checksum",
                    "size",
                    "virtual_size",
                    "direct_url",
                    "self",
                    "file",
                    "schema",
                    "stores",
                    "os_hash_algo",
                    "os_hash_value");
    private static final Set<String> RESERVED =
            Set.of("location", "locations", "deleted", "deleted_at");
    private static final Set<String> BASE =
            Set.of(
                    "id",
                    "name",
                    "visibility",
                    "protected",
                    "os_hidden",
                    "min_disk",
                    "min_ram",
                    "disk_format",
                    "container_format",
                    "owner",
                    "tags");
    private static final List<String> VISIBILITIES =
            List.of("community", "public", "private", "shared");

    /** Properties that may be null, as Glance's schema-image.json has them. */
    private static final Set<String> NULLABLE = Set.of("kernel_id", "ramdisk_id");

    public Optional<String> name = Optional.empty();
    public String visibility = "shared";
    public boolean guarded;
    public boolean hidden;
    public int minDisk;
    public int minRam;
    public Optional<String> diskFormat = Optional.empty();
    public Optional<String> containerFormat = Optional.empty();
    public Optional<String> owner = Optional.empty();
    public List<String> tags = new ArrayList<>();
    public final Map<String, String> properties = new LinkedHashMap<>();

    /** For a new image. */
    public ImageDraft() {}

    /** For a change of one that is there. */
    public ImageDraft(Image image) {
        name = image.name();
        visibility = image.visibility();
        guarded = image.guarded();
        hidden = image.hidden();
        minDisk = image.minDisk();
        minRam = image.minRam();
        diskFormat = image.diskFormat();
        containerFormat = image.containerFormat();
        owner = Optional.of(image.owner());
        tags = new ArrayList<>(image.tags());
        properties.putAll(image.properties());
    }

    /** Whether the field is one of Glance's own rather than a custom property. */
    public static boolean isBase(String field) {
        return BASE.contains(field) || READ_ONLY.contains(field);
    }

    /**
     * @throws Failure 403 for fields that clients do not write
     */
    public static void requireWritable(String field) {
        if (READ_ONLY.contains(field)) {
            throw Failure.forbidden("Attribute '%s' is read-only.", shown(field));
        }
        if (RESERVED.contains(field) || field.startsWith("os_glance")) {
            throw Failure.forbidden("Attribute '%s' is reserved.", shown(field));
        }
    }

    /** Sets a field to what the client sent. */
    public void set(String field, JsonNode value) {
        switch (field) {
            case "name" -> name = nullableText(field, value, LONGEST);
            case "visibility" -> visibility = word(field, value, VISIBILITIES);
            case "protected" -> guarded = truth(field, value);
            case "os_hidden" -> hidden = truth(field, value);
            case "min_disk" -> minDisk = number(field, value);
            case "min_ram" -> minRam = number(field, value);
            case "disk_format" -> diskFormat = format(field, value, Formats.DISK);
            case "container_format" -> containerFormat = format(field, value, Formats.CONTAINER);
            case "owner" -> owner = nullableText(field, value, LONGEST);
            case "tags" -> tags = tags(value);
            default -> setProperty(field, value);
        }
    }

    private void setProperty(String field, JsonNode value) {
        if (field.codePointCount(0, field.length()) > LONGEST) {
            throw Failure.badRequest("Custom property should not be greater than 255 characters.");
        }
        if (field.isBlank() || field.indexOf('\0') >= 0) {
            throw Failure.badRequest("The name of a custom property is not valid.");
        }
        if (value.isNull() && NULLABLE.contains(field)) {
            properties.remove(field);
            return;
        }
        if (!value.isString()) {
            throw wrong(field, value, "is not of type 'string'");
        }
        String text = text(field, value, LONGEST_VALUE);
        properties.put(field, text);
    }

    /** What must hold of the whole. */
    public void checkWhole() {
        if (properties.size() > MOST_PROPERTIES) {
            throw Failure.tooLarge(
                    "The limit has been exceeded on the number of allowed image properties."
                            + " Attempted: %d, Maximum: %d",
                    properties.size(), MOST_PROPERTIES);
        }
        checkTags(tags);
        boolean amazonDisk = diskFormat.map(Formats::isAmazon).orElse(false);
        boolean amazonContainer = containerFormat.map(Formats::isAmazon).orElse(false);
        if (amazonDisk && containerFormat.isEmpty()) {
            containerFormat = diskFormat;
        } else if (amazonContainer && diskFormat.isEmpty()) {
            diskFormat = containerFormat;
        }
    }

    /** Refuses more tags than an image may have. */
    public static void checkTags(List<String> tags) {
        if (tags.size() > MOST_TAGS) {
            throw Failure.tooLarge(
                    "The limit has been exceeded on the number of allowed image tags. Attempted:"
                            + " %d, Maximum: %d",
                    tags.size(), MOST_TAGS);
        }
    }

    /** A tag as it may be stored. */
    public static String tag(String text) {
        if (text.codePointCount(0, text.length()) > LONGEST || text.indexOf('\0') >= 0) {
            throw Failure.badRequest(
                    "Invalid tag: '%s'. A tag has at most 255 characters.", shown(text));
        }
        return text;
    }

    private static List<String> tags(JsonNode value) {
        if (!value.isArray()) {
            throw wrong("tags", value, "is not of type 'array'");
        }
        Set<String> unique = new LinkedHashSet<>();
        for (JsonNode item : value) {
            if (!item.isString()) {
                throw wrong("tags", item, "is not of type 'string'");
            }
            unique.add(tag(item.stringValue()));
        }
        return new ArrayList<>(unique);
    }

    private static Optional<String> nullableText(String field, JsonNode value, int longest) {
        return value.isNull() ? Optional.empty() : Optional.of(text(field, value, longest));
    }

    private static String text(String field, JsonNode value, int longest) {
        if (!value.isString()) {
            throw wrong(field, value, "is not of type 'string'");
        }
        String text = value.stringValue();
        if (text.codePointCount(0, text.length()) > longest) {
            throw wrong(field, value, "is too long");
        }
        if (text.indexOf('\0') >= 0) {
            throw wrong(field, value, "contains a NUL character");
        }
        return text;
    }

    private static String word(String field, JsonNode value, List<String> words) {
        if (!value.isString() || !words.contains(value.stringValue())) {
            throw wrong(field, value, "is not one of " + words);
        }
        return value.stringValue();
    }

    private static Optional<String> format(String field, JsonNode value, List<String> words) {
        return value.isNull() ? Optional.empty() : Optional.of(word(field, value, words));
    }

    private static boolean truth(String field, JsonNode value) {
        if (!value.isBoolean()) {
            throw wrong(field, value, "is not of type 'boolean'");
        }
        return value.booleanValue();
    }

    private static int number(String field, JsonNode value) {
        if (!value.isIntegralNumber()) {
            throw wrong(field, value, "is not of type 'integer'");
        }
        if (!value.canConvertToInt() || value.intValue() < 0) {
            throw wrong(field, value, "must be between 0 and 2147483647");
        }
        return value.intValue();
    }

    private static Failure wrong(String field, JsonNode value, String why) {
        return Failure.badRequest(
                "Provided object does not match schema 'image': %s %s (on instance['%s'])",
                shown(value.toString()), why, shown(field));
    }

    private static String shown(String text) {
        return text.length() <= 100 ? text : text.substring(0, 100) + "…";
    }
}
