package cloud.welkin.identity;

import cloud.welkin.kernel.api.Operation;
import cloud.welkin.kernel.id.Ids;
import cloud.welkin.kernel.policy.Caller;
import cloud.welkin.kernel.policy.Scope;
import cloud.welkin.testing.IsolationContract;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * A caller in a domain of its own, and users, groups, projects … of that domain and of another: the
 * things that a request of the contract names, made when they are first asked for.
 */
final class IsolationStage implements IsolationContract.Stage {
    /** What a caller's token is for, and the role held there. */
    record Kind(String role, String scope) {
        @Override
        public String toString() {
            return scope + " " + role;
        }
    }

    /** Whose things a request names. */
    enum Whose {
        OWN,
        OF_THE_SAME_DOMAIN,
        OF_ANOTHER_DOMAIN,
        /** A user or group of another domain, on the caller's own domain or project. */
        STRANGER_AT_HOME,
        /** A user or group of the caller's domain, on what is of another domain. */
        FRIEND_ABROAD,
        /** As of the same domain, but about the role admin. */
        WITH_ADMIN,
        /** As of the same domain, but the domain itself in the place of a project. */
        DOMAIN_AS_PROJECT
    }

    private static final Set<String> HOLDERS = Set.of("user_id", "group_id");
    private static final Set<String> PLACES = Set.of("project_id", "domain_id");

    private final Keystone keystone;
    private final IsolationThings things;
    private final Kind kind;
    private final Whose whose;
    private final Map<String, String> made = new HashMap<>();
    private Optional<Caller> caller = Optional.empty();

    IsolationStage(Keystone keystone, Kind kind, Whose whose) {
        this.keystone = keystone;
        this.things = new IsolationThings(keystone);
        this.kind = kind;
        this.whose = whose;
    }

    @Override
    public String name() {
        return "%s, %s".formatted(kind, whose);
    }

    @Override
    public boolean concerns(Operation operation, boolean ruledByTarget) {
        Set<String> named = new HashSet<>(operation.path().variables());
        boolean several = overlap(named, HOLDERS) > 1 || crosses(named);
        return switch (whose) {
            case OF_THE_SAME_DOMAIN -> true;
            case OWN, OF_ANOTHER_DOMAIN -> ruledByTarget;
            case STRANGER_AT_HOME, FRIEND_ABROAD -> ruledByTarget && several;
            case WITH_ADMIN -> named.contains("role_id") && !named.contains("trust_id");
            case DOMAIN_AS_PROJECT -> ruledByTarget && named.equals(Set.of("project_id"));
        };
    }

    private static boolean crosses(Set<String> named) {
        return overlap(named, HOLDERS) == 1 && overlap(named, PLACES) == 1;
    }

    private static long overlap(Set<String> some, Set<String> others) {
        return some.stream().filter(others::contains).count();
    }

    @Override
    public void changed() {
        made.clear();
        caller = Optional.empty();
    }

    @Override
    public IsolationContract.Trial of(Operation operation) {
        Set<String> named = new HashSet<>(operation.path().variables());
        Map<String, String> path = new HashMap<>();
        Map<String, String> target = new HashMap<>();
        for (String variable : named) {
            value(operation, variable).ifPresent(value -> path.put(variable, value));
            about(operation, variable, target);
        }
        prepare(operation, named, path);
        String query = "";
        Map<String, String> headers = Map.of();
        Optional<Object> body = Optional.empty();
        switch (operation.toString()) {
            case "GET /users", "GET /groups", "GET /projects", "GET /domains" -> {
                // Who has a token for a domain is shown that domain's, whatever it asks for.
                query = "?domain_id=" + domain();
                scope().ifPresent(id -> listed(id, target));
            }
            case "GET /role_assignments" -> {
                query = "?scope.project.id=" + project();
                scope().ifPresent(id -> listed(id, target));
            }
            case "GET /credentials" ->
                    target.put("target.credential.user_id", own().user().value());
            case "GET /auth/tokens", "DELETE /auth/tokens" -> {
                headers = Map.of("X-Subject-Token", tokenOf(user()));
                target.put("target.token.user_id", user());
            }
            case "POST /users" -> {
                body =
                        Optional.of(
                                Map.of("user", Map.of("name", Ids.hex(), "domain_id", domain())));
                target.put("target.user.domain_id", domain());
            }
            case "POST /groups" -> {
                body =
                        Optional.of(
                                Map.of("group", Map.of("name", Ids.hex(), "domain_id", domain())));
                target.put("target.group.domain_id", domain());
            }
            case "POST /projects" -> {
                body =
                        Optional.of(
                                Map.of(
                                        "project",
                                        Map.of("name", Ids.hex(), "domain_id", domain())));
                target.put("target.project.domain_id", domain());
            }
            case "POST /credentials" -> {
                body =
                        Optional.of(
                                Map.of(
                                        "credential",
                                        Map.of("type", "cert", "blob", "x", "user_id", user())));
                target.put("target.credential.user_id", user());
            }
            case "POST /OS-TRUST/trusts" -> {
                body = Optional.of(trustOf(user(), stranger()));
                target.put("target.trust.trustor_user_id", user());
            }
            case "POST /users/{user_id}/credentials/OS-EC2" ->
                    body = Optional.of(Map.of("tenant_id", side(user())));
            case "GET /roles/{role_id}" -> target.putAll(role());
            default -> {}
        }
        return new IsolationContract.Trial(own(), path, query, headers, body, target);
    }

