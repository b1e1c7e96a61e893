package cloud.welkin.identity.federation;

import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.json.Json;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** Texts of a rule with the values of an assertion put in for {@code {0}}, {@code {1}} … */
record Template(String mapping, List<List<String>> values) {
    private static final Pattern PLACE = Pattern.compile("\\{(\\d{1,3})}");

    /** In which nothing is put in. */
    static Template literal(String mapping) {
        return new Template(mapping, List.of());
    }

    Optional<String> text(JsonNode object, String field) {
        JsonNode text = object.path(field);
        return text.isString() ? Optional.of(one(text.asString())) : Optional.empty();
    }

    /**
     * @throws Failure 401 when a place stands for nothing, or for several values
     */
    String one(String text) {
        if (values.isEmpty()) {
            return text;
        }
        Matcher matcher = PLACE.matcher(text);
        return matcher.replaceAll(
                place -> {
                    List<String> all = at(Integer.parseInt(place.group(1)));
                    if (all.size() != 1) {
                        throw Failure.unauthorized(
                                "mapping %s wants one value for %s, there are %d",
                                mapping, place.group(), all.size());
                    }
                    return Matcher.quoteReplacement(all.getFirst());
                });
    }

    /** A text that is one place stands for all of its values; another is a list by semicolons. */
    List<String> many(String text) {
        Matcher matcher = PLACE.matcher(text.strip());
        Stream<String> all =
                matcher.matches()
                        ? at(Integer.parseInt(matcher.group(1))).stream()
                        : Arrays.stream(one(text).split(";"));
        return all.map(String::strip).filter(value -> !value.isEmpty()).toList();
    }

    /** A list of objects, which the assertion gives as JSON. */
    JsonNode json(String text) {
        try {
            JsonNode read = Json.mapper().readTree(one(text));
            if (read.isArray()) {
                return read;
            }
        } catch (JacksonException e) {
            // The same as another kind of JSON.
        }
        throw Failure.unauthorized("mapping %s: the attribute holds no JSON list", mapping);
    }

    private List<String> at(int place) {
        if (place >= values.size()) {
            throw Failure.unauthorized("mapping %s has no value for {%d}", mapping, place);
        }
        return values.get(place);
    }
}
