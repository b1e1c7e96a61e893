package cloud.welkin.kernel.json;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.BeanProperty;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.ValueDeserializer;

/**
 * Reads {@link Optional}: what is missing and what is null are both empty. Jackson's own makes a
 * present null node of a missing tree.
 */
final class OptionalDeserializer extends ValueDeserializer<Optional<?>> {
    private final @Nullable JavaType valueType;

    OptionalDeserializer() {
        this(null);
    }

    private OptionalDeserializer(@Nullable JavaType valueType) {
        this.valueType = valueType;
    }

    @Override
    public ValueDeserializer<?> createContextual(
            DeserializationContext context, @Nullable BeanProperty property) {
        JavaType type = context.getContextualType();
        if (type == null && property != null) {
            type = property.getType();
        }
        return new OptionalDeserializer(type == null ? null : type.containedTypeOrUnknown(0));
    }

    @Override
    public Optional<?> deserialize(JsonParser parser, DeserializationContext context) {
        JavaType type = valueType == null ? context.constructType(Object.class) : valueType;
        Object value = context.readValue(parser, type);
        return Optional.ofNullable(value);
    }

    @Override
    public Object getNullValue(DeserializationContext context) {
        return Optional.empty();
    }

    @Override
    public Object getAbsentValue(DeserializationContext context) {
        return Optional.empty();
    }
}
