package cloud.welkin.identity.api;

import cloud.welkin.database.Constraints;
import cloud.welkin.database.Tx;
import cloud.welkin.identity.Changes;
import cloud.welkin.identity.domain.AssignmentTarget;
import cloud.welkin.identity.domain.Project;
import cloud.welkin.identity.store.ProjectStore;
import cloud.welkin.identity.store.RoleStore;
import cloud.welkin.identity.store.Rows;
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
import cloud.welkin.kernel.json.Field;
import cloud.welkin.kernel.policy.Scope;
import cloud.welkin.kernel.policy.Target;
import cloud.welkin.kernel.validate.Length;
import com.fasterxml.jackson.annotation.JsonAnyGetter;
import com.fasterxml.jackson.annotation.JsonAnySetter;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jooq.exception.IntegrityConstraintViolationException;
import tools.jackson.databind.JsonNode;

/**
 * Projects (/v3/projects) and domains (/v3/domains), which are projects that are their own domain.
 */
final class ProjectOperations implements OperationGroup {
    private static final List<Param> LIST_PARAMS =
            List.of(
                    Param.text("name", "Those of this name."),
                    Param.text("name__contains", "Those whose name holds this."),
                    Param.bool("enabled", "Those that are enabled, or not."),
                    Param.text("domain_id", "Those of this domain."),
                    Param.text("parent_id", "Those under this project."),
                    Param.bool("is_domain", "Domains instead of projects."),
                    Param.integer("limit", "At most so many."),
                    Param.text("marker", "Those behind this id."));

    private final ProjectStore projects;
    private final UserStore users;
    private final RoleStore roles;
    private final Changes changes;

    ProjectOperations(ProjectStore projects, UserStore users, RoleStore roles, Changes changes) {
        this.projects = projects;
        this.users = users;
        this.roles = roles;
        this.changes = changes;
    }

    record ProjectRequest(NewProject project) {}

    record DomainRequest(NewProject domain) {}

    record NewProject(
            @Length(min = 1, max = 64) String name,
            Optional<String> description,
            Optional<Boolean> enabled,
            Optional<String> domainId,
            Optional<String> parentId,
            Optional<Boolean> isDomain,
            Optional<Map<String, JsonNode>> options,
            @JsonAnySetter Map<String, JsonNode> extra) {
        NewProject {
            extra = extra == null ? Map.of() : extra;
        }
    }

    record ProjectChangeRequest(ProjectChange project) {}

    record DomainChangeRequest(ProjectChange domain) {}

    record ProjectChange(
            @Length(min = 1, max = 64) Field<String> name,
            Field<String> description,
            Field<Boolean> enabled,
            Field<String> domainId,
            Field<String> parentId,
            Field<Map<String, JsonNode>> options,
            @JsonAnySetter Map<String, JsonNode> extra) {
        ProjectChange {
            extra = extra == null ? Map.of() : extra;
        }
    }

    record ProjectView(ProjectBody project) {}

    record DomainView(ProjectBody domain) {}

    @JsonInclude(JsonInclude.Include.NON_ABSENT)
    record ProjectBody(
            String id,
            String name,
            String description,
            boolean enabled,
            Optional<Boolean> isDomain,
            Optional<String> domainId,
            Optional<String> parentId,
            List<String> tags,
            Map<String, JsonNode> options,
            Map<String, String> links,
            @JsonAnyGetter Map<String, JsonNode> extra) {}

