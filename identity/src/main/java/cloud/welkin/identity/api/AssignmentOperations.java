package cloud.welkin.identity.api;

import cloud.welkin.database.Tx;
import cloud.welkin.identity.Changes;
import cloud.welkin.identity.domain.Actor;
import cloud.welkin.identity.domain.AssignmentTarget;
import cloud.welkin.identity.domain.Group;
import cloud.welkin.identity.domain.Project;
import cloud.welkin.identity.domain.Role;
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
import cloud.welkin.kernel.id.ProjectId;
import cloud.welkin.kernel.id.UserId;
import cloud.welkin.kernel.policy.Target;
import java.util.ArrayList;
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
        AssignmentTarget target = target(call, tx, family.on(), false);
        List<RoleOperations.RoleBody> held =
                roles
                        .assignments(
                                tx,
                                new AssignmentFilter(
                                        Optional.of(actor(call, tx, family)),
                                        Optional.of(List.of(target)),
                                        Optional.empty(),
                                        Optional.of(family.inherited())))
                        .stream()
                        .map(assignment -> role(tx, assignment.role()))
                        .map(role -> RoleOperations.body(call, role))
                        .toList();
        return Map.of("roles", held, "links", Links.whole(call));
    }

    private Object assign(Call call, Tx tx, Family family) {
        // The lock keeps the project from being deleted under the new assignment.
        Assignment asked = named(call, tx, family, true);
        Role role = role(tx, asked.role());
        if (role.domain().isPresent() && !isOf(tx, role, asked.target())) {
            throw Failure.forbidden(
                    "The role %s is of another domain than the project or domain.", role.id());
        }
        roles.assign(tx, asked);
        changes.made(tx);
        return Reply.empty();
    }

    private boolean isOf(Tx tx, Role role, AssignmentTarget target) {
        return projects.find(tx, new ProjectId(target.id()))
                .filter(project -> role.domain().filter(project.domain()::equals).isPresent())
                .isPresent();
    }

    private Object check(Call call, Tx tx, Family family) {
        Assignment asked = named(call, tx, family, false);
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

    private Object unassign(Call call, Tx tx, Family family) {
        Assignment asked = named(call, tx, family, false);
        if (!roles.unassign(tx, asked)) {
            throw noAssignment(asked);
        }
        if (asked.target().kind() == AssignmentTarget.Kind.PROJECT
                && asked.actor() instanceof Actor.User(UserId user)) {
            credentials.deleteOf(tx, user, new ProjectId(asked.target().id()));
        }
        changes.made(tx);
        return Reply.empty();
    }

    private Assignment named(Call call, Tx tx, Family family, boolean forUpdate) {
        AssignmentTarget target = target(call, tx, family.on(), forUpdate);
        return new Assignment(
                actor(call, tx, family),
                target,
                role(tx, call.path("role_id")).id(),
                family.inherited());
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

    private Actor actor(Call call, Tx tx, Family family) {
        if (family.ofGroups()) {
            String id = call.path("group_id");
            return groups.find(tx, id)
                    .map(Group::id)
                    .map(Actor.Group::new)
                    .orElseThrow(() -> GroupOperations.noGroup(id));
        }
        String id = call.path("user_id");
        return users.find(tx, new UserId(id))
                .map(user -> new Actor.User(user.id()))
                .orElseThrow(() -> Failure.notFound("Could not find user: %s.", id));
    }

    private Role role(Tx tx, String id) {
        return roles.find(tx, id)
                .orElseThrow(() -> Failure.notFound("Could not find role: %s.", id));
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
