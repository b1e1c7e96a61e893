package cloud.welkin.kernel.json;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.databind.BeanProperty;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.ValueDeserializer;

/**
 * Reads {@link Field}: what is missing in the object becomes Absent, an explicit null becomes Null.
 */
final class FieldDeserializer extends ValueDeserializer<Field<?>> {
    private final @Nullable JavaType valueType;

    FieldDeserializer() {
        this(null);
    }

    private FieldDeserializer(@Nullable JavaType valueType) {
        this.valueType = valueType;
    }

    @Override
    public ValueDeserializer<?> createContextual(
            DeserializationContext context, @Nullable BeanProperty property) {
        JavaType type = context.getContextualType();
        if (type == null && property != null) {
            type = property.getType();
        }
        return new FieldDeserializer(type == null ? null : type.containedTypeOrUnknown(0));
    }

    @Override
    public Field<?> deserialize(JsonParser parser, DeserializationContext context) {
        JavaType type = valueType == null ? context.constructType(Object.class) : valueType;
        Object value = context.readValue(parser, type);
        return Field.of(value);
    }

    @Override
    public Object getNullValue(DeserializationContext context) {
        return new Field.Null<>();
    }

    @Override
    public Object getAbsentValue(DeserializationContext context) {
        return new Field.Absent<>();
    }
}
