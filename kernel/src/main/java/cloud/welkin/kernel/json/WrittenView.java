package cloud.welkin.kernel.json;

import tools.jackson.core.JsonGenerator;
import tools.jackson.databind.JacksonSerializable;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.jsontype.TypeSerializer;

/**
 * A JSON object that writes its own fields. Views are records; this is for the few lists that are
 * asked for so often, and are so long, that to build a tree of every answer first is what most of
 * the time goes to.
 */
@FunctionalInterface
public interface WrittenView extends JacksonSerializable {
    void write(Fields out);

    @Override
    default void serialize(JsonGenerator generator, SerializationContext context) {
        generator.writeStartObject();
        write(new Fields(generator));
        generator.writeEndObject();
    }

    @Override
    default void serializeWithType(
            JsonGenerator generator, SerializationContext context, TypeSerializer type) {
        serialize(generator, context);
    }

    /** The fields of the object being written, in the order in which they are put. */
    record Fields(JsonGenerator generator) {
        public void put(String name, String value) {
            generator.writeStringProperty(name, value);
        }

        public void put(String name, int value) {
            generator.writeNumberProperty(name, value);
        }

        public void put(String name, boolean value) {
            generator.writeBooleanProperty(name, value);
        }

        /** Anything that the program's JSON can write. */
        public void put(String name, Object value) {
            generator.writePOJOProperty(name, value);
        }

        /** What is JSON already. */
        public void raw(String name, String json) {
            generator.writeName(name);
            generator.writeRawValue(json);
        }
    }
}
