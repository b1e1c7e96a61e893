package cloud.welkin.image.domain;

import cloud.welkin.kernel.failure.Failure;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * A change of an image as JSON patch ({@code application/openstack-images-v2.1-json-patch}, or v2.0
 * with its older form of the operations). Pure: reads the document, then changes a draft.
 */
public final class ImagePatch {
    private static final List<String> OPS = List.of("add", "remove", "replace");

    private record Change(String op, String field, Optional<JsonNode> value) {}

    private final List<Change> changes;

    private ImagePatch(List<Change> changes) {
        this.changes = changes;
    }

    /**
     * @param draft4 whether the older form is meant, {@code {"replace": "/name", "value": "x"}}
     * @throws Failure 400 when the document is none; 403 when it writes what clients may not
     */
    public static ImagePatch parse(JsonNode document, boolean draft4) {
        if (!document.isArray()) {
            throw Failure.badRequest("Request body must be a JSON array of operation objects.");
        }
        List<Change> changes = new ArrayList<>();
        for (JsonNode raw : document) {
            if (!raw.isObject()) {
                throw Failure.badRequest("Operations must be JSON objects.");
            }
            changes.add(draft4 ? older(raw) : newer(raw));
        }
        return new ImagePatch(changes);
    }

    private static Change newer(JsonNode raw) {
        JsonNode op = raw.path("op");
        if (!op.isString() || !OPS.contains(op.stringValue())) {
            throw Failure.badRequest(
                    "Invalid operation: `%s`. It must be one of the following: %s.",
                    shown(op.toString()), String.join(", ", OPS));
        }
        return change(op.stringValue(), raw.path("path"), raw);
    }

    private static Change older(JsonNode raw) {
        List<String> named = OPS.stream().filter(raw::has).toList();
        if (named.size() != 1) {
            throw Failure.badRequest(
                    "Operation objects must contain exactly one member named \"add\", \"remove\","
                            + " or \"replace\".");
        }
        return change(named.getFirst(), raw.path(named.getFirst()), raw);
    }

    private static Change change(String op, JsonNode path, JsonNode raw) {
        if (!path.isString()) {
            throw Failure.badRequest("Unable to find 'path' in JSON Schema change");
        }
        String field = field(path.stringValue());
        if (op.equals("remove")) {
            ImageDraft.requireWritable(field);
            return new Change(op, field, Optional.empty());
        }
        if (!raw.has("value")) {
            throw Failure.badRequest("Operation \"%s\" requires a member named \"value\".", op);
        }
        if (field.equals("id")) {
            throw Failure.forbidden("Attribute 'id' is read-only.");
        }
        ImageDraft.requireWritable(field);
        return new Change(op, field, Optional.of(raw.path("value")));
    }

    /** The one name that a pointer may hold; nothing in an image but its locations is nested. */
    private static String field(String pointer) {
        if (!pointer.startsWith("/")) {
            throw Failure.badRequest("Pointer `%s` does not start with \"/\".", shown(pointer));
        }
        String rest = pointer.substring(1);
        if (rest.startsWith("locations")) {
            throw Failure.forbidden(
                    "It's not allowed to update locations if locations are invisible.");
        }
        if (rest.isBlank() || rest.indexOf('/') >= 0) {
            throw Failure.badRequest(
                    "Invalid JSON pointer for this resource: '%s'", shown(pointer));
        }
        for (int at = rest.indexOf('~'); at >= 0; at = rest.indexOf('~', at + 1)) {
            if (at + 1 == rest.length() || "01".indexOf(rest.charAt(at + 1)) < 0) {
                throw Failure.badRequest(
                        "Pointer `%s` contains \"~\" not part of a recognized escape sequence.",
                        shown(pointer));
            }
        }
        return rest.replace("~1", "/").replace("~0", "~").strip();
    }

    /**
     * What the image shall be. Fields that only an image without data may change are checked here.
     */
    public ImageDraft applyTo(Image image) {
        ImageDraft draft = new ImageDraft(image);
        for (Change change : changes) {
            boolean custom = !ImageDraft.isBase(change.field());
            boolean there = draft.properties.containsKey(change.field());
            if (custom && !there && !change.op().equals("add")) {
                throw Failure.conflict("Property %s does not exist.", shown(change.field()));
            }
            if (change.op().equals("remove")) {
                if (!custom) {
                    throw Failure.forbidden("Property %s may not be removed.", change.field());
                }
                draft.properties.remove(change.field());
            } else {
                draft.set(change.field(), change.value().orElseThrow());
            }
        }
        if (image.status() != ImageStatus.QUEUED) {
            keepFormat("disk_format", image.diskFormat(), draft.diskFormat);
            keepFormat("container_format", image.containerFormat(), draft.containerFormat);
        }
        draft.checkWhole();
        return draft;
    }

    private static void keepFormat(String field, Optional<String> before, Optional<String> after) {
        if (!before.equals(after)) {
            throw Failure.forbidden("Attribute %s can be only replaced for a queued image.", field);
        }
    }

    private static String shown(String text) {
        return text.length() <= 100 ? text : text.substring(0, 100) + "…";
    }
}