    @Override
    public List<Operation> operations() {
        return List.of(
                Operation.get("/projects")
                        .policyByHandler("identity:list_projects")
                        .doc("Lists projects.")
                        .params(LIST_PARAMS)
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
                        .doc("Shows a project.")
                        .anyParam()
                        .replies(ProjectView.class)
                        .reads(
                                (call, tx) ->
                                        new ProjectView(
                                                body(
                                                        call,
                                                        project(
                                                                call,
                                                                tx,
                                                                call.path("project_id"))))),
                Operation.patch("/projects/{project_id}")
                        .policyByHandler("identity:update_project")
                        .doc("Changes a project.")
                        .body(ProjectChangeRequest.class)
                        .replies(ProjectView.class)
                        .writes(
                                (call, tx, body) ->
                                        new ProjectView(
                                                body(
                                                        call,
                                                        change(
                                                                tx,
                                                                project(
                                                                        call,
                                                                        tx,
                                                                        call.path("project_id")),
                                                                body.project())))),
                Operation.delete("/projects/{project_id}")
                        .policyByHandler("identity:delete_project")
                        .doc("Deletes a project and all roles held on it.")
                        .writes((call, tx, body) -> delete(call, tx)),
                Operation.get("/users/{user_id}/projects")
                        .policyByHandler("identity:list_user_projects")
                        .doc("Lists the projects that a user has a role in.")
                        .anyParam()
                        .reads(this::ofUser),
                Operation.get("/domains")
                        .policyByHandler("identity:list_domains")
                        .doc("Lists domains.")
                        .params(LIST_PARAMS)
                        .anyParam()
                        .reads(this::listDomains),
                Operation.post("/domains")
                        .policy("identity:create_domain")
                        .doc("Creates a domain.")
                        .body(DomainRequest.class)
                        .replies(DomainView.class)
                        .writes((call, tx, body) -> createDomain(call, tx, body.domain())),
                Operation.get("/domains/{domain_id}")
                        .policyByHandler("identity:get_domain")
                        .doc("Shows a domain.")
                        .replies(DomainView.class)
                        .reads(
                                (call, tx) ->
                                        new DomainView(
                                                domainBody(
                                                        call,
                                                        domain(call, tx, call.path("domain_id"))))),
                Operation.patch("/domains/{domain_id}")
                        .policy("identity:update_domain")
                        .doc("Changes a domain.")
                        .body(DomainChangeRequest.class)
                        .replies(DomainView.class)
                        .writes(
                                (call, tx, body) ->
                                        new DomainView(
                                                domainBody(
                                                        call,
                                                        change(
                                                                tx,
                                                                domain(
                                                                        call,
                                                                        tx,
                                                                        call.path("domain_id")),
                                                                body.domain())))),
                Operation.delete("/domains/{domain_id}")
                        .policy("identity:delete_domain")
                        .doc("Deletes a disabled domain with all its users, projects and roles.")
                        .writes((call, tx, body) -> deleteDomain(call, tx)));
    }

    private Object list(Call call, Tx tx) {
        Query query = call.query();
        Optional<DomainId> domain = query.text("domain_id").map(DomainId::new);
        call.authorize(Targets.listed(domain));
        ProjectStore.Filter filter = filter(query, query.bool("is_domain").orElse(false), domain);
        List<Project> found = projects.list(tx, filter);
        return Map.of(
                "projects", found.stream().map(project -> body(call, project)).toList(),
                "links",
                        Links.list(
                                call,
                                filter.limit(),
                                found.stream().map(p -> p.id().value()).toList()));
    }

    private Object listDomains(Call call, Tx tx) {
        // Whoever may not see all domains sees the domain that its token is for.
        Optional<DomainId> own =
                call.caller().scope() instanceof Scope.Domain(DomainId id)
                        ? Optional.of(id)
                        : Optional.empty();
        call.authorize(
                own.map(id -> Targets.inDomain("target.domain.id", id))
                        .orElse(Targets.listed(Optional.empty())));
        ProjectStore.Filter filter = filter(call.query(), true, Optional.empty());
        List<Project> found =
                projects.list(tx, filter).stream()
                        .filter(
                                project ->
                                        call.caller().isAdmin()
                                                || own.isEmpty()
                                                || project.id().value().equals(own.get().value()))
                        .toList();
        return domainList(call, found);
    }

    private static ProjectStore.Filter filter(
            Query query, boolean isDomain, Optional<DomainId> domain) {
        return new ProjectStore.Filter(
                isDomain,
                query.text("name"),
                query.text("name__contains"),
                query.bool("enabled"),
                isDomain ? Optional.empty() : domain,
                query.text("parent_id").map(ProjectId::new),
                Optional.empty(),
                query.text("marker"),
                Links.limit(query, Rows.MOST));
    }

