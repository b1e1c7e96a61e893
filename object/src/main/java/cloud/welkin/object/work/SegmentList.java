package cloud.welkin.object.work;

import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.json.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * The manifest of a static large object: as clients send it, and as it is kept and shown (Swift's
 * middleware slo).
 */
public final class SegmentList {
    /** Where an object's row keeps the ETag that its segments make. */
    public static final String ETAG = "x-slo-etag";

    /** The most segments of one manifest. */
    public static final int MOST = 1000;

    /** The most bytes of one manifest. */
    public static final int LARGEST = 8 * 1024 * 1024;

    /**
     * A segment as a client wants it.
     *
     * @param range of the segment's bytes, {@code first-last}
     */
    public record Wanted(
            String path, Optional<String> etag, OptionalLong size, Optional<String> range) {}

    /**
     * A segment that was checked.
     *
     * @param size bytes of the object that it is of
     * @param from the first of its bytes that is meant
     */
    public record Segment(
            String path,
            String etag,
            long size,
            String contentType,
            String lastModified,
            long from,
            long length,
            boolean nested) {
        public String container() {
            return path.substring(1, path.indexOf('/', 1));
        }

        public String object() {
            return path.substring(path.indexOf('/', 1) + 1);
        }
    }

    private SegmentList() {}

    /**
     * Reads what a client sent.
     *
     * @throws Failure 400 when it is no list of segments, 413 when there are too many
     */
    public static List<Wanted> parse(byte[] body) {
        JsonNode list;
        try {
            list = Json.mapper().readTree(body);
        } catch (JacksonException e) {
            throw Failure.badRequest("Manifest must be valid JSON.");
        }
        if (!list.isArray() || list.isEmpty()) {
            throw Failure.badRequest("Manifest must be a list of at least one segment.");
        }
        if (list.size() > MOST) {
            throw Failure.tooLarge("Number of segments must be <= %d", MOST);
        }
        List<Wanted> wanted = new ArrayList<>();
        for (JsonNode one : list) {
            wanted.add(one(one, wanted.size()));
        }
        return wanted;
    }

    private static Wanted one(JsonNode node, int index) {
        JsonNode path = node.path("path");
        if (!path.isString()) {
            throw Failure.badRequest("Index %d: expected keys to include one of path", index);
        }
        String text = path.stringValue();
        String rooted = text.startsWith("/") ? text : "/" + text;
        int slash = rooted.indexOf('/', 1);
        if (slash <= 1 || slash == rooted.length() - 1) {
            throw Failure.badRequest(
                    "Index %d: path does not refer to an object. Path must be of the form"
                            + " /container/object.",
                    index);
        }
        JsonNode size = node.path("size_bytes");
        if (!size.isMissingNode() && !size.isNull() && !size.asString().matches("\\d{1,18}")) {
            throw Failure.badRequest("Index %d: invalid size_bytes", index);
        }
        return new Wanted(
                rooted,
                text(node, "etag"),
                size.isMissingNode() || size.isNull()
                        ? OptionalLong.empty()
                        : OptionalLong.of(Long.parseLong(size.asString())),
                text(node, "range"));
    }

    private static Optional<String> text(JsonNode node, String name) {
        JsonNode value = node.path(name);
        return value.isString() ? Optional.of(value.stringValue()) : Optional.empty();
    }

    /** The manifest as it is kept, and shown by {@code multipart-manifest=get}. */
    public static byte[] written(List<Segment> segments) {
        List<Map<String, Object>> all = new ArrayList<>();
        for (Segment segment : segments) {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("name", segment.path());
            one.put("hash", segment.etag());
            one.put("bytes", segment.size());
            one.put("content_type", segment.contentType());
            one.put("last_modified", segment.lastModified());
            if (segment.length() < segment.size()) {
                one.put("range", segment.from() + "-" + (segment.from() + segment.length() - 1));
            }
            if (segment.nested()) {
                one.put("sub_slo", true);
            }
            all.add(one);
        }
        return Json.bytes(all);
    }

    static List<Segment> read(byte[] kept) {
        List<Segment> segments = new ArrayList<>();
        for (JsonNode node : Json.mapper().readTree(kept)) {
            long size = node.path("bytes").asLong();
            String[] range = node.path("range").asString("0-" + (size - 1)).split("-", 2);
            long from = Long.parseLong(range[0]);
            segments.add(
                    new Segment(
                            node.path("name").asString(),
                            node.path("hash").asString(),
                            size,
                            node.path("content_type").asString(),
                            node.path("last_modified").asString(),
                            from,
                            Long.parseLong(range[1]) - from + 1,
                            node.has("sub_slo")));
        }
        return segments;
    }
}
