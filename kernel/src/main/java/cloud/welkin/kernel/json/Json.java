package cloud.welkin.kernel.json;

import static tools.jackson.databind.cfg.CoercionInputShape.Boolean;
import static tools.jackson.databind.cfg.CoercionInputShape.EmptyString;
import static tools.jackson.databind.cfg.CoercionInputShape.Float;
import static tools.jackson.databind.cfg.CoercionInputShape.Integer;
import static tools.jackson.databind.cfg.CoercionInputShape.String;

import java.util.Optional;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.cfg.MutableCoercionConfig;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.type.LogicalType;

/**
 * The one JSON of the program: records in snake_case, strict about types (no text where a number
 * belongs, no number where text belongs) and about unknown fields, bounded in depth.
 */
public final class Json {
    private static final int DEEPEST = 100;

    private static final JsonMapper MAPPER =
            JsonMapper.builder(
                            JsonFactory.builder()
                                    .streamReadConstraints(
                                            StreamReadConstraints.builder()
                                                    .maxNestingDepth(DEEPEST)
                                                    .maxNumberLength(100)
                                                    .build())
                                    .build())
                    .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                    .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
                    .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
                    .disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
                    .withCoercionConfig(
                            LogicalType.Textual, to -> refuse(to, Integer, Float, Boolean))
                    .withCoercionConfig(
                            LogicalType.Boolean,
                            to -> refuse(to, Integer, Float, String, EmptyString))
                    .withCoercionConfig(
                            LogicalType.Integer,
                            to -> refuse(to, Float, Boolean, String, EmptyString))
                    .withCoercionConfig(
                            LogicalType.Float, to -> refuse(to, Boolean, String, EmptyString))
                    .enable(StreamReadFeature.USE_FAST_DOUBLE_PARSER)
                    .addModule(
                            new SimpleModule("welkin")
                                    .addDeserializer(Field.class, new FieldDeserializer())
                                    .addDeserializer(Optional.class, new OptionalDeserializer()))
                    .build();

    private Json() {}

    /** ALLOW_COERCION_OF_SCALARS alone lets a number through where text belongs. */
    private static void refuse(MutableCoercionConfig to, CoercionInputShape... shapes) {
        for (CoercionInputShape shape : shapes) {
            to.setCoercion(shape, CoercionAction.Fail);
        }
    }

    public static JsonMapper mapper() {
        return MAPPER;
    }

    public static byte[] bytes(Object value) {
        return MAPPER.writeValueAsBytes(value);
    }

    public static String text(Object value) {
        return MAPPER.writeValueAsString(value);
    }

    public static JsonNode tree(Object value) {
        return MAPPER.valueToTree(value);
    }

    public static <T> T read(String json, Class<T> type) {
        return MAPPER.readValue(json, type);
    }
}
