package cloud.welkin.identity.api;

import cloud.welkin.database.Tx;
import cloud.welkin.identity.Changes;
import cloud.welkin.identity.api.ProjectForm.NewProject;
import cloud.welkin.identity.api.ProjectForm.ProjectBody;
import cloud.welkin.identity.api.ProjectForm.ProjectChange;
import cloud.welkin.identity.domain.AssignmentTarget;
import cloud.welkin.identity.domain.LimitModel;
import cloud.welkin.identity.domain.Options;
import cloud.welkin.identity.domain.Project;
import cloud.welkin.identity.store.LimitStore;
import cloud.welkin.identity.store.ProjectStore;
import cloud.welkin.identity.store.RoleStore;
import cloud.welkin.identity.store.UserStore;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Operation;
import cloud.welkin.kernel.api.OperationGroup;
import cloud.welkin.kernel.api.Param;
import cloud.welkin.kernel.api.Query;
import cloud.welkin.kernel.api.Reply;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.id.DomainId;
import cloud.welkin.kernel.id.Ids;
import cloud.welkin.kernel.id.ProjectId;
import cloud.welkin.kernel.id.UserId;
import cloud.welkin.kernel.policy.Target;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Projects and their tree: /v3/projects. Domains have their own operations, DomainOperations. */
final class ProjectOperations implements OperationGroup {
    private final int deepestTree;
    private final ProjectStore projects;
    private final UserStore users;
    private final RoleStore roles;
    private final LimitStore limits;
    private final DomainOperations domains;
    private final Changes changes;

    /**
     * @param treeDepth how many levels of projects there may be below a domain
     */
    ProjectOperations(
            LimitModel model,
            int treeDepth,
            ProjectStore projects,
            UserStore users,
            RoleStore roles,
            LimitStore limits,
            DomainOperations domains,
            Changes changes) {
        // The domain is a level too.
        this.deepestTree = Math.min(treeDepth + 1, model.deepestTree());
        this.projects = projects;
        this.users = users;
        this.roles = roles;
        this.limits = limits;
        this.domains = domains;
        this.changes = changes;
    }

    record ProjectRequest(NewProject project) {}

    record ProjectChangeRequest(ProjectChange project) {}

    record ProjectView(ProjectBody project) {}

    @Override
    public List<Operation> operations() {
        return List.of(
                Operation.get("/projects")
                        .policyByHandler("identity:list_projects")
                        .doc("Lists projects.")
                        .params(ProjectForm.LIST_PARAMS)
                        .anyParam()
                        .reads(this::list),
                Operation.post("/projects")
                        .policyByHandler("identity:create_project")
                        .doc("Creates a project.")
                        .body(ProjectRequest.class)
                        .replies(ProjectView.class)
                        .writes((call, tx, body) -> create(call, tx, body.project())),
                Operation.get("/projects/{project_id}")
                        .policyByHandler("identity:get_project")
                        .doc("Shows a project, on demand with the tree above and below it.")
                        .params(
                                Param.text("parents_as_list", "With all projects above."),
                                Param.text("parents_as_ids", "With the ids above, as a tree."),
                                Param.text("subtree_as_list", "With all projects below."),
                                Param.text("subtree_as_ids", "With the ids below, as a tree."),
                                Param.text("include_limits", "With the limits of those listed."))
                        .anyParam()
                        .reads(this::show),
                Operation.patch("/projects/{project_id}")
                        .policyByHandler("identity:update_project")
                        .doc("Changes a project.")
                        .body(ProjectChangeRequest.class)
                        .replies(ProjectView.class)
                        .writes((call, tx, body) -> change(call, tx, body.project())),
                Operation.delete("/projects/{project_id}")
                        .policyByHandler("identity:delete_project")
                        .doc("Deletes a project and all roles held on it.")
                        .writes((call, tx, body) -> delete(call, tx)),
                Operation.get("/users/{user_id}/projects")
                        .policyByHandler("identity:list_user_projects")
                        .doc("Lists the projects that a user has a role in.")
                        .params(Listing.inDomain(Listing.ENABLED))
                        .anyParam()
                        .reads(this::ofUser));
    }

