package cloud.welkin.identity.api;

import cloud.welkin.database.Tx;
import cloud.welkin.identity.domain.Actor;
import cloud.welkin.identity.domain.AssignmentTarget;
import cloud.welkin.identity.store.GroupStore;
import cloud.welkin.identity.store.ProjectStore;
import cloud.welkin.identity.store.RoleStore;
import cloud.welkin.identity.store.RoleStore.Assignment;
import cloud.welkin.identity.store.RoleStore.AssignmentFilter;
import cloud.welkin.identity.store.RoleStore.EffectiveAssignment;
import cloud.welkin.identity.store.UserStore;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Operation;
import cloud.welkin.kernel.api.OperationGroup;
import cloud.welkin.kernel.api.Param;
import cloud.welkin.kernel.api.Query;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.id.DomainId;
import cloud.welkin.kernel.id.ProjectId;
import cloud.welkin.kernel.id.UserId;
import cloud.welkin.kernel.policy.Scope;
import cloud.welkin.kernel.policy.Target;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Who holds which role on what: /v3/role_assignments. */
final class AssignmentListOperations implements OperationGroup {
    private static final String INHERITED = "scope.OS-INHERIT:inherited_to";

    private final ProjectStore projects;
    private final UserStore users;
    private final GroupStore groups;
    private final RoleStore roles;

    AssignmentListOperations(
            ProjectStore projects, UserStore users, GroupStore groups, RoleStore roles) {
        this.projects = projects;
        this.users = users;
        this.groups = groups;
        this.roles = roles;
    }

    @Override
    public List<Operation> operations() {
        return List.of(
                Operation.get("/role_assignments")
                        .policyByHandler("identity:list_role_assignments")
                        .doc("Lists role assignments.")
                        .params(
                                Param.text("user.id", "Those of this user."),
                                Param.text("group.id", "Those of this group."),
                                Param.text("role.id", "Those of this role."),
                                Param.text("scope.project.id", "Those on this project."),
                                Param.text("scope.domain.id", "Those on this domain."),
                                Param.text("scope.system", "Those on the system."),
                                Param.text(INHERITED, "Those that hold on all projects below."),
                                Param.text("include_subtree", "Those on the projects below too."),
                                Param.text("include_names", "With names beside the ids."),
                                Param.text(
                                        "effective",
                                        "What users hold in the end: through groups, inheritance"
                                                + " and implied roles."))
                        .anyParam()
                        .reads(this::list));
    }

    private Object list(Call call, Tx tx) {
        Query query = call.query();
        boolean effective = Listing.flag(query, "effective");
        boolean subtree = Listing.flag(query, "include_subtree");
        authorize(call, tx, subtree);
        if (query.has("user.id") && query.has("group.id")) {
            throw Failure.badRequest("Specify a user or a group, not both.");
        }
        if (query.has("scope.project.id") && query.has("scope.domain.id")) {
            throw Failure.badRequest("Specify a domain or a project, not both.");
        }
        if (query.has("scope.system")
                && (query.has("scope.project.id") || query.has("scope.domain.id"))) {
            throw Failure.badRequest("Specify system or a domain or a project, not both.");
        }
        if (effective
                && query.text(INHERITED).filter("projects"::equals).isPresent()
                && query.has("scope.domain.id")) {
            throw Failure.badRequest(
                    "Combining effective, domain and inherited filters will always result in an"
                            + " empty list.");
        }
        if (effective && query.has("group.id")) {
            throw Failure.badRequest("Combining effective and group is not supported.");
        }
        AssignmentFilter filter =
                new AssignmentFilter(
                        query.text("user.id")
                                .<Actor>map(id -> new Actor.User(new UserId(id)))
                                .or(() -> query.text("group.id").map(Actor.Group::new)),
                        targets(call, tx, subtree),
                        query.text("role.id"),
                        query.text(INHERITED).map("projects"::equals));
        Names names = new Names(tx, Listing.flag(query, "include_names"));
        List<Object> found =
                effective
                        ? roles.effective(tx, filter).stream()
                                .map(held -> view(call, held, names))
                                .toList()
                        : roles.assignments(tx, filter).stream()
                                .map(held -> view(call, held, names))
                                .toList();
        return Map.of("role_assignments", found, "links", Links.whole(call));
    }

