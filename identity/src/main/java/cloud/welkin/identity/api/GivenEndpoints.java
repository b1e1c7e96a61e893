package cloud.welkin.identity.api;

import cloud.welkin.database.Tx;
import cloud.welkin.identity.domain.Project;
import cloud.welkin.identity.store.Page;
import cloud.welkin.identity.store.Paging;
import cloud.welkin.identity.store.ProjectStore;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Param;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.id.ProjectId;
import java.util.List;
import java.util.Optional;

/** What giving projects endpoints and giving them groups of endpoints have in common. */
final class GivenEndpoints {
    static final String PATH = "/OS-EP-FILTER";
    static final List<Param> PAGED =
            List.of(
                    Param.integer("limit", "At most so many."),
                    Param.text("marker", "Those behind this id."));

    private GivenEndpoints() {}

    /** Finds ids of projects, page by page. */
    @FunctionalInterface
    interface Pages {
        List<String> ids(Optional<String> marker, int limit);
    }

    /** The project that the path names. */
    static Project project(Call call, Tx tx, ProjectStore projects) {
        String id = call.path("project_id");
        return projects.find(tx, new ProjectId(id))
                .filter(project -> !project.isDomain())
                .orElseThrow(() -> Failure.notFound("Could not find project: %s.", id));
    }

    static Object projects(Call call, Tx tx, ProjectStore projects, Pages pages) {
        Asked asked = Asked.of(call);
        Paging paging = asked.paging();
        Page<String> ids = Page.of(pages.ids(paging.marker(), paging.limit() + 1), paging.limit());
        Page<Project> found =
                new Page<>(
                        projects.list(tx, ProjectStore.Filter.of(false, ids.rows())).rows(),
                        ids.more());
        return asked.answer(
                "projects",
                found,
                project -> project.id().value(),
                project -> ProjectForm.body(call, project));
    }
}
