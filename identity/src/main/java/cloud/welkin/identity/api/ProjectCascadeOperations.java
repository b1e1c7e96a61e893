package cloud.welkin.identity.api;

import cloud.welkin.database.Tx;
import cloud.welkin.identity.Changes;
import cloud.welkin.identity.api.ProjectForm.ProjectBody;
import cloud.welkin.identity.api.ProjectForm.ProjectChange;
import cloud.welkin.identity.domain.AssignmentTarget;
import cloud.welkin.identity.domain.Project;
import cloud.welkin.identity.store.ProjectStore;
import cloud.welkin.identity.store.RoleStore;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Operation;
import cloud.welkin.kernel.api.OperationGroup;
import cloud.welkin.kernel.api.Reply;
import cloud.welkin.kernel.failure.Failure;
import java.util.List;
import java.util.stream.Stream;

/**
 * A project with all those below it: /v3/projects/{project_id}/cascade, as specified for Keystone's
 * hierarchical multitenancy (keystone-specs, “Project tree deletion/disabling”; Keystone has what
 * it does, without a route to it). All of the tree or none of it.
 */
final class ProjectCascadeOperations implements OperationGroup {
    private static final String PATH = "/projects/{project_id}/cascade";

    private final ProjectStore projects;
    private final RoleStore roles;
    private final Changes changes;

    ProjectCascadeOperations(ProjectStore projects, RoleStore roles, Changes changes) {
        this.projects = projects;
        this.roles = roles;
        this.changes = changes;
    }

    record CascadeRequest(ProjectChange project) {}

    record CascadeView(ProjectBody project) {}

    @Override
    public List<Operation> operations() {
        return List.of(
                Operation.patch(PATH)
                        .policyByHandler("identity:update_project")
                        .doc("Enables or disables a project with all those below it.")
                        .body(CascadeRequest.class)
                        .replies(CascadeView.class)
                        .writes((call, tx, body) -> change(call, tx, body.project())),
                Operation.delete(PATH)
                        .policyByHandler("identity:delete_project")
                        .doc("Deletes a project with all those below it, which must be disabled.")
                        .writes((call, tx, body) -> delete(call, tx)));
    }

    private Object change(Call call, Tx tx, ProjectChange change) {
        Project current = project(call, tx);
        boolean enabled = change.enabled().orKeep(current.enabled());
        Project changed = ProjectForm.changed(current, change);
        if (!changed.equals(current.enabled(enabled))) {
            throw Failure.badRequest("Cascade update is only allowed for enabled attribute.");
        }
        if (enabled && projects.above(tx, current.id()).stream().anyMatch(p -> !p.enabled())) {
            throw Failure.forbidden(
                    "Cannot enable project %s since it has disabled parents.", current.id());
        }
        List<Project> others =
                projects.lockBelow(tx, current.id()).stream()
                        .filter(project -> project.enabled() != enabled)
                        .toList();
        others.forEach(ProjectForm::requireMutable);
        projects.update(tx, changed);
        others.forEach(project -> projects.update(tx, project.enabled(enabled)));
        changes.made(tx);
        return new CascadeView(ProjectForm.body(call, changed));
    }

    private Object delete(Call call, Tx tx) {
        Project root = project(call, tx);
        List<Project> below = projects.lockBelow(tx, root.id());
        List<Project> all = Stream.concat(Stream.of(root), below.stream()).toList();
        all.forEach(ProjectForm::requireMutable);
        if (below.stream().anyMatch(Project::enabled)) {
            throw Failure.forbidden(
                    "Cannot delete project %s since its subtree contains enabled projects.",
                    root.id());
        }
        // Those below go first.
        for (Project project : all.reversed()) {
            roles.unassignAll(tx, AssignmentTarget.project(project.id().value()));
            projects.delete(tx, project.id());
        }
        changes.made(tx);
        return Reply.empty();
    }

    /** Domains have their own ways: what is in them is switched off and deleted with them. */
    private Project project(Call call, Tx tx) {
        String id = call.path("project_id");
        Project project = ProjectForm.project(call, tx, projects, id);
        if (project.isDomain()) {
            throw Failure.badRequest("The project %s is a domain, which has no cascade.", id);
        }
        return project;
    }
}
