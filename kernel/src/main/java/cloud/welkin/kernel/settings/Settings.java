package cloud.welkin.kernel.settings;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The settings of this program. Later places win: the declared default, the file {@code
 * HOME/settings} (Java properties), the environment ({@code WELKIN_COMPUTE_DRIVER}), the command
 * line ({@code --set compute.driver=qemu}). A name that nobody declared or a value that does not
 * fit stops the start: no setting is ignored.
 */
public final class Settings {

    private static final String PREFIX = "WELKIN_";

    private record Given(String text, String place) {}

    private final Map<String, Setting<?>> declared;
    private final Map<String, Given> given;

    private Settings(Map<String, Setting<?>> declared, Map<String, Given> given) {
        this.declared = declared;
        this.given = given;
    }

    /**
     * Reads them all.
     *
     * @param file may be absent
     * @param environment of which only variables that begin with WELKIN_ are looked at
     * @param otherVariables WELKIN_ variables that are no settings (the launcher's own)
     * @param sets {@code key=value}, from the command line
     * @throws SettingsRefused with everything that is wrong
     */
    public static Settings load(
            List<Setting<?>> declarations,
            Path file,
            Map<String, String> environment,
            Set<String> otherVariables,
            List<String> sets) {
        var declared = byKey(declarations);
        var problems = new ArrayList<String>();
        var given = new HashMap<String, Given>();
        fromFile(file, problems)
                .forEach(
                        (key, text) -> take(declared, given, problems, key, text, file.toString()));
        fromEnvironment(declared, environment, otherVariables, given, problems);
        for (String set : sets) {
            int equals = set.indexOf('=');
            if (equals < 1) {
                problems.add("--set %s: write key=value".formatted(set));
            } else {
                take(
                        declared,
                        given,
                        problems,
                        set.substring(0, equals).trim(),
                        set.substring(equals + 1),
                        "--set");
            }
        }
        given.forEach((key, value) -> check(declared, key, value).ifPresent(problems::add));
        if (!problems.isEmpty()) {
            throw new SettingsRefused(problems.stream().sorted().toList());
        }
        return new Settings(declared, given);
    }

    /** The defaults alone, as tests want them. */
    public static Settings defaults(List<Setting<?>> declarations) {
        return new Settings(byKey(declarations), Map.of());
    }

    /**
     * @throws IllegalArgumentException if the setting is not among the declared ones
     */
    public <T> T get(Setting<T> setting) {
        if (!setting.equals(declared.get(setting.key()))) {
            throw new IllegalArgumentException("The setting " + setting.key() + " is not declared");
        }
        Given value = given.get(setting.key());
        return setting.parse().apply(value == null ? setting.defaultText() : value.text());
    }

    /** Whether somebody set it, be it to its default. */
    public boolean isSet(Setting<?> setting) {
        return given.containsKey(setting.key());
    }

    /** One line for each setting that somebody set, and where; secrets are not told. */
    public List<String> explain() {
        var lines = new ArrayList<String>();
        new TreeMap<>(given)
                .forEach(
                        (key, value) -> {
                            Setting<?> setting = declared.get(key);
                            boolean secret = setting != null && setting.secret();
                            lines.add(
                                    "%s = %s (%s)"
                                            .formatted(
                                                    key,
                                                    secret ? "(secret)" : value.text(),
                                                    value.place()));
                        });
        return lines;
    }

    /** The reference page, in Markdown. */
    public static String reference(List<Setting<?>> declarations) {
        var page = new StringBuilder();
        page.append("# Settings\n\n");
        page.append(
                "Written by the program from its declarations. Later places win: the default, `HOME/settings`,\n");
        page.append(
                "the environment, `--set key=value`. An unknown name or a wrong value stops the start.\n\n");
        page.append("| setting | type | default | meaning |\n|---|---|---|---|\n");
        byKey(declarations)
                .forEach(
                        (key, setting) ->
                                page.append(
                                        "| `%s`<br>`%s` | %s | %s | %s |\n"
                                                .formatted(
                                                        key,
                                                        setting.variable(),
                                                        cell(setting.type()),
                                                        byDefault(setting),
                                                        cell(setting.doc()))));
        return page.toString();
    }

    private static String byDefault(Setting<?> setting) {
        if (setting.secret()) {
            return "(secret)";
        }
        return setting.defaultText().isEmpty() ? "(none)" : "`" + cell(setting.defaultText()) + "`";
    }

    private static String cell(String text) {
        return text.replace("|", "\\|").replace("\n", " ");
    }

    private static Map<String, Setting<?>> byKey(List<Setting<?>> declarations) {
        var byKey = new TreeMap<String, Setting<?>>();
        for (Setting<?> setting : declarations) {
            if (byKey.putIfAbsent(setting.key(), setting) != null) {
                throw new IllegalArgumentException("Two settings are called " + setting.key());
            }
        }
        return byKey;
    }

    private static Map<String, String> fromFile(Path file, List<String> problems) {
        var values = new TreeMap<String, String>();
        if (Files.notExists(file)) {
            return values;
        }
        try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            var properties = new Properties();
            properties.load(reader);
            properties
                    .stringPropertyNames()
                    .forEach(key -> values.put(key, properties.getProperty(key)));
        } catch (IOException | IllegalArgumentException e) {
            problems.add("%s: cannot be read: %s".formatted(file, e.getMessage()));
        }
        return values;
    }

    private static void fromEnvironment(
            Map<String, Setting<?>> declared,
            Map<String, String> environment,
            Set<String> otherVariables,
            Map<String, Given> given,
            List<String> problems) {
        var variables = new HashMap<String, String>();
        declared.forEach((key, setting) -> variables.put(setting.variable(), key));
        new TreeMap<>(environment)
                .forEach(
                        (variable, text) -> {
                            if (!variable.startsWith(PREFIX) || otherVariables.contains(variable)) {
                                return;
                            }
                            String key = variables.get(variable);
                            if (key == null) {
                                problems.add(unknown(variable, variable, variables.keySet()));
                            } else {
                                given.put(key, new Given(text, variable));
                            }
                        });
    }

    private static void take(
            Map<String, Setting<?>> declared,
            Map<String, Given> given,
            List<String> problems,
            String key,
            String text,
            String place) {
        if (declared.containsKey(key)) {
            given.put(key, new Given(text, place));
        } else {
            problems.add(unknown(place + " " + key, key, declared.keySet()));
        }
    }

    private static String unknown(String where, String name, Set<String> known) {
        String guess =
                NearestName.of(name, new TreeSet<>(known))
                        .map(" (did you mean %s?)"::formatted)
                        .orElse("");
        return "%s: there is no such setting%s".formatted(where, guess);
    }

    private static Optional<String> check(
            Map<String, Setting<?>> declared, String key, Given value) {
        Setting<?> setting = declared.get(key);
        if (setting == null) {
            return Optional.empty();
        }
        try {
            setting.check(value.text());
            return Optional.empty();
        } catch (IllegalArgumentException e) {
            String shown = setting.secret() ? "(secret)" : "'" + value.text() + "'";
            return Optional.of(
                    "%s: %s = %s: expected is %s"
                            .formatted(value.place(), key, shown, e.getMessage()));
        }
    }
}
