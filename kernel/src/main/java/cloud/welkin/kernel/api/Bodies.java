package cloud.welkin.kernel.api;

import cloud.welkin.kernel.json.Json;
import cloud.welkin.kernel.validate.Validator;
import tools.jackson.databind.JsonNode;

/**
 * Reads parts of a request's body whose form depends on another part: Nova's actions, unions of
 * types.
 */
public final class Bodies {
    private Bodies() {}

    /**
     * The part as a record, checked as a whole body is.
     *
     * @throws cloud.welkin.kernel.failure.Failure 400 that names the wrong field
     */
    public static <T extends Record> T read(JsonNode part, Class<T> type) {
        if (!part.isObject()) {
            throw cloud.welkin.kernel.failure.Failure.badRequest(
                    "Invalid input: an object is wanted in the request's body.");
        }
        return BodyReader.worded(
                () -> {
                    T value = Json.mapper().treeToValue(part, type);
                    Validator.check(value);
                    return value;
                });
    }
}