    private Object list(Call call, Tx tx) {
        Optional<DomainId> within = Listing.within(call);
        call.authorize(Targets.listed(within));
        Asked asked = Asked.of(call, "name", "domain_id", "parent_id");
        boolean isDomain = asked.flag("is_domain").orElse(false);
        // A domain is in no domain: neither in the one asked for nor in the token's.
        boolean none =
                isDomain && (within.isPresent() || call.query().text("domain_id").isPresent());
        return ProjectForm.projectList(
                asked,
                projects.list(
                        tx,
                        new ProjectStore.Filter(
                                isDomain,
                                asked.texts(),
                                asked.flag("enabled"),
                                within,
                                none ? Optional.of(List.of()) : Optional.empty(),
                                ProjectForm.tags(call.query()),
                                asked.paging())));
    }

    private Object create(Call call, Tx tx, NewProject request) {
        boolean isDomain = request.isDomain().orElse(false);
        if (isDomain) {
            return createDomain(call, tx, request);
        }
        Optional<Project> parent =
                request.parentId()
                        .map(
                                id ->
                                        projects.lock(tx, new ProjectId(id))
                                                .orElseThrow(() -> ProjectForm.noProject(id)));
        DomainId domain =
                request.domainId()
                        .map(DomainId::new)
                        .or(() -> parent.map(Project::domain))
                        .orElseGet(() -> Listing.ownDomain(call));
        call.authorize(Targets.inDomain("target.project.domain_id", domain));
        if (projects.lock(tx, new ProjectId(domain.value())).filter(Project::isDomain).isEmpty()) {
            throw Failure.badRequest("There is no domain %s.", domain);
        }
        if (parent.isPresent() && !parent.get().domain().equals(domain)) {
            throw Failure.badRequest("A project and its parent must be of the same domain.");
        }
        if (parent.filter(project -> !project.enabled()).isPresent()) {
            throw Failure.forbidden("The parent of the project is disabled.");
        }
        ProjectId above = parent.map(Project::id).orElse(new ProjectId(domain.value()));
        if (projects.above(tx, above).size() + 2 > deepestTree) {
            throw Failure.forbidden("Max hierarchy depth reached for %s branch.", above);
        }
        Project project =
                new Project(
                        new ProjectId(Ids.hex()),
                        domain,
                        Optional.of(above),
                        Names.of(request.name()),
                        request.description().orElse(""),
                        request.enabled().orElse(true),
                        false,
                        ProjectForm.tags(request.tags().orElse(List.of())),
                        Options.ofOther(Map.of(), request.options().orElse(Map.of())),
                        Names.free(request.extra()));
        ProjectForm.named(() -> projects.insert(tx, project));
        changes.made(tx, project.id());
        return new ProjectView(ProjectForm.body(call, project));
    }

    /** A domain can also be asked for as a project with is_domain; both rules hold then. */
    private Object createDomain(Call call, Tx tx, NewProject request) {
        call.authorize(Target.NOTHING);
        call.require("identity:create_domain", Target.NOTHING);
        if (request.parentId().isPresent() || request.domainId().isPresent()) {
            throw Failure.badRequest("A domain lies in no other domain or project.");
        }
        Project domain = DomainOperations.newDomain(request);
        ProjectForm.named(() -> projects.insert(tx, domain));
        changes.made(tx);
        return new ProjectView(ProjectForm.body(call, domain));
    }

    private Object show(Call call, Tx tx) {
        Project project = ProjectForm.project(call, tx, projects, call.path("project_id"));
        Query query = call.query();
        boolean parentsAsIds = Listing.flag(query, "parents_as_ids");
        boolean subtreeAsIds = Listing.flag(query, "subtree_as_ids");
        boolean parentsAsList = Listing.flag(query, "parents_as_list");
        boolean subtreeAsList = Listing.flag(query, "subtree_as_list");
        if (parentsAsList && parentsAsIds) {
            throw Failure.badRequest("Use either parents_as_list or parents_as_ids, not both.");
        }
        if (subtreeAsList && subtreeAsIds) {
            throw Failure.badRequest("Use either subtree_as_list or subtree_as_ids, not both.");
        }
        Map<String, Object> tree = new LinkedHashMap<>();
        if (parentsAsList) {
            tree.put("parents", views(call, tx, projects.above(tx, project.id())));
        } else if (parentsAsIds) {
            tree.put("parents", chain(projects.above(tx, project.id())));
        }
        if (subtreeAsList) {
            tree.put("subtree", views(call, tx, projects.below(tx, project.id())));
        } else if (subtreeAsIds) {
            tree.put("subtree", branches(project.id(), projects.below(tx, project.id())));
        }
        return Map.of("project", new WithTree(ProjectForm.body(call, project), tree));
    }

    record WithTree(
            @com.fasterxml.jackson.annotation.JsonUnwrapped ProjectBody project,
            @com.fasterxml.jackson.annotation.JsonAnyGetter Map<String, Object> tree) {}

