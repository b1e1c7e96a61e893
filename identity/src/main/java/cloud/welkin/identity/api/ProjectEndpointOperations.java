package cloud.welkin.identity.api;

import cloud.welkin.database.Tx;
import cloud.welkin.identity.Catalogue;
import cloud.welkin.identity.Changes;
import cloud.welkin.identity.store.EndpointFilterStore;
import cloud.welkin.identity.store.ProjectStore;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Operation;
import cloud.welkin.kernel.api.OperationGroup;
import cloud.welkin.kernel.api.Param;
import cloud.welkin.kernel.api.Reply;
import cloud.welkin.kernel.failure.Failure;
import java.util.List;

/** The endpoints that projects were given one by one: /v3/OS-EP-FILTER/projects, /endpoints. */
final class ProjectEndpointOperations implements OperationGroup {
    private static final String LIST = GivenEndpoints.PATH + "/projects/{project_id}/endpoints";
    private static final String ONE = LIST + "/{endpoint_id}";

    private final EndpointFilterStore store;
    private final Catalogue catalogue;
    private final ProjectStore projects;
    private final Changes changes;

    ProjectEndpointOperations(
            EndpointFilterStore store,
            Catalogue catalogue,
            ProjectStore projects,
            Changes changes) {
        this.store = store;
        this.catalogue = catalogue;
        this.projects = projects;
        this.changes = changes;
    }

    @Override
    public List<Operation> operations() {
        return List.of(
                Operation.get(LIST)
                        .policy("identity:list_endpoints_for_project")
                        .doc("Lists the endpoints that a project was given, by groups too.")
                        .anyParam()
                        .reads(this::endpoints),
                Operation.get(ONE)
                        .policy("identity:check_endpoint_in_project")
                        .doc("Whether a project was given an endpoint.")
                        .status(204)
                        .reads(this::check),
                Operation.put(ONE)
                        .policy("identity:add_endpoint_to_project")
                        .doc("Gives a project an endpoint.")
                        .status(204)
                        .writes((call, tx, body) -> add(call, tx)),
                Operation.delete(ONE)
                        .policy("identity:remove_endpoint_from_project")
                        .doc("Takes an endpoint from a project.")
                        .writes((call, tx, body) -> remove(call, tx)),
                Operation.get(GivenEndpoints.PATH + "/endpoints/{endpoint_id}/projects")
                        .policy("identity:list_projects_for_endpoint")
                        .doc("Lists the projects that were given an endpoint by itself.")
                        .params(GivenEndpoints.PAGED.toArray(Param[]::new))
                        .anyParam()
                        .reads(this::projects));
    }

    private Object endpoints(Call call, Tx tx) {
        String project = project(call, tx);
        return CatalogOperations.view(call, catalogue.givenTo(tx, call.origin(), project));
    }

    private Object check(Call call, Tx tx) {
        String endpoint = endpoint(call, tx);
        String project = project(call, tx);
        if (!store.has(tx, project, endpoint)) {
            throw missing(project, endpoint);
        }
        return Reply.empty();
    }

    private Object add(Call call, Tx tx) {
        String endpoint = endpoint(call, tx);
        if (!store.add(tx, project(call, tx), endpoint)) {
            throw Failure.conflict(
                    "Conflict occurred attempting to store project_endpoint - Duplicate entry.");
        }
        changes.made(tx);
        return Reply.empty();
    }

    private Object remove(Call call, Tx tx) {
        String project = call.path("project_id");
        String endpoint = call.path("endpoint_id");
        if (!store.remove(tx, project, endpoint)) {
            throw missing(project, endpoint);
        }
        changes.made(tx);
        return Reply.empty();
    }

    private Object projects(Call call, Tx tx) {
        String endpoint = endpoint(call, tx);
        return GivenEndpoints.projects(
                call,
                tx,
                projects,
                (marker, limit) -> store.projectsOf(tx, endpoint, marker, limit));
    }

    private String project(Call call, Tx tx) {
        return GivenEndpoints.project(call, tx, projects).id().value();
    }

    private String endpoint(Call call, Tx tx) {
        return CatalogOperations.endpoint(call, tx, catalogue).id();
    }

    private static Failure missing(String project, String endpoint) {
        return Failure.notFound("Endpoint %s not found in project %s", endpoint, project);
    }
}
