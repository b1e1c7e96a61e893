package cloud.welkin.kernel.validate;

import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.json.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Checks a record that came from outside against the annotations of its components, all the way
 * down. A component that is neither Optional, Field nor Nullable must be there. Texts never hold
 * NUL, which PostgreSQL cannot store.
 */
public final class Validator {
    private static final int SHOWN = 200;

    private static final ClassValue<List<Component>> PLANS =
            new ClassValue<>() {
                @Override
                protected List<Component> computeValue(Class<?> type) {
                    List<Component> plan = new ArrayList<>();
                    for (RecordComponent component : type.getRecordComponents()) {
                        plan.add(Component.of(component));
                    }
                    return List.copyOf(plan);
                }
            };

    private Validator() {}

    /**
     * @throws Failure 400 that names the first wrong field and says what was expected
     */
    public static void check(Object body) {
        switch (body) {
            case Record record -> checkRecord("", record);
            case JsonNode node -> checkNode("body", node);
            default -> {}
        }
    }

    private static void checkRecord(String path, Object record) {
        for (Component component : PLANS.get(record.getClass())) {
            Object value = component.value(record);
            String at = path.isEmpty() ? component.name() : path + "." + component.name();
            if (value == null) {
                if (!component.nullable()) {
                    throw Failure.badRequest("'%s' is a required property", at);
                }
            } else {
                checkValue(at, value, component);
            }
        }
    }

    private static void checkValue(String at, Object value, Component component) {
        switch (value) {
            case Optional<?> optional ->
                    optional.ifPresent(inner -> checkValue(at, inner, component));
            case Field<?> field ->
                    field.given().ifPresent(inner -> checkValue(at, inner, component));
            case String text -> checkText(at, text, component);
            case Number number -> checkNumber(at, number, component);
            case Collection<?> items -> {
                checkCount(at, items.size(), component);
                int index = 0;
                for (Object item : items) {
                    if (item == null) {
                        throw wrong(at + "." + index, "None", "None is not allowed here");
                    }
                    checkValue(at + "." + index++, item, component);
                }
            }
            case Map<?, ?> map -> {
                checkCount(at, map.size(), component);
                map.forEach(
                        (key, item) -> {
                            storable(at, String.valueOf(key));
                            if (item != null) {
                                checkValue(
                                        at + "." + shorten(String.valueOf(key)), item, component);
                            }
                        });
            }
            case Record record -> checkRecord(at, record);
            case JsonNode node -> checkNode(at, node);
            default -> {}
        }
    }

    /**
     * Free JSON goes into jsonb columns, which take neither NUL nor half characters nor endless
     * numbers.
     */
    private static void checkNode(String at, JsonNode node) {
        if (node.isString()) {
            storable(at, node.stringValue());
        } else if (node.isFloatingPointNumber() && !Double.isFinite(node.doubleValue())) {
            throw wrong(at, "a number", "It is too large");
        } else if (node.isObject()) {
            for (Map.Entry<String, JsonNode> property : node.properties()) {
                storable(at, property.getKey());
                checkNode(at + "." + shorten(property.getKey()), property.getValue());
            }
        } else if (node.isArray()) {
            int index = 0;
            for (JsonNode item : node) {
                checkNode(at + "." + index++, item);
            }
        }
    }

    private static void checkText(String at, String text, Component component) {
        storable(at, text);
        Length length = component.length();
        if (length != null) {
            int count = text.codePointCount(0, text.length());
            if (count < length.min()) {
                throw wrong(at, text, "'" + shorten(text) + "' is too short");
            }
            if (count > length.max()) {
                throw wrong(at, text, "'" + shorten(text) + "' is too long");
            }
        }
        Pattern pattern = component.pattern();
        if (pattern != null && !pattern.matcher(text).matches()) {
            throw wrong(
                    at, text, "'" + shorten(text) + "' does not match '" + pattern.pattern() + "'");
        }
        List<String> words = component.words();
        if (!words.isEmpty() && !words.contains(text)) {
            throw wrong(at, text, "'" + shorten(text) + "' is not one of " + words);
        }
    }

    private static void checkNumber(String at, Number number, Component component) {
        boolean endless =
                (number instanceof Double || number instanceof Float)
                        && !Double.isFinite(number.doubleValue());
        if (endless) {
            throw wrong(at, number.toString(), number + " is not a finite number");
        }
        Between between = component.between();
        if (between == null) {
            return;
        }
        BigDecimal value = new BigDecimal(number.toString());
        if (value.compareTo(BigDecimal.valueOf(between.min())) < 0) {
            throw wrong(
                    at,
                    number.toString(),
                    number + " is less than the minimum of " + between.min());
        }
        if (value.compareTo(BigDecimal.valueOf(between.max())) > 0) {
            throw wrong(
                    at,
                    number.toString(),
                    number + " is greater than the maximum of " + between.max());
        }
    }

    private static void checkCount(String at, int count, Component component) {
        Items items = component.items();
        if (items != null && (count < items.min() || count > items.max())) {
            throw Failure.badRequest(
                    "Invalid input for field/attribute %s. It has %d items, not %d to %d.",
                    at, count, items.min(), items.max());
        }
    }

    /** What PostgreSQL cannot store is refused: NUL, and halves of surrogate pairs. */
    private static void storable(String at, String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\0') {
                throw Failure.badRequest(
                        "Invalid input for field/attribute %s. It contains a NUL character.",
                        shorten(at));
            }
            if (Character.isSurrogate(c)) {
                boolean pair =
                        Character.isHighSurrogate(c)
                                && i + 1 < text.length()
                                && Character.isLowSurrogate(text.charAt(i + 1));
                if (!pair) {
                    throw Failure.badRequest(
                            "Invalid input for field/attribute %s. It contains half of a surrogate"
                                    + " pair.",
                            shorten(at));
                }
                i++;
            }
        }
    }

    private static Failure wrong(String at, String value, String why) {
        return Failure.badRequest(
                "Invalid input for field/attribute %s. Value: %s. %s", at, shorten(value), why);
    }

    private static String shorten(String text) {
        return text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "…";
    }

    private record Component(
            String name,
            Method accessor,
            boolean nullable,
            @Nullable Length length,
            @Nullable Between between,
            @Nullable Pattern pattern,
            List<String> words,
            @Nullable Items items) {

        static Component of(RecordComponent component) {
            Method accessor = component.getAccessor();
            accessor.setAccessible(true);
            Matches matches = component.getAnnotation(Matches.class);
            OneOf oneOf = component.getAnnotation(OneOf.class);
            return new Component(
                    RecordNames.of(component),
                    accessor,
                    component.getAnnotatedType().isAnnotationPresent(Nullable.class),
                    component.getAnnotation(Length.class),
                    component.getAnnotation(Between.class),
                    matches == null ? null : Pattern.compile(matches.value(), Pattern.DOTALL),
                    oneOf == null ? List.of() : List.of(oneOf.value()),
                    component.getAnnotation(Items.class));
        }

        @Nullable Object value(Object record) {
            try {
                return accessor.invoke(record);
            } catch (IllegalAccessException | InvocationTargetException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
