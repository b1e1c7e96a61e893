package cloud.welkin.identity.domain;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.StringNode;

/**
 * How one domain differs from the others: some of the {@link DomainOptions} with their values.
 * Secrets are in it; it is shown without them.
 */
public record DomainConfig(List<Option> options) {
    /** The driver of domains that have no other: their users are in the database. */
    public static final String DATABASE = "sql";

    /** The driver of those that have a directory. */
    public static final String DIRECTORY = "ldap";

    /** Python's way of putting values into a text: {@code %(name)s}, and {@code %%} for a %. */
    private static final Pattern REFERENCE = Pattern.compile("%(?:\\((\\w*)\\)s|(%)|(.?))");

    /**
     * @param secret whether it is never shown
     */
    public record Option(String group, String name, JsonNode value, boolean secret) {
        @Override
        public String toString() {
            return group + "." + name + "=" + (secret ? "…" : value);
        }
    }

    public DomainConfig {
        options = List.copyOf(options);
    }

    /** What is shown of it, by group. */
    public Map<String, Map<String, JsonNode>> shown() {
        Map<String, Map<String, JsonNode>> groups = new LinkedHashMap<>();
        options.stream()
                .filter(option -> !option.secret())
                .forEach(
                        option ->
                                groups.computeIfAbsent(option.group(), g -> new LinkedHashMap<>())
                                        .put(option.name(), option.value()));
        return groups;
    }

    public Optional<Option> option(String group, String name) {
        return options.stream()
                .filter(option -> option.group().equals(group) && option.name().equals(name))
                .findFirst();
    }

    public boolean hasGroup(String group) {
        return options.stream().anyMatch(option -> option.group().equals(group));
    }

    /** This, with others in the places of those of the same name, or beside them. */
    public DomainConfig with(List<Option> others) {
        List<Option> all = new ArrayList<>(options);
        all.removeIf(
                option ->
                        others.stream()
                                .anyMatch(
                                        other ->
                                                other.group().equals(option.group())
                                                        && other.name().equals(option.name())));
        all.addAll(others);
        return new DomainConfig(all);
    }

    /** What keeps the domain's users; it may be the name of none. */
    public String driver() {
        return option(DomainOptions.IDENTITY, DomainOptions.DRIVER)
                .map(Option::value)
                .filter(JsonNode::isString)
                .map(JsonNode::asString)
                .orElse(DATABASE);
    }

    /** Whether the users of the domain are kept elsewhere than in the database. */
    public boolean isElsewhere() {
        return !driver().equals(DATABASE);
    }

    /**
     * The options of a group as the driver gets them, secrets put where the others refer to them.
     *
     * @param odd is told the name of each option that seems to refer to something and does not
     */
    public Map<String, JsonNode> effective(String group, Consumer<String> odd) {
        Map<String, String> secrets = new LinkedHashMap<>();
        options.stream()
                .filter(option -> option.secret() && option.value().isString())
                .forEach(option -> secrets.put(option.name(), option.value().asString()));
        Map<String, JsonNode> values = new LinkedHashMap<>();
        options.stream()
                .filter(option -> option.group().equals(group))
                .forEach(
                        option ->
                                values.put(
                                        option.name(),
                                        option.secret() || !option.value().isString()
                                                ? option.value()
                                                : StringNode.valueOf(
                                                        substituted(option, secrets, odd))));
        return values;
    }

    /** A text with one reference that leads nowhere, or is none, stays as it is as a whole. */
    private static String substituted(
            Option option, Map<String, String> secrets, Consumer<String> odd) {
        String text = option.value().asString();
        Matcher matcher = REFERENCE.matcher(text);
        StringBuilder out = new StringBuilder();
        while (matcher.find()) {
            Optional<String> value =
                    matcher.group(2) != null
                            ? Optional.of("%")
                            : Optional.ofNullable(matcher.group(1)).map(secrets::get);
            if (value.isEmpty()) {
                odd.accept(option.group() + "." + option.name());
                return text;
            }
            matcher.appendReplacement(out, Matcher.quoteReplacement(value.get()));
        }
        return matcher.appendTail(out).toString();
    }
}
