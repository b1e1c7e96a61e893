package cloud.welkin.volume.store;

import cloud.welkin.kernel.json.Json;
import java.util.Map;
import org.jooq.JSONB;
import tools.jackson.core.type.TypeReference;

/** Maps of texts in columns of JSON. */
final class Rows {
    private static final TypeReference<Map<String, String>> TEXTS = new TypeReference<>() {};

    private Rows() {}

    static JSONB json(Map<String, String> texts) {
        return JSONB.valueOf(Json.text(texts));
    }

    static Map<String, String> texts(JSONB json) {
        return json.data().equals("{}") ? Map.of() : Json.mapper().readValue(json.data(), TEXTS);
    }
}
