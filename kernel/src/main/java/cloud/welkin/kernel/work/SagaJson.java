package cloud.welkin.kernel.work;

import java.util.Map;
import java.util.TreeMap;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * How inputs and notes are kept in rows. A field that a later release no longer knows is passed
 * over.
 */
final class SagaJson {

    private final JsonMapper mapper =
            JsonMapper.builder().disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES).build();

    String write(Object value) {
        return mapper.writeValueAsString(value);
    }

    <T> T read(String text, Class<T> type) {
        return mapper.readValue(text, type);
    }

    Map<String, JsonNode> notebook(String text) {
        return new TreeMap<>(mapper.readValue(text, new TypeReference<Map<String, JsonNode>>() {}));
    }

    JsonNode tree(Object value) {
        return mapper.valueToTree(value);
    }

    <T> T convert(JsonNode node, Class<T> type) {
        return mapper.treeToValue(node, type);
    }
}
