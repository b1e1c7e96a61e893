package cloud.welkin.identity.api;

import cloud.welkin.database.Tx;
import cloud.welkin.identity.Changes;
import cloud.welkin.identity.domain.Actor;
import cloud.welkin.identity.domain.AssignmentTarget;
import cloud.welkin.identity.domain.Group;
import cloud.welkin.identity.domain.Project;
import cloud.welkin.identity.domain.Role;
import cloud.welkin.identity.domain.User;
import cloud.welkin.identity.store.ApplicationCredentialStore;
import cloud.welkin.identity.store.GroupStore;
import cloud.welkin.identity.store.ProjectStore;
import cloud.welkin.identity.store.RoleStore;
import cloud.welkin.identity.store.RoleStore.Assignment;
import cloud.welkin.identity.store.RoleStore.AssignmentFilter;
import cloud.welkin.identity.store.UserStore;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Operation;
import cloud.welkin.kernel.api.OperationGroup;
import cloud.welkin.kernel.api.Reply;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.id.DomainId;
import cloud.welkin.kernel.id.ProjectId;
import cloud.welkin.kernel.id.UserId;
import cloud.welkin.kernel.policy.Target;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Giving and taking roles: /v3/{projects,domains,system}/…/{users,groups}/…/roles, and the same
 * under /v3/OS-INHERIT for roles that hold on all projects below.
 */
final class AssignmentOperations implements OperationGroup {
    /** Where roles are held, as paths say it. */
    private record On(String prefix, String variable, AssignmentTarget.Kind kind) {}

    /** One family of paths. */
    private record Family(On on, boolean ofGroups, boolean inherited) {
        String path() {
            String holder = ofGroups ? "/groups/{group_id}" : "/users/{user_id}";
            return inherited
                    ? "/OS-INHERIT" + on.prefix() + holder + "/roles"
                    : on.prefix() + holder + "/roles";
        }

        String one() {
            return path() + (inherited ? "/{role_id}/inherited_to_projects" : "/{role_id}");
        }

        String words() {
            return (ofGroups ? "a group" : "a user")
                    + (inherited ? " on all projects of a " : " on a ")
                    + on.kind().name().toLowerCase(Locale.ROOT);
        }
    }

    private static final List<On> TARGETS =
            List.of(
                    new On("/projects/{project_id}", "project_id", AssignmentTarget.Kind.PROJECT),
                    new On("/domains/{domain_id}", "domain_id", AssignmentTarget.Kind.DOMAIN),
                    new On("/system", "", AssignmentTarget.Kind.SYSTEM));

    private final ProjectStore projects;
    private final UserStore users;
    private final GroupStore groups;
    private final RoleStore roles;
    private final ApplicationCredentialStore credentials;
    private final Changes changes;

    AssignmentOperations(
            ProjectStore projects,
            UserStore users,
            GroupStore groups,
            RoleStore roles,
            ApplicationCredentialStore credentials,
            Changes changes) {
        this.projects = projects;
        this.users = users;
        this.groups = groups;
        this.roles = roles;
        this.credentials = credentials;
        this.changes = changes;
    }

    @Override
    public List<Operation> operations() {
        List<Operation> operations = new ArrayList<>();
        for (On on : TARGETS) {
            for (boolean ofGroups : new boolean[] {false, true}) {
                declare(operations, new Family(on, ofGroups, false), "");
                if (on.kind() != AssignmentTarget.Kind.SYSTEM) {
                    declare(operations, new Family(on, ofGroups, true), "/inherited_to_projects");
                }
            }
        }
        return operations;
    }

    private void declare(List<Operation> operations, Family family, String listed) {
        boolean system = family.on().kind() == AssignmentTarget.Kind.SYSTEM;
        String holder = family.ofGroups() ? "group" : "user";
        String one = system ? "identity:%s_system_grant_for_" + holder : "identity:%s_grant";
        String many = system ? "identity:list_system_grants_for_" + holder : "identity:list_grants";
        operations.add(
                Operation.get(family.path() + listed)
                        .policyByHandler(many)
                        .doc("Lists the roles of " + family.words() + ".")
                        .reads((call, tx) -> list(call, tx, family)));
        operations.add(
                Operation.put(family.one())
                        .policyByHandler(one.formatted("create"))
                        .doc("Gives a role to " + family.words() + ".")
                        .status(204)
                        .writes((call, tx, body) -> assign(call, tx, family)));
        operations.add(
                Operation.get(family.one())
                        .policyByHandler(one.formatted("check"))
                        .doc("Whether a role is held by " + family.words() + ".")
                        .status(204)
                        .reads((call, tx) -> check(call, tx, family)));
        operations.add(
                Operation.delete(family.one())
                        .policyByHandler(one.formatted("revoke"))
                        .doc("Takes a role from " + family.words() + ".")
                        .writes((call, tx, body) -> unassign(call, tx, family)));
    }

    private Object list(Call call, Tx tx, Family family) {
        Asked asked = asked(call, tx, family, Optional.empty(), false);
        List<RoleOperations.RoleBody> held =
                roles
                        .assignments(
                                tx,
                                new AssignmentFilter(
                                        Optional.of(asked.actor()),
                                        Optional.of(List.of(asked.target())),
                                        Optional.empty(),
                                        Optional.of(family.inherited())))
                        .stream()
                        .flatMap(assignment -> roles.find(tx, assignment.role()).stream())
                        .map(role -> RoleOperations.body(call, role))
                        .toList();
        return Map.of("roles", held, "links", Links.whole(call));
    }

