package cloud.welkin.object.domain;

import cloud.welkin.kernel.json.Json;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * Who beside its project may use an account, as {@code X-Account-Access-Control} says it: {@code
 * {"admin": [...], "read-write": [...], "read-only": [...]}} with {@code project:user} (ids, each
 * may be {@code *}) or a user's id.
 */
public final class AccountAcl {
    /** What somebody may do, each more than the one before. */
    public enum Level {
        /** See everything but keys and lists. */
        READ("read-only"),
        /** Change containers and objects too, but not who may use them. */
        WRITE("read-write"),
        /** All that the owners may, but for quotas. */
        ADMIN("admin");

        private final String word;

        Level(String word) {
            this.word = word;
        }
    }

    private final Map<Level, List<String>> grantees;

    private AccountAcl(Map<Level, List<String>> grantees) {
        this.grantees = grantees;
    }

    /**
     * @throws IllegalArgumentException in words for the client
     */
    public static AccountAcl parse(String text) {
        JsonNode root;
        try {
            root = Json.mapper().readTree(text);
        } catch (JacksonException e) {
            throw new IllegalArgumentException("X-Account-Access-Control is not valid JSON", e);
        }
        if (!root.isObject()) {
            throw new IllegalArgumentException("X-Account-Access-Control is not a JSON object");
        }
        Map<Level, List<String>> grantees = new EnumMap<>(Level.class);
        root.properties()
                .forEach(
                        entry ->
                                grantees.put(
                                        level(entry.getKey()),
                                        names(entry.getKey(), entry.getValue())));
        return new AccountAcl(grantees);
    }

    private static Level level(String word) {
        return Stream.of(Level.values())
                .filter(it -> it.word.equals(word))
                .findFirst()
                .orElseThrow(
                        () ->
                                new IllegalArgumentException(
                                        "X-Account-Access-Control has no level " + word));
    }

    private static List<String> names(String level, JsonNode list) {
        if (!list.isArray() || list.valueStream().anyMatch(it -> !it.isString())) {
            throw new IllegalArgumentException(
                    "X-Account-Access-Control: " + level + " is not a list of strings");
        }
        return list.valueStream().map(JsonNode::stringValue).toList();
    }

    /** Whether a user of a project may do so much. */
    public boolean admits(Level wanted, String project, String user) {
        return grantees.entrySet().stream()
                .filter(it -> it.getKey().compareTo(wanted) >= 0)
                .flatMap(it -> it.getValue().stream())
                .anyMatch(it -> it.equals(user) || isOne(it, project, user));
    }

    private static boolean isOne(String grantee, String project, String user) {
        int colon = grantee.indexOf(':');
        if (colon <= 0) {
            return false;
        }
        String its = grantee.substring(0, colon);
        String who = grantee.substring(colon + 1);
        return (its.equals("*") || its.equals(project)) && (who.equals("*") || who.equals(user));
    }
}
