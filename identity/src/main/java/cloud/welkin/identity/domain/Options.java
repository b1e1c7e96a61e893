package cloud.welkin.identity.domain;

import cloud.welkin.kernel.failure.Failure;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;

/**
 * Keystone's resource options: a known name with a truth value or, for multi_factor_auth_rules,
 * lists of methods.
 */
public final class Options {
    private static final String RULES = "multi_factor_auth_rules";
    private static final Set<String> OF_USERS =
            Set.of(
                    "ignore_change_password_upon_first_use",
                    "ignore_password_expiry",
                    "ignore_lockout_failure_attempts",
                    "ignore_user_inactivity",
                    "lock_password",
                    "multi_factor_auth_enabled",
                    RULES);
    private static final Set<String> OF_OTHERS = Set.of("immutable");

    private Options() {}

    public static boolean flag(Map<String, JsonNode> options, String name) {
        return Optional.ofNullable(options.get(name)).map(JsonNode::asBoolean).orElse(false);
    }

    public static List<Set<String>> rules(Map<String, JsonNode> options, String name) {
        return Optional.ofNullable(options.get(name)).stream()
                .flatMap(Options::items)
                .map(
                        rule ->
                                items(rule)
                                        .map(JsonNode::asString)
                                        .collect(java.util.stream.Collectors.toSet()))
                .toList();
    }

    /**
     * The options from now on; null takes one away.
     *
     * @throws Failure 400 for an unknown option or one of the wrong kind
     */
    public static Map<String, JsonNode> ofUser(
            Map<String, JsonNode> current, Map<String, JsonNode> change) {
        return changed(current, change, OF_USERS);
    }

    /** The same for projects, domains and roles. */
    public static Map<String, JsonNode> ofOther(
            Map<String, JsonNode> current, Map<String, JsonNode> change) {
        return changed(current, change, OF_OTHERS);
    }

    /**
     * @throws Failure 403 when the thing is immutable and stays so
     */
    public static void requireMutable(
            String what, String id, Map<String, JsonNode> current, Map<String, JsonNode> next) {
        if (flag(current, "immutable") && flag(next, "immutable")) {
            throw Failure.forbidden(
                    "Cannot modify or delete the %s %s: it is immutable.", what, id);
        }
    }

    private static Map<String, JsonNode> changed(
            Map<String, JsonNode> current, Map<String, JsonNode> change, Set<String> known) {
        Map<String, JsonNode> next = new HashMap<>(current);
        change.forEach(
                (name, value) -> {
                    if (!known.contains(name)) {
                        throw Failure.badRequest("There is no option %s.", name);
                    }
                    if (value.isNull()) {
                        next.remove(name);
                    } else if (name.equals(RULES) ? isRules(value) : value.isBoolean()) {
                        next.put(name, value);
                    } else {
                        throw Failure.badRequest("Invalid value of the option %s.", name);
                    }
                });
        return Map.copyOf(next);
    }

    private static boolean isRules(JsonNode value) {
        return value.isArray()
                && items(value)
                        .allMatch(
                                rule ->
                                        rule.isArray()
                                                && !rule.isEmpty()
                                                && items(rule).allMatch(JsonNode::isString));
    }

    private static java.util.stream.Stream<JsonNode> items(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false);
    }
}