    private Object create(Call call, Tx tx, NewProject request) {
        if (request.isDomain().orElse(false)) {
            return createDomain(call, tx, request);
        }
        Optional<Project> parent =
                request.parentId()
                        .map(
                                id ->
                                        projects.lock(tx, new ProjectId(id))
                                                .orElseThrow(() -> noProject(id)));
        DomainId domain =
                request.domainId()
                        .map(DomainId::new)
                        .or(() -> parent.map(Project::domain))
                        .orElseGet(() -> ownDomain(call));
        call.authorize(Targets.inDomain("target.project.domain_id", domain));
        if (projects.lock(tx, new ProjectId(domain.value())).filter(Project::isDomain).isEmpty()) {
            throw Failure.badRequest("There is no domain %s.", domain);
        }
        if (parent.isPresent() && !parent.get().domain().equals(domain)) {
            throw Failure.badRequest("A project and its parent must be of the same domain.");
        }
        Project project =
                new Project(
                        new ProjectId(Ids.hex()),
                        domain,
                        Optional.of(parent.map(Project::id).orElse(new ProjectId(domain.value()))),
                        Names.of(request.name()),
                        request.description().orElse(""),
                        request.enabled().orElse(true),
                        false,
                        Names.free(request.extra()));
        insert(tx, project);
        return new ProjectView(body(call, project));
    }

    private Object createDomain(Call call, Tx tx, NewProject request) {
        // A domain can also be asked for as a project with is_domain; both rules hold then.
        call.authorize(Target.NOTHING);
        call.require("identity:create_domain", Target.NOTHING);
        String id = Ids.hex();
        Project domain =
                new Project(
                        new ProjectId(id),
                        new DomainId(id),
                        Optional.empty(),
                        Names.of(request.name()),
                        request.description().orElse(""),
                        request.enabled().orElse(true),
                        true,
                        Names.free(request.extra()));
        insert(tx, domain);
        return new DomainView(domainBody(call, domain));
    }

    private void insert(Tx tx, Project project) {
        named(() -> projects.insert(tx, project));
        changes.made(tx);
    }

    private Project change(Tx tx, Project current, ProjectChange change) {
        if (change.domainId()
                .given()
                .filter(id -> !id.equals(current.domain().value()))
                .isPresent()) {
            throw Failure.badRequest("The domain of a project cannot be changed.");
        }
        Optional<String> parent = current.parent().map(ProjectId::value);
        if (change.parentId().isPresent() && !change.parentId().given().equals(parent)) {
            throw Failure.forbidden("The parent of a project cannot be changed.");
        }
        Map<String, JsonNode> extra = new HashMap<>(current.extra());
        extra.putAll(Names.free(change.extra()));
        Project changed =
                new Project(
                        current.id(),
                        current.domain(),
                        current.parent(),
                        Names.of(change.name().orKeep(current.name())),
                        change.description().over(Optional.of(current.description())).orElse(""),
                        change.enabled().orKeep(current.enabled()),
                        current.isDomain(),
                        extra);
        if (current.id().value().equals(DomainId.DEFAULT.value()) && !changed.enabled()) {
            throw Failure.forbidden("The default domain cannot be disabled.");
        }
        named(() -> projects.update(tx, changed));
        changes.made(tx);
        return changed;
    }

    private Object delete(Call call, Tx tx) {
        Project project = project(call, tx, call.path("project_id"));
        if (projects.hasChildren(tx, project.id())) {
            throw Failure.forbidden(
                    "The project %s has projects below it and cannot be deleted.", project.id());
        }
        roles.unassignAll(tx, AssignmentTarget.project(project.id().value()));
        projects.delete(tx, project.id());
        changes.made(tx);
        return Reply.empty();
    }

