package cloud.welkin.kernel.policy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * The operator's {@code policy.yaml}: rule names and checks, as oslo.policy's files have them
 * (docs.openstack.org/oslo.policy/latest/admin/policy-yaml-file.html), and the sample to begin
 * with.
 */
public final class PolicyFile {
    private PolicyFile() {}

    /**
     * The overrides of the file, in its order; none when there is no file.
     *
     * @throws IllegalArgumentException naming the file and what is wrong in it
     */
    public static Map<String, String> read(Path file) throws IOException {
        if (!Files.exists(file)) {
            return Map.of();
        }
        LoadSettings strict =
                LoadSettings.builder()
                        .setLabel(file.toString())
                        .setAllowDuplicateKeys(false)
                        .setMaxAliasesForCollections(0)
                        .build();
        @Nullable Object content;
        try {
            content =
                    new Load(strict).loadFromString(Files.readString(file, StandardCharsets.UTF_8));
        } catch (YamlEngineException e) {
            throw wrong(file, String.valueOf(e.getMessage()).replace('\n', ' '));
        }
        if (content == null) {
            return Map.of();
        }
        if (!(content instanceof Map<?, ?> rules)) {
            throw wrong(file, "it must hold rule names and checks");
        }
        Map<String, String> overrides = new LinkedHashMap<>();
        for (Map.Entry<?, ?> rule : rules.entrySet()) {
            if (!(rule.getKey() instanceof String name)) {
                throw wrong(file, rule.getKey() + " is no name of a rule");
            }
            overrides.put(name, check(file, name, rule.getValue()));
        }
        return overrides;
    }

    /** Every rule with its default, commented out, by name: {@code policy.yaml.sample}. */
    public static String sample(List<PolicyRule> rules) {
        StringBuilder sample =
                new StringBuilder(
                        "# Take the comment sign off a rule to change it. What stands here is the default.\n");
        rules.stream()
                .distinct()
                .sorted(Comparator.comparing(PolicyRule::name))
                .forEach(
                        rule ->
                                sample.append("\n# ")
                                        .append(rule.doc().replace('\n', ' '))
                                        .append("\n# Scopes: ")
                                        .append(String.join(", ", new TreeSet<>(rule.scopes())))
                                        .append("\n#")
                                        .append(quoted(rule.name()))
                                        .append(": ")
                                        .append(quoted(rule.check()))
                                        .append('\n'));
        return sample.toString();
    }

    private static String check(Path file, String name, @Nullable Object value) {
        if (value instanceof String text) {
            return text;
        }
        if (value instanceof List<?> any) {
            // Older files: an "or" of lists that are an "and" each; an empty one lets everybody
            // through.
            return any.isEmpty()
                    ? "@"
                    : any.stream()
                            .map(all -> all(file, name, all))
                            .collect(Collectors.joining(" or "));
        }
        throw wrong(file, "the check of " + name + " is no text");
    }

    private static String all(Path file, String name, @Nullable Object part) {
        if (part instanceof String text) {
            return "(" + text + ")";
        }
        if (part instanceof List<?> checks && checks.stream().allMatch(String.class::isInstance)) {
            return checks.isEmpty()
                    ? "@"
                    : checks.stream()
                            .map(String::valueOf)
                            .collect(Collectors.joining(" and ", "(", ")"));
        }
        throw wrong(file, "the check of " + name + " is no list of texts");
    }

    private static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    private static IllegalArgumentException wrong(Path file, String why) {
        return new IllegalArgumentException(file + ": " + why);
    }
}
