package cloud.welkin.identity.api;

import cloud.welkin.database.Tx;
import cloud.welkin.identity.Changes;
import cloud.welkin.identity.domain.AssignmentTarget;
import cloud.welkin.identity.domain.Project;
import cloud.welkin.identity.domain.Role;
import cloud.welkin.identity.domain.User;
import cloud.welkin.identity.store.ApplicationCredentialStore;
import cloud.welkin.identity.store.ProjectStore;
import cloud.welkin.identity.store.RoleStore;
import cloud.welkin.identity.store.RoleStore.Assignment;
import cloud.welkin.identity.store.RoleStore.AssignmentFilter;
import cloud.welkin.identity.store.UserStore;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Operation;
import cloud.welkin.kernel.api.OperationGroup;
import cloud.welkin.kernel.api.Param;
import cloud.welkin.kernel.api.Query;
import cloud.welkin.kernel.api.Reply;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.id.DomainId;
import cloud.welkin.kernel.id.ProjectId;
import cloud.welkin.kernel.id.UserId;
import cloud.welkin.kernel.policy.Target;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Who holds which role on what: /v3/{projects,domains,system}/…/users/…/roles and
 * /v3/role_assignments.
 */
final class AssignmentOperations implements OperationGroup {
    private record On(String prefix, String variable, AssignmentTarget.Kind kind) {}

    private static final List<On> TARGETS =
            List.of(
                    new On("/projects/{project_id}", "project_id", AssignmentTarget.Kind.PROJECT),
                    new On("/domains/{domain_id}", "domain_id", AssignmentTarget.Kind.DOMAIN),
                    new On("/system", "", AssignmentTarget.Kind.SYSTEM));

    private final ProjectStore projects;
    private final UserStore users;
    private final RoleStore roles;
    private final ApplicationCredentialStore credentials;
    private final Changes changes;

    AssignmentOperations(
            ProjectStore projects,
            UserStore users,
            RoleStore roles,
            ApplicationCredentialStore credentials,
            Changes changes) {
        this.projects = projects;
        this.users = users;
        this.roles = roles;
        this.credentials = credentials;
        this.changes = changes;
    }

    @Override
    public List<Operation> operations() {
        List<Operation> operations = new ArrayList<>();
        for (On on : TARGETS) {
            String path = on.prefix() + "/users/{user_id}/roles";
            String what = on.kind().name().toLowerCase(java.util.Locale.ROOT);
            operations.add(
                    Operation.get(path)
                            .policyByHandler("identity:list_grants")
                            .doc("Lists the roles that a user holds on a " + what + ".")
                            .reads((call, tx) -> list(call, tx, on)));
            operations.add(
                    Operation.put(path + "/{role_id}")
                            .policyByHandler("identity:create_grant")
                            .doc("Gives a user a role on a " + what + ".")
                            .status(204)
                            .writes((call, tx, body) -> assign(call, tx, on)));
            operations.add(
                    Operation.get(path + "/{role_id}")
                            .policyByHandler("identity:check_grant")
                            .doc("Whether a user holds a role on a " + what + ".")
                            .status(204)
                            .reads((call, tx) -> check(call, tx, on)));
            operations.add(
                    Operation.delete(path + "/{role_id}")
                            .policyByHandler("identity:revoke_grant")
                            .doc("Takes a user's role on a " + what + " away.")
                            .writes((call, tx, body) -> unassign(call, tx, on)));
        }
        operations.add(
                Operation.get("/role_assignments")
                        .policyByHandler("identity:list_role_assignments")
                        .doc("Lists role assignments.")
                        .params(
                                Param.text("user.id", "Those of this user."),
                                Param.text("role.id", "Those of this role."),
                                Param.text("scope.project.id", "Those on this project."),
                                Param.text("scope.domain.id", "Those on this domain."),
                                Param.text("scope.system", "Those on the system."),
                                Param.text("include_names", "With names beside the ids."),
                                Param.text(
                                        "effective", "With implied roles, without their causes."))
                        .reads(this::listAll));
        return operations;
    }