    private Object deleteDomain(Call call, Tx tx) {
        Project domain = domain(call, tx, call.path("domain_id"));
        if (domain.enabled()) {
            throw Failure.forbidden("The domain %s is enabled; disable it first.", domain.id());
        }
        DomainId id = new DomainId(domain.id().value());
        roles.unassignIn(tx, id);
        users.deleteIn(tx, id);
        projects.deleteIn(tx, id);
        changes.made(tx);
        return Reply.empty();
    }

    private Object ofUser(Call call, Tx tx) {
        UserId user = new UserId(call.path("user_id"));
        call.authorize(Targets.user(user));
        List<String> ids =
                roles
                        .assignments(
                                tx,
                                new RoleStore.AssignmentFilter(
                                        Optional.of(user), Optional.empty(), Optional.empty()))
                        .stream()
                        .map(RoleStore.Assignment::target)
                        .filter(target -> target.kind() == AssignmentTarget.Kind.PROJECT)
                        .map(AssignmentTarget::id)
                        .distinct()
                        .toList();
        return projectList(call, projects.list(tx, ProjectStore.Filter.of(false).ids(ids)));
    }

    private Project project(Call call, Tx tx, String id) {
        Project project = projects.find(tx, new ProjectId(id)).orElseThrow(() -> missing(call, id));
        if (!call.may(Targets.project(project))) {
            throw missing(call, id);
        }
        return project;
    }

    private Project domain(Call call, Tx tx, String id) {
        Project domain =
                projects.find(tx, new ProjectId(id))
                        .filter(Project::isDomain)
                        .orElseThrow(() -> missing(call, id));
        if (!call.may(Targets.domain(domain))) {
            throw missing(call, id);
        }
        return domain;
    }

    /** Who could not see any such thing is told so; for everybody else it does not exist. */
    private static Failure missing(Call call, String id) {
        call.authorize(
                new Target(
                        Map.of(
                                "target.project.domain_id", call.caller().userDomain().value(),
                                "target.domain.id", call.caller().userDomain().value(),
                                "target.project.id",
                                        call.caller().project().map(ProjectId::value).orElse(""))));
        return noProject(id);
    }

    private static Failure noProject(String id) {
        return Failure.notFound("Could not find project: %s.", id);
    }

    private static DomainId ownDomain(Call call) {
        return switch (call.caller().scope()) {
            case Scope.Project project -> project.domain();
            case Scope.Domain domain -> domain.id();
            case Scope.System system -> call.caller().userDomain();
            case Scope.Unscoped unscoped -> call.caller().userDomain();
        };
    }

    private static void named(Runnable write) {
        try {
            write.run();
        } catch (IntegrityConstraintViolationException e) {
            if (Constraints.violated(e).filter(name -> name.startsWith("project_")).isPresent()) {
                throw Failure.conflict(
                        "Conflict occurred attempting to store project - it is not permitted to"
                                + " have two projects with the same name in the same domain.");
            }
            throw e;
        }
    }

    static Object projectList(Call call, List<Project> found) {
        List<ProjectBody> bodies = new ArrayList<>();
        found.forEach(project -> bodies.add(body(call, project)));
        return Map.of("projects", bodies, "links", Links.list(call, Rows.MOST, List.of()));
    }

    static Object domainList(Call call, List<Project> found) {
        List<ProjectBody> bodies = new ArrayList<>();
        found.forEach(domain -> bodies.add(domainBody(call, domain)));
        return Map.of("domains", bodies, "links", Links.list(call, Rows.MOST, List.of()));
    }

    private static ProjectBody body(Call call, Project project) {
        return new ProjectBody(
                project.id().value(),
                project.name(),
                project.description(),
                project.enabled(),
                Optional.of(project.isDomain()),
                Optional.of(project.domain().value()),
                project.parent().map(ProjectId::value),
                List.of(),
                Map.of(),
                Links.self(call, "/projects/" + project.id()),
                project.extra());
    }

    private static ProjectBody domainBody(Call call, Project domain) {
        return new ProjectBody(
                domain.id().value(),
                domain.name(),
                domain.description(),
                domain.enabled(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                List.of(),
                Map.of(),
                Links.self(call, "/domains/" + domain.id()),
                domain.extra());
    }
}
