package cloud.welkin.identity.api;

import cloud.welkin.database.Tx;
import cloud.welkin.identity.domain.Project;
import cloud.welkin.identity.store.ProjectStore;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Operation;
import cloud.welkin.kernel.api.OperationGroup;
import cloud.welkin.kernel.api.Reply;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.validate.Items;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Tags of projects: /v3/projects/{project_id}/tags. */
final class ProjectTagOperations implements OperationGroup {
    private static final String PATH = "/projects/{project_id}/tags";
    private static final int MOST = 80;

    private final ProjectStore projects;

    ProjectTagOperations(ProjectStore projects) {
        this.projects = projects;
    }

    record TagsRequest(@Items(max = MOST) List<String> tags) {}

    @Override
    public List<Operation> operations() {
        return List.of(
                Operation.get(PATH)
                        .policyByHandler("identity:list_project_tags")
                        .doc("Lists a project's tags.")
                        .reads((call, tx) -> view(call, project(call, tx))),
                Operation.put(PATH)
                        .policyByHandler("identity:update_project_tags")
                        .doc("Replaces a project's tags.")
                        .body(TagsRequest.class)
                        .writes(
                                (call, tx, body) ->
                                        view(call, tagged(tx, project(call, tx), body.tags()))),
                Operation.delete(PATH)
                        .policyByHandler("identity:delete_project_tags")
                        .doc("Takes all tags from a project.")
                        .writes(
                                (call, tx, body) -> {
                                    tagged(tx, project(call, tx), List.of());
                                    return Reply.empty();
                                }),
                Operation.get(PATH + "/{tag}")
                        .policyByHandler("identity:get_project_tag")
                        .doc("Whether a project has a tag.")
                        .status(204)
                        .reads(
                                (call, tx) -> {
                                    requireTag(call, project(call, tx));
                                    return Reply.empty();
                                }),
                Operation.put(PATH + "/{tag}")
                        .policyByHandler("identity:create_project_tag")
                        .doc("Gives a project a tag.")
                        .status(201)
                        .writes((call, tx, body) -> add(call, tx)),
                Operation.delete(PATH + "/{tag}")
                        .policyByHandler("identity:delete_project_tag")
                        .doc("Takes a tag from a project.")
                        .writes((call, tx, body) -> remove(call, tx)));
    }

    private Object add(Call call, Tx tx) {
        Project project = project(call, tx);
        List<String> tags = new ArrayList<>(project.tags());
        if (!tags.contains(call.path("tag"))) {
            tags.add(call.path("tag"));
            if (tags.size() > MOST) {
                throw Failure.badRequest("A project has at most %s tags.", MOST);
            }
            tagged(tx, project, tags);
        }
        return Reply.empty();
    }

    private Object remove(Call call, Tx tx) {
        Project project = project(call, tx);
        requireTag(call, project);
        List<String> tags = new ArrayList<>(project.tags());
        tags.remove(call.path("tag"));
        tagged(tx, project, tags);
        return Reply.empty();
    }

    private static void requireTag(Call call, Project project) {
        if (!project.tags().contains(call.path("tag"))) {
            throw Failure.notFound("Could not find project tag: %s.", call.path("tag"));
        }
    }

    private Project tagged(Tx tx, Project project, List<String> tags) {
        ProjectForm.requireMutable(project);
        Project tagged = project.tagged(ProjectForm.tags(tags));
        projects.update(tx, tagged);
        return tagged;
    }

    private Project project(Call call, Tx tx) {
        return ProjectForm.project(call, tx, projects, call.path("project_id"));
    }

    private static Object view(Call call, Project project) {
        return Map.of(
                "tags",
                project.tags(),
                "links",
                Links.self(call, "/projects/" + project.id() + "/tags"));
    }
}
