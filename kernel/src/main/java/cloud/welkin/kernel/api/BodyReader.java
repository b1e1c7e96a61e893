package cloud.welkin.kernel.api;

import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.json.Json;
import cloud.welkin.kernel.validate.Validator;
import java.lang.reflect.Type;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.exc.InputCoercionException;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.exc.UnrecognizedPropertyException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Reads the JSON body of a request into the operation's record, or says which field is wrong. */
final class BodyReader {
    private static final JsonMapper MAPPER = Json.mapper();
    // A name given twice is refused: two readers of such a body would not agree on what it says.
    private static final ObjectReader READER =
            MAPPER.reader().with(StreamReadFeature.STRICT_DUPLICATE_DETECTION);

    private BodyReader() {}

    static Object read(Operation operation, Type type, byte[] bytes, Microversion version) {
        return worded(() -> parsed(operation, type, bytes, version));
    }

    /** What a failed reading of JSON means to the client. */
    static <T> T worded(Supplier<T> reading) {
        try {
            return reading.get();
        } catch (StreamConstraintsException e) {
            throw Failure.badRequest(
                    "Malformed request body: it is nested too deeply or holds too long a number.");
        } catch (InputCoercionException e) {
            throw Failure.badRequest("Malformed request body: a number in it is out of range.");
        } catch (StreamReadException e) {
            throw Failure.badRequest("Malformed request body: it is not valid JSON.");
        } catch (UnrecognizedPropertyException e) {
            throw Failure.badRequest(
                    "Invalid input for field/attribute %s. Additional properties are not allowed ('%s'"
                            + " was unexpected)",
                    path(e), shorten(e.getPropertyName()));
        } catch (DatabindException e) {
            // A record's own constructor may refuse in clear words.
            if (e.getCause() instanceof Failure failure) {
                throw failure;
            }
            throw Failure.badRequest(
                    "Invalid input for field/attribute %s. The value is not of the expected type.",
                    path(e));
        } catch (JacksonException e) {
            throw Failure.badRequest("Malformed request body.");
        }
    }

    private static Object parsed(
            Operation operation, Type type, byte[] bytes, Microversion version) {
        JavaType target = MAPPER.constructType(type);
        List<Conversion> upwards =
                operation.conversions().reversed().stream()
                        .filter(conversion -> version.isBefore(conversion.since()))
                        .toList();
        Object value;
        if (upwards.isEmpty()) {
            value = READER.forType(target).readValue(bytes);
        } else {
            JsonNode tree = READER.readTree(bytes);
            if (!(tree instanceof ObjectNode object)) {
                throw Failure.badRequest("The request body must be a JSON object.");
            }
            upwards.forEach(conversion -> conversion.request().accept(object));
            value = MAPPER.treeToValue(object, target);
        }
        if (value == null) {
            throw Failure.badRequest("The request body must be a JSON object.");
        }
        Validator.check(value);
        return value;
    }

    private static String path(DatabindException e) {
        String path =
                e.getPath().stream()
                        .map(
                                step ->
                                        step.getPropertyName() == null
                                                ? String.valueOf(step.getIndex())
                                                : step.getPropertyName())
                        .collect(Collectors.joining("."));
        return path.isEmpty() ? "body" : shorten(path);
    }

    private static String shorten(String text) {
        return text.length() <= 200 ? text : text.substring(0, 200) + "…";
    }
}