    private Object list(Call call, Tx tx, On on) {
        AssignmentTarget target = target(call, tx, on, false);
        User user = user(tx, call.path("user_id"));
        List<RoleOperations.RoleBody> held =
                roles
                        .assignments(
                                tx,
                                new AssignmentFilter(
                                        Optional.of(user.id()),
                                        Optional.of(target),
                                        Optional.empty()))
                        .stream()
                        .map(assignment -> role(tx, assignment.role()))
                        .map(role -> RoleOperations.body(call, role))
                        .toList();
        return Map.of("roles", held, "links", Links.list(call, Integer.MAX_VALUE, List.of()));
    }

    private Object assign(Call call, Tx tx, On on) {
        // The lock keeps the project from being deleted under the new assignment.
        roles.assign(tx, named(call, tx, on, true));
        changes.made(tx);
        return Reply.empty();
    }

    private Object check(Call call, Tx tx, On on) {
        Assignment asked = named(call, tx, on, false);
        boolean held =
                !roles.assignments(
                                tx,
                                new AssignmentFilter(
                                        Optional.of(asked.user()),
                                        Optional.of(asked.target()),
                                        Optional.of(asked.role())))
                        .isEmpty();
        if (!held) {
            throw noAssignment(asked);
        }
        return Reply.empty();
    }

    private Object unassign(Call call, Tx tx, On on) {
        Assignment asked = named(call, tx, on, false);
        if (!roles.unassign(tx, asked)) {
            throw noAssignment(asked);
        }
        if (on.kind() == AssignmentTarget.Kind.PROJECT) {
            credentials.deleteOf(tx, asked.user(), new ProjectId(asked.target().id()));
        }
        changes.made(tx);
        return Reply.empty();
    }

    private Assignment named(Call call, Tx tx, On on, boolean forUpdate) {
        AssignmentTarget target = target(call, tx, on, forUpdate);
        User user = user(tx, call.path("user_id"));
        return new Assignment(user.id(), target, role(tx, call.path("role_id")).id());
    }

    /** What the roles are held on, once the caller is known to have a say about it. */
    private AssignmentTarget target(Call call, Tx tx, On on, boolean forUpdate) {
        if (on.kind() == AssignmentTarget.Kind.SYSTEM) {
            call.authorize(Target.NOTHING);
            return AssignmentTarget.SYSTEM;
        }
        String id = call.path(on.variable());
        boolean wantsDomain = on.kind() == AssignmentTarget.Kind.DOMAIN;
        Optional<Project> found =
                (forUpdate
                                ? projects.lock(tx, new ProjectId(id))
                                : projects.find(tx, new ProjectId(id)))
                        .filter(p -> p.isDomain() == wantsDomain);
        call.authorize(
                Targets.inDomain(
                        "target.domain_id",
                        found.map(Project::domain).orElse(call.caller().userDomain())));
        if (found.isEmpty()) {
            throw Failure.notFound(
                    "Could not find %s: %s.", wantsDomain ? "domain" : "project", id);
        }
        return new AssignmentTarget(on.kind(), id);
    }

    private Object listAll(Call call, Tx tx) {
        Query query = call.query();
        Optional<AssignmentTarget> target =
                query.text("scope.project.id")
                        .map(AssignmentTarget::project)
                        .or(() -> query.text("scope.domain.id").map(AssignmentTarget::domain))
                        .or(() -> query.text("scope.system").map(all -> AssignmentTarget.SYSTEM));
        Map<String, String> about = new LinkedHashMap<>();
        query.text("user.id").ifPresent(id -> about.put("target.user.id", id));
        query.text("scope.domain.id").ifPresent(id -> about.put("target.domain_id", id));
        query.text("scope.project.id")
                .flatMap(id -> projects.find(tx, new ProjectId(id)))
                .ifPresent(project -> about.put("target.domain_id", project.domain().value()));
        call.authorize(new Target(about));
        Names names = new Names(tx, flag(query, "include_names"));
        List<Assignment> found =
                roles.assignments(
                        tx,
                        new AssignmentFilter(
                                query.text("user.id").map(UserId::new),
                                target,
                                flag(query, "effective")
                                        ? Optional.empty()
                                        : query.text("role.id")));
        if (flag(query, "effective")) {
            found = effective(tx, found, query.text("role.id"));
        }
        return Map.of(
                "role_assignments",
                found.stream().map(assignment -> view(call, assignment, names)).toList(),
                "links",
                Links.list(call, Integer.MAX_VALUE, List.of()));
    }