    /** Those in which the caller has a role, as far as Keystone shows them in a tree. */
    private List<Object> views(Call call, Tx tx, List<Project> found) {
        List<String> reachable =
                roles.reachable(tx, call.caller().user(), AssignmentTarget.Kind.PROJECT);
        return found.stream()
                .filter(project -> reachable.contains(project.id().value()))
                .<Object>map(
                        project ->
                                Map.of(
                                        "project",
                                        new WithTree(
                                                ProjectForm.body(call, project),
                                                limits(call, tx, project))))
                .toList();
    }

    private Map<String, Object> limits(Call call, Tx tx, Project project) {
        return Listing.flag(call.query(), "include_limits")
                ? Map.of("limits", LimitOperations.ofProject(call, tx, limits, project.id()))
                : Map.of();
    }

    /** The ids above, each within the one below it; the topmost holds nothing. */
    private static Optional<Map<String, Object>> chain(List<Project> above) {
        Optional<Map<String, Object>> chain = Optional.empty();
        for (Project project : above.reversed()) {
            Map<String, Object> link = new LinkedHashMap<>();
            link.put(project.id().value(), chain);
            chain = Optional.of(link);
        }
        return chain;
    }

    private static Optional<Map<String, Object>> branches(ProjectId root, List<Project> below) {
        Map<String, Object> branches = new LinkedHashMap<>();
        for (Project project : below) {
            if (project.parent().filter(root::equals).isPresent()) {
                branches.put(project.id().value(), branches(project.id(), below));
            }
        }
        return branches.isEmpty() ? Optional.empty() : Optional.of(branches);
    }

    private Object change(Call call, Tx tx, ProjectChange change) {
        Project current = ProjectForm.project(call, tx, projects, call.path("project_id"));
        Project changed = ProjectForm.changed(current, change);
        checkBranch(tx, current, changed);
        ProjectForm.named(() -> projects.update(tx, changed));
        if (changed.isDomain()) {
            changes.made(tx);
        } else {
            changes.made(tx, changed.id());
        }
        return new ProjectView(ProjectForm.body(call, changed));
    }

    /** An enabled project has no disabled one above it. */
    private void checkBranch(Tx tx, Project current, Project changed) {
        if (changed.isDomain() || current.enabled() == changed.enabled()) {
            return;
        }
        List<Project> others = new ArrayList<>();
        if (changed.enabled()) {
            projects.above(tx, current.id()).stream()
                    .filter(p -> !p.enabled())
                    .forEach(others::add);
        } else {
            projects.below(tx, current.id()).stream().filter(Project::enabled).forEach(others::add);
        }
        if (!others.isEmpty()) {
            throw Failure.forbidden(
                    changed.enabled()
                            ? "Cannot enable project %s since it has disabled parents."
                            : "Cannot disable project %s since its subtree contains enabled"
                                    + " projects.",
                    current.id());
        }
    }

    private Object delete(Call call, Tx tx) {
        Project project = ProjectForm.project(call, tx, projects, call.path("project_id"));
        ProjectForm.requireMutable(project);
        if (project.isDomain()) {
            call.require("identity:delete_domain", Target.NOTHING);
            domains.delete(tx, project);
            return Reply.empty();
        }
        // Whoever makes a project below it holds this lock.
        projects.lock(tx, project.id());
        if (projects.hasChildren(tx, project.id())) {
            throw Failure.forbidden(
                    "Cannot delete the project %s since it is not a leaf in the hierarchy: use its"
                            + " cascade.",
                    project.id());
        }
        roles.unassignAll(tx, AssignmentTarget.project(project.id().value()));
        projects.delete(tx, project.id());
        changes.made(tx, project.id());
        return Reply.empty();
    }

    private Object ofUser(Call call, Tx tx) {
        UserId user = new UserId(call.path("user_id"));
        call.authorize(users.find(tx, user).map(Targets::user).orElseGet(() -> Targets.user(user)));
        List<String> ids = roles.reachable(tx, user, AssignmentTarget.Kind.PROJECT);
        Asked asked = Asked.of(call, "name", "domain_id");
        return ProjectForm.projectList(
                asked,
                projects.list(
                        tx,
                        new ProjectStore.Filter(
                                false,
                                asked.texts(),
                                asked.flag("enabled"),
                                Optional.empty(),
                                Optional.of(ids),
                                ProjectStore.Tags.ANY,
                                asked.paging())));
    }
}
