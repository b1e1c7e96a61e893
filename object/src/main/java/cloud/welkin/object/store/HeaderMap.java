package cloud.welkin.object.store;

import cloud.welkin.kernel.json.Json;
import java.util.Map;
import java.util.TreeMap;
import org.jooq.JSONB;
import tools.jackson.core.type.TypeReference;

/** Headers as a column. */
final class HeaderMap {
    private static final TypeReference<TreeMap<String, String>> TEXTS = new TypeReference<>() {};
    private static final JSONB NONE = JSONB.valueOf("{}");

    private HeaderMap() {}

    static JSONB column(Map<String, String> headers) {
        return headers.isEmpty() ? NONE : JSONB.valueOf(Json.text(headers));
    }

    static Map<String, String> of(JSONB column) {
        return column.data().equals("{}")
                ? Map.of()
                : Json.mapper().readValue(column.data(), TEXTS);
    }
}