    private List<Assignment> effective(Tx tx, List<Assignment> found, Optional<String> role) {
        return found.stream()
                .map(assignment -> new Assignment(assignment.user(), assignment.target(), ""))
                .distinct()
                .flatMap(
                        holder ->
                                roles.effective(tx, holder.user(), holder.target()).stream()
                                        .map(
                                                held ->
                                                        new Assignment(
                                                                holder.user(),
                                                                holder.target(),
                                                                held.id())))
                .filter(assignment -> role.map(assignment.role()::equals).orElse(true))
                .toList();
    }

    private static Object view(Call call, Assignment assignment, Names names) {
        AssignmentTarget target = assignment.target();
        Object scope =
                switch (target.kind()) {
                    case PROJECT -> Map.of("project", names.project(target.id()));
                    case DOMAIN -> Map.of("domain", names.project(target.id()));
                    case SYSTEM -> Map.of("system", Map.of("all", true));
                };
        String path =
                switch (target.kind()) {
                    case PROJECT -> "/projects/" + target.id();
                    case DOMAIN -> "/domains/" + target.id();
                    case SYSTEM -> "/system";
                };
        return Map.of(
                "scope", scope,
                "user", names.user(assignment.user()),
                "role", names.role(assignment.role()),
                "links",
                        Map.of(
                                "assignment",
                                call.origin()
                                        + Links.ROOT
                                        + path
                                        + "/users/"
                                        + assignment.user()
                                        + "/roles/"
                                        + assignment.role()));
    }

    /** Ids as Keystone shows them, with names and domains where those are asked for. */
    private final class Names {
        private final Tx tx;
        private final boolean wanted;
        private final Map<String, Object> seen = new LinkedHashMap<>();

        Names(Tx tx, boolean wanted) {
            this.tx = tx;
            this.wanted = wanted;
        }

        /**
         * A thing's name may ask for its domain's while it is made, which computeIfAbsent forbids.
         */
        private Object once(String key, Supplier<Object> view) {
            Object known = seen.get(key);
            if (known == null) {
                known = view.get();
                seen.put(key, known);
            }
            return known;
        }

        Object project(String id) {
            return once("p" + id, () -> wanted ? namedProject(id) : Map.of("id", id));
        }

        Object user(UserId id) {
            return once("u" + id, () -> wanted ? namedUser(id) : Map.of("id", id.value()));
        }

        Object role(String id) {
            return once(
                    "r" + id,
                    () ->
                            wanted
                                    ? Map.of(
                                            "id",
                                            id,
                                            "name",
                                            AssignmentOperations.this.role(tx, id).name())
                                    : Map.of("id", id));
        }

        private Object namedProject(String id) {
            Optional<Project> found = projects.find(tx, new ProjectId(id));
            if (found.isEmpty()) {
                return Map.of("id", id);
            }
            Project project = found.get();
            return project.isDomain()
                    ? Map.of("id", id, "name", project.name())
                    : Map.of("id", id, "name", project.name(), "domain", domain(project.domain()));
        }

        private Object namedUser(UserId id) {
            Optional<User> found = users.find(tx, id);
            if (found.isEmpty()) {
                return Map.of("id", id.value());
            }
            User user = found.get();
            return Map.of("id", id.value(), "name", user.name(), "domain", domain(user.domain()));
        }

        private Object domain(DomainId id) {
            return project(id.value());
        }
    }

    private static boolean flag(Query query, String name) {
        return query.text(name)
                .map(text -> !text.equals("0") && !text.equalsIgnoreCase("false"))
                .orElse(false);
    }

    private User user(Tx tx, String id) {
        return users.find(tx, new UserId(id))
                .orElseThrow(() -> Failure.notFound("Could not find user: %s.", id));
    }

    private Role role(Tx tx, String id) {
        return roles.find(tx, id)
                .orElseThrow(() -> Failure.notFound("Could not find role: %s.", id));
    }

    private static Failure noAssignment(Assignment asked) {
        return Failure.notFound(
                "Could not find role assignment with role: %s, user: %s, on: %s.",
                asked.role(), asked.user(), asked.target().id());
    }
}