    /** The caller, once there is one of everything that lists show. */
    Caller amongThings() {
        user();
        group();
        project();
        credential();
        return own();
    }

    private void listed(String domain, Map<String, String> target) {
        target.put("target.domain_id", domain);
        target.put("target.domain.id", domain);
        target.put("target.group.domain_id", domain);
    }

    private Optional<String> scope() {
        return own().scope() instanceof Scope.Domain(var id)
                ? Optional.of(id.value())
                : Optional.empty();
    }

    private Optional<String> value(Operation operation, String variable) {
        return switch (variable) {
            case "user_id" -> Optional.of(user());
            case "group_id" -> Optional.of(group());
            case "project_id" -> Optional.of(project());
            case "domain_id" -> Optional.of(domain());
            case "role_id" -> Optional.of(role(operation));
            case "tag" -> Optional.of("t");
            case "access" -> Optional.of(ec2());
            case "trust_id" -> Optional.of(trust());
            case "limit_id" -> Optional.of(limit());
            case "access_rule_id" -> Optional.of(accessRule());
            case "credential_id" ->
                    Optional.of(
                            operation.path().text().contains("application")
                                    ? applicationCredential()
                                    : credential());
            default -> Optional.empty();
        };
    }

    /** What rules may compare of the thing that a variable names. */
    private void about(Operation operation, String variable, Map<String, String> target) {
        switch (variable) {
            case "user_id" -> {
                target.put("target.user.id", user());
                target.put("target.user.domain_id", domainOfHolder());
                target.put("target.credential.user_id", user());
            }
            case "group_id" -> target.put("target.group.domain_id", domainOfGroup());
            case "project_id" -> {
                target.put("target.project.id", project());
                target.put(
                        "target.project.domain_id",
                        whose == Whose.DOMAIN_AS_PROJECT ? "None" : domainOfPlace());
            }
            case "domain_id" -> target.put("target.domain.id", domain());
            case "role_id" -> target.putAll(role());
            case "credential_id" -> target.put("target.credential.user_id", user());
            case "trust_id" -> {
                target.put("target.trust.trustor_user_id", trustor());
                target.put("target.trust.trustee_user_id", trustee());
            }
            case "limit_id" -> {
                target.put("target.limit.project_id", project());
                target.put("target.limit.project.domain_id", domainOfPlace());
            }
            default -> {}
        }
    }

    /** What must be there beside the things themselves, for an operation to find it. */
    private void prepare(Operation operation, Set<String> named, Map<String, String> path) {
        String admin = keystone.admin();
        String text = operation.path().text();
        if (named.containsAll(Set.of("group_id", "user_id"))) {
            keystone.put(admin, "/groups/" + group() + "/users/" + user()).expect(204);
        }
        if (named.contains("tag")) {
            keystone.put(admin, "/projects/" + project() + "/tags/t").expect(201);
        }
        if (named.contains("role_id") && overlap(named, HOLDERS) == 1) {
            String concrete = text;
            for (Map.Entry<String, String> one : path.entrySet()) {
                concrete = concrete.replace("{" + one.getKey() + "}", one.getValue());
            }
            if (!concrete.contains("{")) {
                keystone.put(admin, concrete).expect(204);
            }
        }
    }

    /** One of its own for what changes or deletes it. */
    private String role(Operation operation) {
        return operation.path().text().equals("/roles/{role_id}")
                        && !operation.method().equals("GET")
                ? once(
                        "role",
                        () ->
                                keystone.post(
                                                keystone.admin(),
                                                "/roles",
                                                "{'role': {'name': '%s'}}".formatted(Ids.hex()))
                                        .expect(201)
                                        .text("/role/id"))
                : keystone.role(roleName());
    }

    private Map<String, String> role() {
        return Map.of("target.role.name", roleName(), "target.role.domain_id", "None");
    }

    private String roleName() {
        return whose == Whose.WITH_ADMIN ? "admin" : "member";
    }

    // --- whose things are where

