package cloud.welkin.object.api;

import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.failure.Failure;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Metadata that clients give by headers: {@code X-Object-Meta-Color: red}. */
final class Metadata {
    static final int LONGEST_NAME = 128;
    static final int LONGEST_VALUE = 256;
    static final int MOST = 90;
    static final int LARGEST = 4096;

    private Metadata() {}

    /**
     * The metadata of a request, under lower-case names; an empty value asks for removal.
     *
     * @param kind {@code account}, {@code container} or {@code object}
     * @throws Failure 400 beyond Swift's limits
     */
    static Map<String, String> of(Call call, String kind) {
        String prefix = "x-" + kind + "-meta-";
        String removal = "x-remove-" + kind + "-meta-";
        Map<String, String> metadata = new TreeMap<>();
        for (String header : call.headerNames()) {
            // WSGI cannot tell the two apart, and so Swift never could.
            String name = Answers.text(header).toLowerCase(Locale.ROOT).replace('_', '-');
            if (name.startsWith(prefix)) {
                String key = name.substring(prefix.length());
                String value = call.header(header).map(Answers::text).orElse("");
                if (key.isEmpty()) {
                    throw Failure.badRequest("Metadata name cannot be empty");
                }
                if (length(key) > LONGEST_NAME) {
                    throw Failure.badRequest(
                            "Metadata name too long: %s%s", prefix, key.substring(0, 100));
                }
                if (length(value) > LONGEST_VALUE) {
                    throw Failure.badRequest(
                            "Metadata value longer than %d: %s", LONGEST_VALUE, name);
                }
                metadata.put(name, value);
            } else if (name.startsWith(removal) && !kind.equals("object")) {
                // An object's metadata is always given as a whole: what is not named goes.
                metadata.putIfAbsent(prefix + name.substring(removal.length()), "");
            }
        }
        check(metadata);
        return metadata;
    }

    /**
     * @throws Failure 400 when there is too much of it
     */
    static void check(Map<String, String> metadata) {
        long count = metadata.keySet().stream().filter(name -> name.contains("-meta-")).count();
        long bytes =
                metadata.entrySet().stream()
                        .filter(entry -> entry.getKey().contains("-meta-"))
                        .mapToLong(entry -> length(entry.getKey()) + length(entry.getValue()))
                        .sum();
        if (count > MOST) {
            throw Failure.badRequest("Too many metadata items; max %d", MOST);
        }
        if (bytes > LARGEST + count * "x-container-meta-".length()) {
            throw Failure.badRequest("Total metadata too large; max %d", LARGEST);
        }
    }

    /** What is kept when a request's headers come on top of those that are there. */
    static Map<String, String> merged(Map<String, String> kept, Map<String, String> given) {
        Map<String, String> merged = new TreeMap<>(kept);
        merged.putAll(given);
        merged.values().removeIf(String::isEmpty);
        check(merged);
        return merged;
    }

    private static int length(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }
}