    private Object assign(Call call, Tx tx, Family family) {
        Optional<Role> role = roles.find(tx, call.path("role_id"));
        // The lock keeps the project from being deleted under the new assignment.
        Assignment asked = named(call, tx, family, role, true);
        if (role.filter(one -> one.domain().isPresent() && !isOf(tx, one, asked.target()))
                .isPresent()) {
            throw Failure.forbidden(
                    "The role %s is of another domain than the project or domain.", asked.role());
        }
        roles.assign(tx, asked);
        changed(tx, asked);
        return Reply.empty();
    }

    private boolean isOf(Tx tx, Role role, AssignmentTarget target) {
        return projects.find(tx, new ProjectId(target.id()))
                .filter(project -> role.domain().filter(project.domain()::equals).isPresent())
                .isPresent();
    }

    private Object check(Call call, Tx tx, Family family) {
        Assignment asked = named(call, tx, family, roles.find(tx, call.path("role_id")), false);
        boolean held =
                !roles.assignments(
                                tx,
                                new AssignmentFilter(
                                        Optional.of(asked.actor()),
                                        Optional.of(List.of(asked.target())),
                                        Optional.of(asked.role()),
                                        Optional.of(asked.inherited())))
                        .isEmpty();
        if (!held) {
            throw noAssignment(asked);
        }
        return Reply.empty();
    }

    private void changed(Tx tx, Assignment assignment) {
        switch (assignment.actor()) {
            case Actor.User(UserId user) -> changes.made(tx, user);
            case Actor.Group group -> changes.made(tx);
        }
    }

    private Object unassign(Call call, Tx tx, Family family) {
        Assignment asked = named(call, tx, family, roles.find(tx, call.path("role_id")), false);
        if (!roles.unassign(tx, asked)) {
            throw noAssignment(asked);
        }
        if (asked.target().kind() == AssignmentTarget.Kind.PROJECT
                && asked.actor() instanceof Actor.User(UserId user)) {
            credentials.deleteOf(tx, user, new ProjectId(asked.target().id()));
        }
        changed(tx, asked);
        return Reply.empty();
    }

    private Assignment named(
            Call call, Tx tx, Family family, Optional<Role> role, boolean forUpdate) {
        Asked asked = asked(call, tx, family, Optional.of(Targets.ofRole(role)), forUpdate);
        return new Assignment(
                asked.actor(),
                asked.target(),
                role.map(Role::id).orElseThrow(() -> missing("role", call.path("role_id"))),
                family.inherited());
    }

    /** Who holds roles on what, as a path says it. */
    private record Asked(Actor actor, AssignmentTarget target) {}

    /**
     * What the path names, once the caller is known to have a say about all of it: whom a rule
     * refuses learns of nothing whether it is there.
     */
    private Asked asked(
            Call call,
            Tx tx,
            Family family,
            Optional<Map<String, String>> role,
            boolean forUpdate) {
        Optional<Project> place =
                family.on().kind() == AssignmentTarget.Kind.SYSTEM
                        ? Optional.empty()
                        : place(call, tx, family.on(), forUpdate);
        Optional<Group> group =
                family.ofGroups() ? groups.find(tx, call.path("group_id")) : Optional.empty();
        Optional<User> user =
                family.ofGroups()
                        ? Optional.empty()
                        : users.find(tx, new UserId(call.path("user_id")));
        DomainId own = Listing.ownDomain(call);
        Map<String, String> about = new HashMap<>();
        role.ifPresent(about::putAll);
        about.put(
                family.ofGroups() ? "target.group.domain_id" : "target.user.domain_id",
                group.map(Group::domain).or(() -> user.map(User::domain)).orElse(own).value());
        about.put(
                family.on().kind() == AssignmentTarget.Kind.DOMAIN
                        ? "target.domain.id"
                        : "target.project.domain_id",
                place.map(Project::domain).orElse(own).value());
        call.authorize(new Target(about));
        Actor actor =
                family.ofGroups()
                        ? group.<Actor>map(one -> new Actor.Group(one.id()))
                                .orElseThrow(() -> GroupOperations.noGroup(call.path("group_id")))
                        : user.<Actor>map(one -> new Actor.User(one.id()))
                                .orElseThrow(() -> missing("user", call.path("user_id")));
        return new Asked(
                actor,
                switch (family.on().kind()) {
                    case SYSTEM -> AssignmentTarget.SYSTEM;
                    case PROJECT, DOMAIN ->
                            new AssignmentTarget(
                                    family.on().kind(),
                                    place.orElseThrow(() -> noPlace(call, family.on()))
                                            .id()
                                            .value());
                });
    }

    private Optional<Project> place(Call call, Tx tx, On on, boolean forUpdate) {
        ProjectId id = new ProjectId(call.path(on.variable()));
        boolean wantsDomain = on.kind() == AssignmentTarget.Kind.DOMAIN;
        return (forUpdate ? projects.lock(tx, id) : projects.find(tx, id))
                .filter(found -> found.isDomain() == wantsDomain);
    }

    private static Failure noPlace(Call call, On on) {
        return missing(
                on.kind() == AssignmentTarget.Kind.DOMAIN ? "domain" : "project",
                call.path(on.variable()));
    }

    private static Failure missing(String what, String id) {
        return Failure.notFound("Could not find %s: %s.", what, id);
    }

    private static Failure noAssignment(Assignment asked) {
        String holder =
                switch (asked.actor()) {
                    case Actor.User user -> user.id().value();
                    case Actor.Group group -> group.id();
                };
        return Failure.notFound(
                "Could not find role assignment with role: %s, user or group: %s, on: %s.",
                asked.role(), holder, asked.target().id());
    }
}