    private boolean strangersHold() {
        return whose == Whose.OF_ANOTHER_DOMAIN || whose == Whose.STRANGER_AT_HOME;
    }

    private String domainOfHolder() {
        return strangersHold() ? abroad() : home();
    }

    /** Of a user and a group together, the user is the stranger. */
    private String domainOfGroup() {
        return whose == Whose.OF_ANOTHER_DOMAIN || whose == Whose.FRIEND_ABROAD ? abroad() : home();
    }

    private String domainOfPlace() {
        return whose == Whose.OF_ANOTHER_DOMAIN || whose == Whose.FRIEND_ABROAD ? abroad() : home();
    }

    private String domain() {
        return domainOfPlace();
    }

    private String home() {
        return once("home", things::domain);
    }

    private String abroad() {
        return once("abroad", things::domain);
    }

    private String user() {
        return whose == Whose.OWN
                ? own().user().value()
                : once("user", () -> things.user(domainOfHolder()));
    }

    private String group() {
        return once("group", () -> things.group(domainOfGroup()));
    }

    private String credential() {
        return once("credential", () -> things.credential(user()));
    }

    private String ec2() {
        return once("ec2", () -> things.ec2(user(), side(user())));
    }

    private String applicationCredential() {
        return once(
                "application credential",
                () ->
                        things.applicationCredential(sideToken(user()), user())
                                .text("/application_credential/id"));
    }

    private String accessRule() {
        return once("access rule", () -> things.accessRule(sideToken(user()), user()));
    }

    private String limit() {
        return once("limit", () -> things.limit(project()));
    }

    private String stranger() {
        return once("stranger", () -> things.user(abroad()));
    }

    private String project() {
        if (whose == Whose.DOMAIN_AS_PROJECT) {
            return home();
        }
        return whose == Whose.OWN && own().project().isPresent()
                ? own().project().get().value()
                : once("project", () -> things.project(domainOfPlace()));
    }

    private String trustor() {
        return whose == Whose.OF_THE_SAME_DOMAIN
                ? user()
                : whose == Whose.OWN ? user() : stranger();
    }

    private String trustee() {
        return whose == Whose.OF_THE_SAME_DOMAIN
                ? own().user().value()
                : once("trustee", () -> things.user(abroad()));
    }

    // --- things

    private String trust() {
        return once(
                "trust",
                () ->
                        keystone.as(sideToken(trustor()), "POST", "/OS-TRUST/trusts")
                                .view(trustOf(trustor(), trustee()))
                                .send()
                                .expect(201)
                                .text("/trust/id"));
    }

    private Map<String, Object> trustOf(String trustor, String trustee) {
        return Map.of(
                "trust",
                Map.of(
                        "trustor_user_id",
                        trustor,
                        "trustee_user_id",
                        trustee,
                        "impersonation",
                        false,
                        "project_id",
                        side(trustor),
                        "roles",
                        List.of(Map.of("name", "member"))));
    }

    // --- callers

    /** A project where the user is a member, beside whatever else it may do. */
    private String side(String user) {
        return once(
                "side of " + user,
                () -> {
                    String project = things.project(home());
                    keystone.grant(user, project, "member");
                    return project;
                });
    }

    private String sideToken(String user) {
        return once(
                "token of " + user,
                () -> things.token(user, Optional.of(Map.of("project", Map.of("id", side(user))))));
    }

    private String tokenOf(String user) {
        return whose == Whose.OWN ? own().token().text() : sideToken(user);
    }

    private Caller own() {
        if (caller.isEmpty()) {
            caller = Optional.of(newCaller());
        }
        return caller.get();
    }

    private Caller newCaller() {
        String user = things.user(home());
        String admin = keystone.admin();
        String held =
                "/users/"
                        + user
                        + "/roles/"
                        + (kind.role().isEmpty() ? "" : keystone.role(kind.role()));
        Optional<Object> scope =
                switch (kind.scope()) {
                    case "project" -> {
                        String project = things.project(home());
                        keystone.put(admin, "/projects/" + project + held).expect(204);
                        yield Optional.of(Map.of("project", Map.of("id", project)));
                    }
                    case "domain" -> {
                        keystone.put(admin, "/domains/" + home() + held).expect(204);
                        yield Optional.of(Map.of("domain", Map.of("id", home())));
                    }
                    case "system" -> {
                        keystone.put(admin, "/system" + held).expect(204);
                        yield Optional.of(Map.of("system", Map.of("all", true)));
                    }
                    default -> Optional.empty();
                };
        return keystone.caller(things.token(user, scope));
    }

    private String once(String name, Supplier<String> making) {
        String known = made.get(name);
        if (known == null) {
            known = making.get();
            made.put(name, known);
        }
        return known;
    }
}
