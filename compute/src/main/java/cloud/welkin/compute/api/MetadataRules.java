package cloud.welkin.compute.api;

import cloud.welkin.kernel.failure.Failure;
import java.util.Map;

/** What keys and values of a server's metadata and a flavor's extra specs may be. */
final class MetadataRules {
    private static final int LONGEST = 255;

    private MetadataRules() {}

    static void check(Map<String, String> metadata) {
        metadata.forEach(
                (key, value) -> {
                    checkKey(key);
                    checkValue(key, value);
                });
    }

    static void checkKey(String key) {
        if (key.isEmpty() || key.length() > LONGEST || !key.matches("[a-zA-Z0-9\\-_:. ]+")) {
            throw Failure.badRequest(
                    "Invalid input for field/attribute metadata. '%s' is not a key: 1 to 255 letters,"
                            + " digits, spaces and -_:. are.",
                    key.length() > LONGEST ? key.substring(0, LONGEST) : key);
        }
    }

    private static void checkValue(String key, @org.jspecify.annotations.Nullable String value) {
        if (value == null || value.length() > LONGEST || value.indexOf('\0') >= 0) {
            throw Failure.badRequest(
                    "Invalid input for field/attribute %s. A value is a text of at most 255"
                            + " characters.",
                    key);
        }
    }
}
