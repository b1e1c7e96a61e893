package cloud.welkin.object.domain;

import cloud.welkin.kernel.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * Who may do what with a bucket, as its owner wrote it in JSON (Amazon S3 user guide, bucket policy
 * language): statements that allow or deny actions on resources to principals under conditions. A
 * deny wins over every allow; what nothing speaks of is decided elsewhere.
 *
 * <p>Principals are {@code *}, {@code {"AWS": ...}} with {@code *}, a project's id, {@code
 * arn:aws:iam::PROJECT:root} or {@code arn:aws:iam::PROJECT:user/USER} (ids of the identity
 * service).
 */
public final class BucketPolicy {
    private static final int LARGEST = 20_480;
    private static final Set<String> FIELDS =
            Set.of(
                    "Sid",
                    "Effect",
                    "Principal",
                    "NotPrincipal",
                    "Action",
                    "NotAction",
                    "Resource",
                    "NotResource",
                    "Condition");

    /** What a policy says about a request. */
    public enum Verdict {
        ALLOW,
        DENY,
        SILENT
    }

    /**
     * A request to be judged.
     *
     * @param project of who asks, empty for nobody
     * @param user of who asks, empty for nobody
     * @param action {@code s3:GetObject} for instance
     * @param resource {@code bucket} or {@code bucket/key}
     * @param context conditions' keys, lower case, with their values
     */
    public record Request(
            String project,
            String user,
            String action,
            String resource,
            Map<String, String> context) {}

    private record Statement(
            boolean allows,
            boolean everybodyBut,
            List<String> principals,
            boolean allActionsBut,
            List<String> actions,
            boolean allResourcesBut,
            List<String> resources,
            List<Condition> conditions) {}

    private record Condition(String operator, String key, List<String> values) {}

    private final List<Statement> statements;

    private BucketPolicy(List<Statement> statements) {
        this.statements = statements;
    }

    /**
     * @param bucket that all resources must be of
     * @throws IllegalArgumentException in words for the client
     */
    public static BucketPolicy parse(String text, String bucket) {
        if (text.length() > LARGEST) {
            throw new IllegalArgumentException("The policy is larger than 20 KB.");
        }
        JsonNode root;
        try {
            root = Json.mapper().readTree(text);
        } catch (JacksonException e) {
            throw new IllegalArgumentException("The policy is not in the valid JSON format.", e);
        }
        JsonNode list = root.path("Statement");
        List<Statement> statements = new ArrayList<>();
        if (list.isObject()) {
            statements.add(statement(list, bucket));
        } else {
            list.forEach(one -> statements.add(statement(one, bucket)));
        }
        if (statements.isEmpty()) {
            throw new IllegalArgumentException("Missing required field Statement");
        }
        return new BucketPolicy(statements);
    }

    private static Statement statement(JsonNode node, String bucket) {
        for (String field : node.propertyNames()) {
            if (!FIELDS.contains(field)) {
                throw new IllegalArgumentException("Unknown field " + field);
            }
        }
        String effect = node.path("Effect").asString("");
        if (!effect.equals("Allow") && !effect.equals("Deny")) {
            throw new IllegalArgumentException("Invalid effect: " + effect);
        }
        List<String> resources = either(node, "Resource");
        for (String resource : resources) {
            String name = resource.replaceFirst("^arn:aws:s3:::", "");
            if (name.equals(resource) || !(name.equals(bucket) || name.startsWith(bucket + "/"))) {
                throw new IllegalArgumentException("Policy has invalid resource");
            }
        }
        List<String> actions = either(node, "Action");
        for (String action : actions) {
            if (!action.equals("*") && !action.startsWith("s3:")) {
                throw new IllegalArgumentException("Policy has invalid action");
            }
        }
        return new Statement(
                effect.equals("Allow"),
                node.has("NotPrincipal"),
                principals(node.path(node.has("NotPrincipal") ? "NotPrincipal" : "Principal")),
                node.has("NotAction"),
                actions,
                node.has("NotResource"),
                resources.stream().map(it -> it.replaceFirst("^arn:aws:s3:::", "")).toList(),
                conditions(node.path("Condition")));
    }

    private static List<String> either(JsonNode node, String name) {
        List<String> values = texts(node.path(node.has("Not" + name) ? "Not" + name : name));
        if (values.isEmpty()) {
            throw new IllegalArgumentException("Missing required field " + name);
        }
        return values;
    }

    private static List<String> principals(JsonNode node) {
        List<String> principals =
                node.isObject() ? new ArrayList<>(texts(node.path("AWS"))) : texts(node);
        if (principals.isEmpty()) {
            throw new IllegalArgumentException("Invalid principal in policy");
        }
        return principals;
    }

    private static List<String> texts(JsonNode node) {
        if (node.isString() || node.isBoolean() || node.isNumber()) {
            return List.of(node.asString());
        }
        List<String> texts = new ArrayList<>();
        node.forEach(one -> texts.add(one.asString()));
        return texts;
    }