    /**
     * A token for a domain is shown what is held on the domain and on its projects, whatever it
     * asks for; everybody else is judged by what it asks for.
     */
    private void authorize(Call call, Tx tx, boolean subtree) {
        Query query = call.query();
        Map<String, String> about = new LinkedHashMap<>();
        own(call).ifPresent(id -> about.put("target.domain_id", id.value()));
        if (!subtree) {
            call.authorize(new Target(about));
            return;
        }
        query.text("scope.project.id")
                .flatMap(id -> projects.find(tx, new ProjectId(id)))
                .ifPresent(project -> about.put("target.domain_id", project.domain().value()));
        call.may(new Target(about));
        call.require("identity:list_role_assignments_for_tree", new Target(about));
        if (!query.has("scope.project.id")) {
            throw Failure.badRequest(
                    "scope.project.id must be specified if include_subtree is also specified");
        }
    }

    /** The domain beyond which the caller is shown nothing. */
    private static Optional<DomainId> own(Call call) {
        return call.caller().scope() instanceof Scope.Domain(DomainId id)
                ? Optional.of(id)
                : Optional.empty();
    }

    private Optional<List<AssignmentTarget>> targets(Call call, Tx tx, boolean subtree) {
        Optional<List<AssignmentTarget>> asked = asked(tx, call.query(), subtree);
        return own(call)
                .map(id -> asked.map(all -> within(tx, id, all)).orElseGet(() -> all(tx, id)))
                .or(() -> asked);
    }

    private List<AssignmentTarget> within(Tx tx, DomainId domain, List<AssignmentTarget> asked) {
        return asked.stream()
                .filter(
                        target ->
                                projects.find(tx, new ProjectId(target.id()))
                                        .filter(project -> project.domain().equals(domain))
                                        .isPresent())
                .toList();
    }

    private List<AssignmentTarget> all(Tx tx, DomainId domain) {
        return Stream.concat(
                        Stream.of(AssignmentTarget.domain(domain.value())),
                        projects.idsIn(tx, domain).stream().map(AssignmentTarget::project))
                .toList();
    }

    private Optional<List<AssignmentTarget>> asked(Tx tx, Query query, boolean subtree) {
        return query.text("scope.project.id")
                .map(
                        id ->
                                Stream.concat(
                                                Stream.of(id),
                                                subtree
                                                        ? projects
                                                                .below(tx, new ProjectId(id))
                                                                .stream()
                                                                .map(p -> p.id().value())
                                                        : Stream.empty())
                                        .map(AssignmentTarget::project)
                                        .toList())
                .or(
                        () ->
                                query.text("scope.domain.id")
                                        .map(id -> List.of(AssignmentTarget.domain(id))))
                .or(() -> query.text("scope.system").map(all -> List.of(AssignmentTarget.SYSTEM)));
    }

    private static Object view(Call call, Assignment held, Names names) {
        Map<String, Object> view = new LinkedHashMap<>();
        Map<String, Object> scope = scope(held.target(), names);
        if (held.inherited()) {
            scope.put("OS-INHERIT:inherited_to", "projects");
        }
        view.put("scope", scope);
        view.put("role", names.role(held.role()));
        switch (held.actor()) {
            case Actor.User user -> view.put("user", names.user(user.id()));
            case Actor.Group group -> view.put("group", names.group(group.id()));
        }
        view.put(
                "links",
                Map.of(
                        "assignment",
                        link(call, held.target(), held.actor(), held.role(), held.inherited())));
        return view;
    }

