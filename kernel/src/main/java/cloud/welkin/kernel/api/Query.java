package cloud.welkin.kernel.api;

import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.id.Ids;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** The query of a request: names with all their values, in the order given. */
public record Query(Map<String, List<String>> values) {
    private static final Set<String> TRUE = Set.of("1", "t", "true", "on", "y", "yes");
    private static final Set<String> FALSE = Set.of("0", "f", "false", "off", "n", "no");

    /** Parses the part of a URL behind the question mark. */
    public static Query parse(Optional<String> raw) {
        Map<String, List<String>> values = new LinkedHashMap<>();
        raw.ifPresent(
                text -> {
                    for (String pair : text.split("&")) {
                        if (!pair.isEmpty()) {
                            int equals = pair.indexOf('=');
                            String name = decode(equals < 0 ? pair : pair.substring(0, equals));
                            String value = equals < 0 ? "" : decode(pair.substring(equals + 1));
                            values.computeIfAbsent(name, n -> new ArrayList<>()).add(value);
                        }
                    }
                });
        return new Query(values);
    }

    /** The last value of a parameter, as OpenStack's services take it. */
    public Optional<String> text(String name) {
        List<String> all = values.getOrDefault(name, List.of());
        return all.isEmpty() ? Optional.empty() : Optional.of(all.getLast());
    }

    public List<String> all(String name) {
        return values.getOrDefault(name, List.of());
    }

    public boolean has(String name) {
        return values.containsKey(name);
    }

    public Optional<UUID> uuid(String name) {
        return text(name)
                .map(
                        text ->
                                Ids.uuid(text)
                                        .orElseThrow(
                                                () ->
                                                        Failure.badRequest(
                                                                "Invalid input for query parameter"
                                                                        + " %s. Value: %s. It is not"
                                                                        + " a UUID.",
                                                                name, text)));
    }

    /** A whole number that is not negative. */
    public Optional<Integer> integer(String name) {
        return text(name)
                .map(
                        text -> {
                            try {
                                int number = Integer.parseInt(text);
                                if (number >= 0) {
                                    return number;
                                }
                            } catch (NumberFormatException e) {
                                // Told below, together with negative numbers.
                            }
                            throw Failure.badRequest(
                                    "Invalid input for query parameter %s. Value: %s. It must be a"
                                            + " non-negative integer.",
                                    name, text);
                        });
    }

    /** A truth value in any of the spellings that oslo.utils takes. */
    public Optional<Boolean> bool(String name) {
        return text(name)
                .map(
                        text -> {
                            String word = text.strip().toLowerCase(Locale.ROOT);
                            if (TRUE.contains(word)) {
                                return true;
                            }
                            if (FALSE.contains(word)) {
                                return false;
                            }
                            throw Failure.badRequest(
                                    "Invalid input for query parameter %s. Value: %s. It is not a"
                                            + " boolean.",
                                    name, text);
                        });
    }

    private static String decode(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw Failure.badRequest("Malformed query string.");
        }
    }
}
