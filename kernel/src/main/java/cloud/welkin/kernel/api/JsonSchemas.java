package cloud.welkin.kernel.api;

import cloud.welkin.kernel.json.Field;
import cloud.welkin.kernel.validate.Between;
import cloud.welkin.kernel.validate.Items;
import cloud.welkin.kernel.validate.Length;
import cloud.welkin.kernel.validate.Matches;
import cloud.welkin.kernel.validate.OneOf;
import cloud.welkin.kernel.validate.RecordNames;
import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonAnySetter;
import com.fasterxml.jackson.annotation.JsonIgnore;
import java.lang.annotation.Annotation;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * JSON Schemas (2020-12, as OpenAPI 3.1 has them) of the records on the wire. Records become named
 * components, so that one that is used twice, or that holds itself, is written once.
 */
final class JsonSchemas {
    private final Map<String, Object> components = new TreeMap<>();
    private final Map<Class<?>, String> names = new LinkedHashMap<>();

    /** All that {@link #of} has met, by name. */
    Map<String, Object> components() {
        return components;
    }

    Map<String, Object> of(Type type) {
        return of(type, Annotations.NONE);
    }

    /**
     * The annotations of a component; they are about what is inside of Optional, Field, lists and
     * maps.
     */
    private interface Annotations {
        Annotations NONE =
                new Annotations() {
                    @Override
                    public <A extends Annotation> @Nullable A of(Class<A> type) {
                        return null;
                    }
                };

        <A extends Annotation> @Nullable A of(Class<A> type);
    }

    private Map<String, Object> of(Type type, Annotations about) {
        if (type instanceof ParameterizedType generic
                && generic.getRawType() instanceof Class<?> raw) {
            Type[] arguments = generic.getActualTypeArguments();
            if (raw == Optional.class || raw == Field.class) {
                return orNull(of(arguments[0], about));
            }
            if (Collection.class.isAssignableFrom(raw)) {
                Map<String, Object> schema = typed("array");
                schema.put("items", of(arguments[0], about));
                counted(schema, about, "minItems", "maxItems");
                return schema;
            }
            if (Map.class.isAssignableFrom(raw)) {
                Map<String, Object> schema = typed("object");
                schema.put("additionalProperties", of(arguments[1], about));
                counted(schema, about, "minProperties", "maxProperties");
                return schema;
            }
            return of(raw, about);
        }
        if (!(type instanceof Class<?> plain)) {
            return new LinkedHashMap<>();
        }
        if (plain.isRecord()) {
            return new LinkedHashMap<>(Map.of("$ref", "#/components/schemas/" + component(plain)));
        }
        if (plain.isEnum()) {
            Map<String, Object> schema = typed("string");
            schema.put(
                    "enum", Arrays.stream(plain.getEnumConstants()).map(String::valueOf).toList());
            return schema;
        }
        return switch (plain.getName()) {
            case "java.lang.String" -> text(about);
            case "int", "java.lang.Integer", "long", "java.lang.Long", "java.math.BigInteger" ->
                    number(typed("integer"), about);
            case "double", "java.lang.Double", "float", "java.lang.Float", "java.math.BigDecimal" ->
                    number(typed("number"), about);
            case "boolean", "java.lang.Boolean" -> typed("boolean");
            case "java.util.UUID" -> formatted("uuid");
            case "java.time.Instant" -> formatted("date-time");
            // Trees and bare objects: anything.
            default -> new LinkedHashMap<>();
        };
    }

    private String component(Class<?> type) {
        String known = names.get(type);
        if (known != null) {
            return known;
        }
        String simple = type.getSimpleName();
        String name = simple;
        for (int i = 2; names.containsValue(name); i++) {
            name = simple + i;
        }
        names.put(type, name);
        Map<String, Object> schema = typed("object");
        Map<String, Object> properties = new LinkedHashMap<>();
        List<String> required = new ArrayList<>();
        boolean open = false;
        for (RecordComponent part : type.getRecordComponents()) {
            if (has(type, part, JsonAnySetter.class) || has(type, part, JsonAnyGetter.class)) {
                open = true;
            } else if (!has(type, part, JsonIgnore.class)) {
                properties.put(RecordNames.of(part), of(part.getGenericType(), annotations(part)));
                boolean optional =
                        part.getType() == Optional.class
                                || part.getType() == Field.class
                                || part.getAnnotatedType().isAnnotationPresent(Nullable.class);
                if (!optional) {
                    required.add(RecordNames.of(part));
                }
            }
        }
        schema.put("properties", properties);
        if (!required.isEmpty()) {
            schema.put("required", required);
        }
        schema.put("additionalProperties", open);
        components.put(name, schema);
        return name;
    }

    private static Annotations annotations(RecordComponent part) {
        return new Annotations() {
            @Override
            public <A extends Annotation> @Nullable A of(Class<A> annotation) {
                return part.getAnnotation(annotation);
            }
        };
    }

    /** Jackson's annotations are for fields and accessors, not for components. */
    private static boolean has(
            Class<?> type, RecordComponent part, Class<? extends Annotation> annotation) {
        try {
            return part.getAccessor().isAnnotationPresent(annotation)
                    || type.getDeclaredField(part.getName()).isAnnotationPresent(annotation);
        } catch (NoSuchFieldException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Map<String, Object> orNull(Map<String, Object> schema) {
        if (schema.isEmpty()) {
            return schema;
        }
        if (schema.get("type") instanceof String type && !schema.containsKey("enum")) {
            schema.put("type", List.of(type, "null"));
            return schema;
        }
        return new LinkedHashMap<>(Map.of("anyOf", List.of(schema, Map.of("type", "null"))));
    }

    private static Map<String, Object> text(Annotations about) {
        Map<String, Object> schema = typed("string");
        Length length = about.of(Length.class);
        if (length != null) {
            schema.put("minLength", length.min());
            schema.put("maxLength", length.max());
        }
        Matches matches = about.of(Matches.class);
        if (matches != null) {
            schema.put("pattern", "^(?:" + matches.value() + ")$");
        }
        OneOf words = about.of(OneOf.class);
        if (words != null) {
            schema.put("enum", List.of(words.value()));
        }
        return schema;
    }

    private static Map<String, Object> number(Map<String, Object> schema, Annotations about) {
        Between between = about.of(Between.class);
        if (between != null) {
            if (between.min() != Long.MIN_VALUE) {
                schema.put("minimum", between.min());
            }
            if (between.max() != Long.MAX_VALUE) {
                schema.put("maximum", between.max());
            }
        }
        return schema;
    }

    private static void counted(
            Map<String, Object> schema, Annotations about, String least, String most) {
        Items items = about.of(Items.class);
        if (items != null) {
            schema.put(least, items.min());
            if (items.max() != Integer.MAX_VALUE) {
                schema.put(most, items.max());
            }
        }
    }

    private static Map<String, Object> typed(String type) {
        return new LinkedHashMap<>(Map.of("type", type));
    }

    private static Map<String, Object> formatted(String format) {
        Map<String, Object> schema = typed("string");
        schema.put("format", format);
        return schema;
    }
}