    private static List<Condition> conditions(JsonNode node) {
        List<Condition> conditions = new ArrayList<>();
        node.properties()
                .forEach(
                        operator ->
                                operator.getValue()
                                        .properties()
                                        .forEach(
                                                key ->
                                                        conditions.add(
                                                                condition(
                                                                        operator.getKey(),
                                                                        key.getKey(),
                                                                        texts(key.getValue())))));
        return conditions;
    }

    private static Condition condition(String operator, String key, List<String> values) {
        String plain = operator.replaceFirst("IfExists$", "");
        if (!OPERATORS.contains(plain)) {
            throw new IllegalArgumentException("Invalid Condition type : " + operator);
        }
        return new Condition(operator, key.toLowerCase(Locale.ROOT), values);
    }

    private static final Set<String> OPERATORS =
            Set.of(
                    "StringEquals",
                    "StringNotEquals",
                    "StringEqualsIgnoreCase",
                    "StringLike",
                    "StringNotLike",
                    "IpAddress",
                    "NotIpAddress",
                    "Bool",
                    "Null",
                    "NumericEquals",
                    "NumericLessThanEquals",
                    "NumericGreaterThan");

    /** What the policy says about a request. */
    public Verdict judge(Request request) {
        boolean allowed = false;
        for (Statement statement : statements) {
            if (isAbout(statement, request)) {
                if (!statement.allows()) {
                    return Verdict.DENY;
                }
                allowed = true;
            }
        }
        return allowed ? Verdict.ALLOW : Verdict.SILENT;
    }

    /** Whether it lets anybody in, whoever it is. */
    public boolean isPublic() {
        return statements.stream()
                .anyMatch(
                        it ->
                                it.allows()
                                        && it.principals().contains("*")
                                        && it.conditions().isEmpty());
    }

    private static boolean isAbout(Statement statement, Request request) {
        boolean named = statement.principals().stream().anyMatch(it -> isOne(it, request));
        boolean action =
                statement.actions().stream()
                        .anyMatch(
                                it ->
                                        matches(
                                                it.toLowerCase(Locale.ROOT),
                                                request.action().toLowerCase(Locale.ROOT)));
        boolean resource =
                statement.resources().stream().anyMatch(it -> matches(it, request.resource()));
        return named != statement.everybodyBut()
                && action != statement.allActionsBut()
                && resource != statement.allResourcesBut()
                && statement.conditions().stream().allMatch(it -> holds(it, request));
    }

    private static boolean isOne(String principal, Request request) {
        if (principal.equals("*")) {
            return true;
        }
        String arn = "arn:aws:iam::" + request.project() + ":";
        return !request.project().isEmpty()
                && (principal.equals(request.project())
                        || principal.equals(arn + "root")
                        || principal.equals(arn + "user/" + request.user()));
    }

    private static boolean holds(Condition condition, Request request) {
        String value = request.context().get(condition.key());
        String operator = condition.operator().replaceFirst("IfExists$", "");
        if (operator.equals("Null")) {
            return condition.values().contains(Boolean.toString(value == null));
        }
        boolean negative = operator.contains("Not");
        if (value == null) {
            return negative || condition.operator().endsWith("IfExists");
        }
        boolean any = condition.values().stream().anyMatch(it -> is(operator, value, it));
        return any != negative;
    }

    private static boolean is(String operator, String value, String wanted) {
        return switch (operator) {
            case "StringEquals", "StringNotEquals" -> value.equals(wanted);
            case "StringEqualsIgnoreCase", "Bool" -> value.equalsIgnoreCase(wanted);
            case "StringLike", "StringNotLike" -> matches(wanted, value);
            case "IpAddress", "NotIpAddress" -> AddressRange.parse(wanted).contains(value);
            default -> compares(operator, value, wanted);
        };
    }

    private static boolean compares(String operator, String value, String wanted) {
        if (!value.matches("-?\\d{1,18}") || !wanted.matches("-?\\d{1,18}")) {
            return false;
        }
        int order = Long.compare(Long.parseLong(value), Long.parseLong(wanted));
        return switch (operator) {
            case "NumericEquals" -> order == 0;
            case "NumericLessThanEquals" -> order <= 0;
            default -> order > 0;
        };
    }

    /** With {@code *} for any text and {@code ?} for any character; in linear steps. */
    static boolean matches(String pattern, String text) {
        int p = 0;
        int t = 0;
        int star = -1;
        int mark = 0;
        while (t < text.length()) {
            if (p < pattern.length()
                    && (pattern.charAt(p) == '?' || pattern.charAt(p) == text.charAt(t))
                    && pattern.charAt(p) != '*') {
                p++;
                t++;
            } else if (p < pattern.length() && pattern.charAt(p) == '*') {
                star = p++;
                mark = t;
            } else if (star >= 0) {
                p = star + 1;
                t = ++mark;
            } else {
                return false;
            }
        }
        while (p < pattern.length() && pattern.charAt(p) == '*') {
            p++;
        }
        return p == pattern.length();
    }
}
