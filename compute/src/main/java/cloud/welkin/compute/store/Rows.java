package cloud.welkin.compute.store;

import cloud.welkin.kernel.json.Json;
import java.util.Map;
import java.util.Optional;
import org.jooq.JSONB;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;

/** What the stores of this service share: JSON in columns. */
public final class Rows {
    /** The longest list that is answered in one piece. */
    public static final int MOST = 1000;

    private static final TypeReference<Map<String, String>> TEXTS = new TypeReference<>() {};

    private Rows() {}

    static JSONB json(Object value) {
        return JSONB.valueOf(Json.text(value));
    }

    static JSONB json(String text) {
        return JSONB.valueOf(text);
    }

    static Map<String, String> texts(JSONB json) {
        return texts(json.data());
    }

    /** A JSON object whose values are texts. */
    public static Map<String, String> texts(String json) {
        return json.equals("{}") ? Map.of() : Json.mapper().readValue(json, TEXTS);
    }

    static <T> Optional<T> maybe(@Nullable T value) {
        return Optional.ofNullable(value);
    }
}
