package cloud.welkin.kernel.settings;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * One setting, declared: {@code Setting.duration("work.poll", Duration.ofSeconds(1), "How often
 * …").where(…)}.
 *
 * @param key dotted lower-case words, as in {@code compute.driver}
 * @param type what the reference page calls its type
 * @param defaultText the default as one would write it
 * @param doc one or two sentences
 * @param secret never printed, logged or shown
 * @param parse refuses by IllegalArgumentException, whose message says what is expected
 */
public record Setting<T>(
        String key,
        String type,
        String defaultText,
        String doc,
        boolean secret,
        Function<String, T> parse) {

    public Setting {
        if (!key.matches("[a-z][a-z0-9]*(-[a-z0-9]+)*(\\.[a-z0-9]+(-[a-z0-9]+)*)*")) {
            throw new IllegalArgumentException("A key is dotted lower-case words, not " + key);
        }
        if (doc.isBlank()) {
            throw new IllegalArgumentException("The setting " + key + " is not explained");
        }
        try {
            Objects.requireNonNull(parse.apply(defaultText));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "The default of " + key + " is refused: " + e.getMessage(), e);
        }
    }

    public static Setting<String> text(String key, String byDefault, String doc) {
        return new Setting<>(key, "text", byDefault, doc, false, Function.identity());
    }

    public static Setting<Integer> number(String key, int byDefault, String doc) {
        return new Setting<>(
                key,
                "number",
                Integer.toString(byDefault),
                doc,
                false,
                refusing(Integer::valueOf, "a whole number"));
    }

    /** A number that need not be whole; neither NaN nor infinite. */
    public static Setting<Double> decimal(String key, double byDefault, String doc) {
        return new Setting<>(
                key,
                "decimal",
                Double.toString(byDefault),
                doc,
                false,
                refusing(Setting::decimal, "a number"));
    }

    private static double decimal(String text) {
        double number = Double.parseDouble(text);
        if (!Double.isFinite(number)) {
            throw new IllegalArgumentException("a number");
        }
        return number;
    }

    public static Setting<Boolean> flag(String key, boolean byDefault, String doc) {
        return new Setting<>(
                key, "true or false", Boolean.toString(byDefault), doc, false, Setting::flag);
    }

    public static Setting<Duration> duration(String key, Duration byDefault, String doc) {
        return new Setting<>(
                key, "duration", Durations.render(byDefault), doc, false, Durations::parse);
    }

    public static Setting<DataSize> size(String key, DataSize byDefault, String doc) {
        return new Setting<>(key, "size", byDefault.toString(), doc, false, DataSize::parse);
    }

    public static Setting<Path> path(String key, String byDefault, String doc) {
        return new Setting<>(key, "path", byDefault, doc, false, refusing(Path::of, "a path"));
    }

    /** An http or https URL, or nothing. */
    public static Setting<Optional<URI>> address(String key, String doc) {
        return new Setting<>(key, "URL or nothing", "", doc, false, Setting::address);
    }

    private static Optional<URI> address(String text) {
        if (text.isEmpty()) {
            return Optional.empty();
        }
        URI address;
        try {
            address = new URI(text);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("an http or https URL", e);
        }
        if (address.getHost() == null || !Set.of("http", "https").contains(address.getScheme())) {
            throw new IllegalArgumentException("an http or https URL");
        }
        return Optional.of(address);
    }

    /** Constants are written in lower case, with hyphens. */
    public static <E extends Enum<E>> Setting<E> oneOf(String key, E byDefault, String doc) {
        Class<E> type = byDefault.getDeclaringClass();
        String choices =
                Arrays.stream(type.getEnumConstants())
                        .map(Setting::written)
                        .collect(Collectors.joining(", "));
        return new Setting<>(
                key,
                "one of " + choices,
                written(byDefault),
                doc,
                false,
                text ->
                        Arrays.stream(type.getEnumConstants())
                                .filter(constant -> written(constant).equals(text))
                                .findFirst()
                                .orElseThrow(
                                        () -> new IllegalArgumentException("one of " + choices)));
    }

    /** The same, never shown. */
    public Setting<T> keptSecret() {
        return new Setting<>(key, type, defaultText, doc, true, parse);
    }

    /** The same, with values refused that the predicate refuses. */
    public Setting<T> where(Predicate<T> holds, String expected) {
        return new Setting<>(
                key,
                type + ", " + expected,
                defaultText,
                doc,
                secret,
                text -> {
                    T value = parse.apply(text);
                    if (!holds.test(value)) {
                        throw new IllegalArgumentException(expected);
                    }
                    return value;
                });
    }

    /**
     * @throws IllegalArgumentException whose message says what is expected
     */
    void check(String text) {
        Objects.requireNonNull(parse.apply(text));
    }

    /** The environment variable that sets it: {@code WELKIN_COMPUTE_DRIVER}. */
    public String variable() {
        return "WELKIN_" + key.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
    }

    private static boolean flag(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "true", "yes", "on", "1" -> true;
            case "false", "no", "off", "0" -> false;
            default -> throw new IllegalArgumentException("true or false");
        };
    }

    private static <E extends Enum<E>> String written(E constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static <T> Function<String, T> refusing(Function<String, T> parse, String expected) {
        return text -> {
            try {
                return parse.apply(text.trim());
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(expected, e);
            }
        };
    }
}
