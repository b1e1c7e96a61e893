package cloud.welkin.testing;

import cloud.welkin.kernel.json.Field;
import cloud.welkin.kernel.validate.OneOf;
import cloud.welkin.kernel.validate.RecordNames;
import com.fasterxml.jackson.annotation.JsonAnySetter;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Bodies made from the record that an operation declares: of the right shape, with values that a
 * test chooses.
 *
 * @param text what every text is, where the declaration names no words
 * @param number what every whole number is
 * @param everything optional fields too, or only what must be there
 */
record SampleBody(String text, long number, boolean everything) {
    private static final int DEEPEST = 8;

    static List<SampleBody> all() {
        return List.of(
                new SampleBody("x", 1, false),
                new SampleBody("x", 1, true),
                new SampleBody(UUID.randomUUID().toString(), 0, true),
                new SampleBody("", -1, true),
                new SampleBody("😀'\"%s${x}\\", Integer.MAX_VALUE, true),
                new SampleBody("x".repeat(300), Long.MAX_VALUE, true),
                new SampleBody("10.0.0.0/8", Long.MIN_VALUE, true),
                new SampleBody("2026-01-01T00:00:00Z", 4096, true));
    }

    Object of(Type type) {
        Object sample = value(type, Optional.empty(), 0);
        return sample == null ? Map.of() : sample;
    }

    private @Nullable Object value(Type type, Optional<OneOf> words, int depth) {
        if (depth > DEEPEST) {
            return null;
        }
        if (type instanceof ParameterizedType generic) {
            Type[] arguments = generic.getActualTypeArguments();
            Class<?> raw = (Class<?>) generic.getRawType();
            if (raw == Optional.class || raw == Field.class) {
                return value(arguments[0], words, depth);
            }
            if (Collection.class.isAssignableFrom(raw)) {
                Object item = value(arguments[0], words, depth + 1);
                return item == null ? List.of() : List.of(item);
            }
            if (Map.class.isAssignableFrom(raw)) {
                Object item = value(arguments[1], words, depth + 1);
                return item == null || text.isEmpty() ? Map.of() : Map.of(text, item);
            }
            return null;
        }
        if (!(type instanceof Class<?> plain)) {
            return null;
        }
        if (plain.isRecord()) {
            return record(plain, depth);
        }
        if (plain.isEnum()) {
            return String.valueOf(plain.getEnumConstants()[0]);
        }
        return switch (plain.getName()) {
            case "java.lang.String" -> words.map(w -> w.value()[0]).orElse(text);
            case "int", "java.lang.Integer", "long", "java.lang.Long", "java.math.BigInteger" ->
                    number;
            case "double", "java.lang.Double", "float", "java.lang.Float" -> number + 0.5;
            case "boolean", "java.lang.Boolean" -> true;
            case "java.util.UUID" -> UUID.randomUUID().toString();
            case "java.time.Instant" -> "2030-01-01T00:00:00Z";
            default ->
                    JsonNode.class.isAssignableFrom(plain) || plain == Object.class
                            ? Map.of("k", text)
                            : null;
        };
    }

    private Map<String, Object> record(Class<?> type, int depth) {
        Map<String, Object> body = new LinkedHashMap<>();
        for (RecordComponent component : type.getRecordComponents()) {
            if (component.getAccessor().isAnnotationPresent(JsonAnySetter.class)
                    || component.isAnnotationPresent(JsonAnySetter.class)
                    || isAnySetter(type, component)) {
                continue;
            }
            Class<?> raw = component.getType();
            boolean required = raw != Optional.class && raw != Field.class;
            if (!required && !everything) {
                continue;
            }
            Object value =
                    value(
                            component.getGenericType(),
                            Optional.ofNullable(component.getAnnotation(OneOf.class)),
                            depth + 1);
            if (value != null) {
                body.put(RecordNames.of(component), value);
            }
        }
        return body;
    }

    /** The annotation's targets keep it off the component itself; it is on the field. */
    private static boolean isAnySetter(Class<?> type, RecordComponent component) {
        try {
            return type.getDeclaredField(component.getName())
                    .isAnnotationPresent(JsonAnySetter.class);
        } catch (NoSuchFieldException e) {
            return false;
        }
    }
}
