package cloud.welkin.kernel.policy;

import cloud.welkin.kernel.policy.Check.Operand;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Every rule of the cloud: the services' defaults with the operator's overrides on top. Immutable;
 * all wrong rules are reported at once when it is made, so that a mistake in policy.yaml stops the
 * start instead of a request.
 *
 * <p>Language and names are those of oslo.policy
 * (docs.openstack.org/oslo.policy/latest/reference/api).
 */
public final class Policy {
    /** What callers have or lack, by the scope of their tokens. */
    private static final Set<String> OF_SOME_CALLERS =
            Set.of(
                    "project_id",
                    "tenant",
                    "tenant_id",
                    "project_domain_id",
                    "token.project.domain.id",
                    "domain_id",
                    "token.domain.id",
                    "system_scope");

    private final Map<String, PolicyRule> declared;
    private final Map<String, Check> checks;
    private final Set<String> overridden;

    private Policy(
            Map<String, PolicyRule> declared, Map<String, Check> checks, Set<String> overridden) {
        this.declared = declared;
        this.checks = checks;
        this.overridden = overridden;
    }

    /**
     * @param rules the services' defaults
     * @param overrides rule name to check, from policy.yaml
     * @throws IllegalArgumentException naming every rule that is unknown, malformed or refers to
     *     one that does not exist
     */
    public static Policy of(List<PolicyRule> rules, Map<String, String> overrides) {
        List<String> problems = new ArrayList<>();
        Map<String, PolicyRule> declared = new TreeMap<>();
        Map<String, Check> checks = new HashMap<>();
        for (PolicyRule rule : rules) {
            PolicyRule twin = declared.putIfAbsent(rule.name(), rule);
            if (twin != null && !twin.check().equals(rule.check())) {
                problems.add("rule declared twice with different checks: " + rule.name());
            }
            parse(rule.name(), rule.check(), checks, problems);
        }
        overrides.forEach((name, check) -> parse(name, check, checks, problems));
        Set<String> used = new HashSet<>();
        checks.values().forEach(check -> references(check, used));
        for (String name : used) {
            if (!checks.containsKey(name)) {
                problems.add("a rule refers to one that does not exist: rule:" + name);
            }
        }
        for (String name : overrides.keySet()) {
            // A name that no service declares can only be meant as a building block of other
            // overrides.
            if (!declared.containsKey(name) && !used.contains(name)) {
                problems.add("unknown rule: " + name);
            }
        }
        checks.keySet().forEach(name -> circle(name, new HashSet<>(), checks, problems));
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException("policy: " + String.join("; ", problems));
        }
        return new Policy(declared, Map.copyOf(checks), Set.copyOf(overrides.keySet()));
    }

    /**
     * Whether the rule lets this caller act on this target: its token's scope must be one that the
     * rule is for, whatever an override says (oslo.policy's {@code enforce_scope}).
     */
    public boolean allows(String rule, Caller caller, Target target) {
        return holds(known(rule), caller, target) && isFor(rule, caller);
    }

    /** A rule of an operator's own has no scope of its own. */
    private boolean isFor(String rule, Caller caller) {
        PolicyRule declaration = declared.get(rule);
        return declaration == null || declaration.scopes().contains(scopeOf(caller));
    }

    /** By oslo.policy's names; what is for nothing in particular counts as for a project. */
    private static String scopeOf(Caller caller) {
        return switch (caller.scope()) {
            case Scope.System system -> "system";
            case Scope.Domain domain -> "domain";
            case Scope.Project project -> "project";
            case Scope.Unscoped unscoped -> "project";
        };
    }

    /** The rule with each of its parts, and which of them let this caller act on this target. */
    public Explanation explain(String rule, Caller caller, Target target) {
        Explanation check = explain(new Check.Rule(rule), caller, target);
        return isFor(rule, caller)
                ? check
                : new Explanation(
                        "scope:"
                                + String.join(
                                        ",",
                                        new TreeSet<>(
                                                Objects.requireNonNull(declared.get(rule))
                                                        .scopes())),
                        false,
                        "the caller's token is for: " + scopeOf(caller),
                        List.of(check));
    }

    private Explanation explain(Check check, Caller caller, Target target) {
        boolean holds = holds(check, caller, target);
        return switch (check) {
            case Check.Always always -> new Explanation("@", holds, "", List.of());
            case Check.Never never -> new Explanation("!", holds, "", List.of());
            case Check.Rule(String name) ->
                    new Explanation(
                            "rule:" + name,
                            holds,
                            "",
                            List.of(explain(known(name), caller, target)));
            case Check.Not(Check part) ->
                    new Explanation("not", holds, "", List.of(explain(part, caller, target)));
            case Check.All(List<Check> parts) ->
                    new Explanation("all of", holds, "", explain(parts, caller, target));
            case Check.Any(List<Check> parts) ->
                    new Explanation("any of", holds, "", explain(parts, caller, target));
            case Check.Role(Operand role) ->
                    new Explanation(
                            "role:" + spelled(role),
                            holds,
                            holds
                                    ? ""
                                    : "the caller's roles: "
                                            + String.join(", ", new TreeSet<>(caller.roles())),
                            List.of());
            case Check.Equal(Operand left, Operand right) ->
                    new Explanation(
                            (left instanceof Operand.Attribute(String name)
                                            ? name
                                            : "'" + spelled(left) + "'")
                                    + ":"
                                    + spelled(right),
                            holds,
                            holds
                                    ? ""
                                    : "the caller's: "
                                            + ofCaller(left, caller).orElse("none")
                                            + "; the target's: "
                                            + ofTarget(right, target).orElse("none"),
                            List.of());
        };
    }

    private List<Explanation> explain(List<Check> parts, Caller caller, Target target) {
        return parts.stream().map(part -> explain(part, caller, target)).toList();
    }

    private static String spelled(Operand operand) {
        return switch (operand) {
            case Operand.Literal(String text) -> text;
            case Operand.Attribute(String name) -> "%(" + name + ")s";
        };
    }

    public boolean knows(String rule) {
        return checks.containsKey(rule);
    }

    /** All declared rules, by name. */
    public List<PolicyRule> rules() {
        return List.copyOf(declared.values());
    }

    public boolean isOverridden(String rule) {
        return overridden.contains(rule);
    }

    private boolean holds(Check check, Caller caller, Target target) {
        return switch (check) {
            case Check.Always always -> true;
            case Check.Never never -> false;
            case Check.Role(Operand role) ->
                    ofTarget(role, target).map(name -> holdsRole(caller, name)).orElse(false);
            case Check.Rule rule -> holds(known(rule.name()), caller, target);
            case Check.Not not -> !holds(not.part(), caller, target);
            case Check.All all -> {
                for (Check part : all.parts()) {
                    if (!holds(part, caller, target)) {
                        yield false;
                    }
                }
                yield true;
            }
            case Check.Any any -> {
                for (Check part : any.parts()) {
                    if (holds(part, caller, target)) {
                        yield true;
                    }
                }
                yield false;
            }
            case Check.Equal(Operand.Attribute(String name), Operand wanted)
                    when name.equals("service_roles") ->
                    ofTarget(wanted, target).map(caller.serviceRoles()::contains).orElse(false);
            // oslo.policy compares texts, and Python's for what is missing is this one.
            case Check.Equal(Operand.Attribute(String name), Operand.Literal(String text))
                    when text.equals("None") && OF_SOME_CALLERS.contains(name) ->
                    attributeOf(caller, name).isEmpty();
            case Check.Equal equal -> {
                Optional<String> left = ofCaller(equal.caller(), caller);
                yield left.isPresent() && left.equals(ofTarget(equal.target(), target));
            }
        };
    }

    /** Names of roles are compared without regard to case, as oslo.policy does. */
    private static boolean holdsRole(Caller caller, String name) {
        return caller.hasRole(name)
                || caller.roles().stream().anyMatch(held -> held.equalsIgnoreCase(name));
    }

    private Check known(String rule) {
        Check check = checks.get(rule);
        if (check == null) {
            throw new IllegalStateException("no such policy rule: " + rule);
        }
        return check;
    }

    private static Optional<String> ofTarget(Operand operand, Target target) {
        return switch (operand) {
            case Operand.Literal literal -> Optional.of(literal.text());
            case Operand.Attribute attribute -> target.attribute(attribute.name());
        };
    }

    private static Optional<String> ofCaller(Operand operand, Caller caller) {
        return switch (operand) {
            case Operand.Literal literal -> Optional.of(literal.text());
            case Operand.Attribute attribute -> attributeOf(caller, attribute.name());
        };
    }

    /** The caller's attributes by oslo.context's names. */
    private static Optional<String> attributeOf(Caller caller, String name) {
        return switch (name) {
            case "user_id", "user" -> Optional.of(caller.user().value());
            case "project_id", "tenant", "tenant_id" -> caller.project().map(p -> p.value());
            case "user_domain_id", "token.user.domain.id" ->
                    Optional.of(caller.userDomain().value());
            case "project_domain_id", "token.project.domain.id" ->
                    caller.scope() instanceof Scope.Project project
                            ? Optional.of(project.domain().value())
                            : Optional.empty();
            case "domain_id", "token.domain.id" ->
                    caller.scope() instanceof Scope.Domain domain
                            ? Optional.of(domain.id().value())
                            : Optional.empty();
            case "system_scope" ->
                    caller.scope() instanceof Scope.System ? Optional.of("all") : Optional.empty();
            case "is_admin" -> Optional.of(caller.isAdmin() ? "True" : "False");
            default -> Optional.empty();
        };
    }

    private static void parse(
            String name, String text, Map<String, Check> checks, List<String> problems) {
        try {
            checks.put(name, CheckParser.parse(text));
        } catch (IllegalArgumentException e) {
            problems.add(name + ": " + e.getMessage());
        }
    }

    private static void references(Check check, Set<String> into) {
        switch (check) {
            case Check.Rule rule -> into.add(rule.name());
            case Check.Not not -> references(not.part(), into);
            case Check.All all -> all.parts().forEach(part -> references(part, into));
            case Check.Any any -> any.parts().forEach(part -> references(part, into));
            case Check.Always a -> {}
            case Check.Never n -> {}
            case Check.Role r -> {}
            case Check.Equal e -> {}
        }
    }

    private static void circle(
            String name, Set<String> above, Map<String, Check> checks, List<String> problems) {
        Check check = checks.get(name);
        if (check == null) {
            return;
        }
        if (!above.add(name)) {
            problems.add("rule refers to itself: " + name);
            return;
        }
        Set<String> used = new HashSet<>();
        references(check, used);
        for (String next : used) {
            circle(next, new HashSet<>(above), checks, problems);
        }
    }
}
