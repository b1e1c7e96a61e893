package cloud.welkin.compute.api;

import cloud.welkin.kernel.failure.Failure;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Values that Nova takes in more than one JSON type: {@code 1}, {@code "1"}; {@code true}, {@code
 * "True"}, {@code "on"}.
 */
final class Loose {
    private static final Set<String> TRUE = Set.of("1", "t", "true", "on", "y", "yes");
    private static final Set<String> FALSE = Set.of("0", "f", "false", "off", "n", "no");

    private Loose() {}

    static Optional<Boolean> bool(String field, Optional<JsonNode> node) {
        return node.filter(value -> !value.isNull())
                .map(
                        value -> {
                            String word = value.asString("").strip().toLowerCase(Locale.ROOT);
                            if (value.isBoolean()) {
                                return value.booleanValue();
                            }
                            if (value.isString() && TRUE.contains(word)) {
                                return true;
                            }
                            if (value.isString() && FALSE.contains(word)) {
                                return false;
                            }
                            throw wrong(field, value, "is not a boolean");
                        });
    }

    static Optional<Long> integer(String field, Optional<JsonNode> node, long least, long most) {
        return node.filter(value -> !value.isNull())
                .map(
                        value -> {
                            long number;
                            if (value.isIntegralNumber() && value.canConvertToLong()) {
                                number = value.longValue();
                            } else if (value.isString()
                                    && value.stringValue().matches("-?[0-9]{1,18}")) {
                                number = Long.parseLong(value.stringValue());
                            } else {
                                throw wrong(field, value, "is not an integer in range");
                            }
                            if (number < least) {
                                throw wrong(field, value, "is less than the minimum of " + least);
                            }
                            if (number > most) {
                                throw wrong(field, value, "is greater than the maximum of " + most);
                            }
                            return number;
                        });
    }

    static Failure wrong(String field, @Nullable JsonNode value, String why) {
        String shown = value == null ? "None" : value.toString();
        return Failure.badRequest(
                "Invalid input for field/attribute %s. Value: %s. %s %s",
                field,
                shown.length() > 100 ? shown.substring(0, 100) : shown,
                shown.length() > 100 ? "it" : shown,
                why);
    }
}
