package cloud.welkin.identity.api;

import cloud.welkin.database.Tx;
import cloud.welkin.identity.Changes;
import cloud.welkin.identity.api.ProjectForm.DomainBody;
import cloud.welkin.identity.api.ProjectForm.NewProject;
import cloud.welkin.identity.api.ProjectForm.ProjectChange;
import cloud.welkin.identity.domain.Options;
import cloud.welkin.identity.domain.Project;
import cloud.welkin.identity.store.GroupStore;
import cloud.welkin.identity.store.ProjectStore;
import cloud.welkin.identity.store.RoleStore;
import cloud.welkin.identity.store.UserStore;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Operation;
import cloud.welkin.kernel.api.OperationGroup;
import cloud.welkin.kernel.api.Reply;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.id.DomainId;
import cloud.welkin.kernel.id.Ids;
import cloud.welkin.kernel.id.ProjectId;
import cloud.welkin.kernel.policy.Target;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Domains: /v3/domains. They are projects that are their own domain. */
final class DomainOperations implements OperationGroup {
    private final ProjectStore projects;
    private final UserStore users;
    private final GroupStore groups;
    private final RoleStore roles;
    private final Changes changes;

    DomainOperations(
            ProjectStore projects,
            UserStore users,
            GroupStore groups,
            RoleStore roles,
            Changes changes) {
        this.projects = projects;
        this.users = users;
        this.groups = groups;
        this.roles = roles;
        this.changes = changes;
    }

    record DomainRequest(NewProject domain) {}

    record DomainChangeRequest(ProjectChange domain) {}

    record DomainView(DomainBody domain) {}

    @Override
    public List<Operation> operations() {
        return List.of(
                Operation.get("/domains")
                        .policyByHandler("identity:list_domains")
                        .doc("Lists domains.")
                        .params(Listing.params(Listing.ENABLED))
                        .anyParam()
                        .reads(this::list),
                Operation.post("/domains")
                        .policy("identity:create_domain")
                        .doc("Creates a domain.")
                        .body(DomainRequest.class)
                        .replies(DomainView.class)
                        .writes((call, tx, body) -> create(call, tx, body.domain())),
                Operation.get("/domains/{domain_id}")
                        .policyByHandler("identity:get_domain")
                        .doc("Shows a domain.")
                        .replies(DomainView.class)
                        .reads((call, tx) -> view(call, domain(call, tx))),
                Operation.patch("/domains/{domain_id}")
                        .policyByHandler("identity:update_domain")
                        .doc("Changes a domain.")
                        .body(DomainChangeRequest.class)
                        .replies(DomainView.class)
                        .writes((call, tx, body) -> change(call, tx, body.domain())),
                Operation.delete("/domains/{domain_id}")
                        .policyByHandler("identity:delete_domain")
                        .doc("Deletes a disabled domain with all that is in it.")
                        .writes((call, tx, body) -> delete(call, tx)));
    }

    private Object list(Call call, Tx tx) {
        // A token for a domain is shown that domain.
        Optional<DomainId> within = Listing.within(call);
        call.authorize(
                within.map(id -> Targets.inDomain("target.domain.id", id)).orElse(Target.NOTHING));
        Asked asked = Asked.of(call, "name");
        return ProjectForm.domainList(
                asked,
                projects.list(
                        tx,
                        new ProjectStore.Filter(
                                true,
                                asked.texts(),
                                asked.flag("enabled"),
                                Optional.empty(),
                                within.map(id -> List.of(id.value())),
                                ProjectForm.tags(call.query()),
                                asked.paging())));
    }

    static Project newDomain(NewProject request) {
        String id = request.explicitDomainId().orElseGet(Ids::hex);
        return new Project(
                new ProjectId(id),
                new DomainId(id),
                Optional.empty(),
                Names.of(request.name()),
                request.description().orElse(""),
                request.enabled().orElse(true),
                true,
                ProjectForm.tags(request.tags().orElse(List.of())),
                Options.ofOther(Map.of(), request.options().orElse(Map.of())),
                Names.free(request.extra()));
    }

    private Object create(Call call, Tx tx, NewProject request) {
        Project domain = newDomain(request);
        ProjectForm.named(() -> projects.insert(tx, domain));
        changes.made(tx);
        return view(call, domain);
    }

    private Object change(Call call, Tx tx, ProjectChange change) {
        Project changed = ProjectForm.changed(changing(call, tx), change);
        ProjectForm.named(() -> projects.update(tx, changed));
        changes.made(tx);
        return view(call, changed);
    }

    private Object delete(Call call, Tx tx) {
        delete(tx, changing(call, tx));
        return Reply.empty();
    }

    /** Also of a domain that is deleted as a project. */
    void delete(Tx tx, Project domain) {
        Options.requireMutable("domain", domain.id().value(), domain.options(), domain.options());
        if (domain.enabled()) {
            throw Failure.forbidden("The domain %s is enabled; disable it first.", domain.id());
        }
        projects.lockBelow(tx, domain.id()).forEach(ProjectForm::requireMutable);
        DomainId id = new DomainId(domain.id().value());
        roles.unassignIn(tx, id);
        groups.deleteIn(tx, id);
        users.deleteIn(tx, id);
        projects.deleteIn(tx, id);
        changes.made(tx);
    }

    private Project domain(Call call, Tx tx) {
        return ProjectForm.domain(call, tx, projects, call.path("domain_id"));
    }

    private Project changing(Call call, Tx tx) {
        return ProjectForm.changing(call, tx, projects, call.path("domain_id"));
    }

    private static DomainView view(Call call, Project domain) {
        return new DomainView(ProjectForm.domainBody(call, domain));
    }
}