    private static Object view(Call call, EffectiveAssignment held, Names names) {
        Map<String, Object> view = new LinkedHashMap<>();
        Map<String, Object> scope = scope(held.target(), names);
        if (held.from().isPresent()) {
            scope.put("OS-INHERIT:inherited_to", "projects");
        }
        view.put("scope", scope);
        view.put("role", names.role(held.role()));
        view.put("user", names.user(held.user()));
        Map<String, String> links = new LinkedHashMap<>();
        Actor actor =
                held.group()
                        .<Actor>map(Actor.Group::new)
                        .orElseGet(() -> new Actor.User(held.user()));
        links.put(
                "assignment",
                link(
                        call,
                        held.from().orElse(held.target()),
                        actor,
                        held.prior().orElse(held.role()),
                        held.from().isPresent()));
        held.group()
                .ifPresent(
                        group ->
                                links.put(
                                        "membership",
                                        url(call, "/groups/" + group + "/users/" + held.user())));
        held.prior()
                .ifPresent(
                        prior ->
                                links.put(
                                        "prior_role",
                                        url(
                                                call,
                                                "/prior_role/"
                                                        + prior
                                                        + "/implies/"
                                                        + held.role())));
        view.put("links", links);
        return view;
    }

    private static Map<String, Object> scope(AssignmentTarget target, Names names) {
        Map<String, Object> scope = new LinkedHashMap<>();
        switch (target.kind()) {
            case PROJECT -> scope.put("project", names.project(target.id()));
            case DOMAIN -> scope.put("domain", names.project(target.id()));
            case SYSTEM -> scope.put("system", Map.of("all", true));
        }
        return scope;
    }

    private static String link(
            Call call, AssignmentTarget target, Actor actor, String role, boolean inherited) {
        String on =
                switch (target.kind()) {
                    case PROJECT -> "/projects/" + target.id();
                    case DOMAIN -> "/domains/" + target.id();
                    case SYSTEM -> "/system";
                };
        String holder =
                switch (actor) {
                    case Actor.User user -> "/users/" + user.id();
                    case Actor.Group group -> "/groups/" + group.id();
                };
        String path = on + holder + "/roles/" + role;
        return url(call, inherited ? "/OS-INHERIT" + path + "/inherited_to_projects" : path);
    }

    private static String url(Call call, String path) {
        return call.origin() + Links.ROOT + path;
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
        private Object once(String key, String id, Supplier<Optional<Object>> named) {
            Object known = seen.get(key + id);
            if (known == null) {
                known = wanted ? named.get().orElse(Map.of("id", id)) : Map.of("id", id);
                seen.put(key + id, known);
            }
            return known;
        }

        Object project(String id) {
            return once(
                    "p",
                    id,
                    () ->
                            projects.find(tx, new ProjectId(id))
                                    .map(
                                            p ->
                                                    p.isDomain()
                                                            ? Map.of("id", id, "name", p.name())
                                                            : inDomain(id, p.name(), p.domain())));
        }

        Object user(UserId id) {
            return once(
                    "u",
                    id.value(),
                    () -> users.find(tx, id).map(u -> inDomain(id.value(), u.name(), u.domain())));
        }

        Object group(String id) {
            return once(
                    "g",
                    id,
                    () -> groups.find(tx, id).map(g -> inDomain(id, g.name(), g.domain())));
        }

        Object role(String id) {
            return once(
                    "r",
                    id,
                    () ->
                            roles.find(tx, id)
                                    .map(
                                            r ->
                                                    r.domain()
                                                            .map(d -> inDomain(id, r.name(), d))
                                                            .orElse(
                                                                    Map.of(
                                                                            "id", id, "name",
                                                                            r.name()))));
        }

        private Object inDomain(String id, String name, DomainId domain) {
            return Map.of("id", id, "name", name, "domain", project(domain.value()));
        }
    }
}
