package cloud.welkin.identity.api;

import cloud.welkin.database.Tx;
import cloud.welkin.identity.Catalogue;
import cloud.welkin.identity.Changes;
import cloud.welkin.identity.domain.EndpointGroup;
import cloud.welkin.identity.store.EndpointFilterStore;
import cloud.welkin.identity.store.Page;
import cloud.welkin.identity.store.Paging;
import cloud.welkin.identity.store.ProjectStore;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Operation;
import cloud.welkin.kernel.api.OperationGroup;
import cloud.welkin.kernel.api.Param;
import cloud.welkin.kernel.api.Reply;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.id.Ids;
import cloud.welkin.kernel.json.Field;
import cloud.welkin.kernel.validate.Length;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/**
 * Groups of endpoints, and the projects that were given them: /v3/OS-EP-FILTER/endpoint_groups. Of
 * filters the documented ones are taken, {@code enabled} among them, which Keystone's own check
 * refuses.
 */
final class EndpointGroupOperations implements OperationGroup {
    private static final String LIST = GivenEndpoints.PATH + "/endpoint_groups";
    private static final String ONE = LIST + "/{endpoint_group_id}";
    private static final String GIVEN = ONE + "/projects/{project_id}";

    private final EndpointFilterStore store;
    private final Catalogue catalogue;
    private final ProjectStore projects;
    private final Changes changes;

    EndpointGroupOperations(
            EndpointFilterStore store,
            Catalogue catalogue,
            ProjectStore projects,
            Changes changes) {
        this.store = store;
        this.catalogue = catalogue;
        this.projects = projects;
        this.changes = changes;
    }

    record GroupRequest(NewGroup endpointGroup) {}

    record NewGroup(
            @Length(min = 1, max = 255) String name,
            Optional<String> description,
            Map<String, JsonNode> filters) {}

    record GroupChangeRequest(GroupChange endpointGroup) {}

    record GroupChange(
            @Length(min = 1, max = 255) Field<String> name,
            Field<String> description,
            Field<Map<String, JsonNode>> filters) {}

    record GroupBody(
            String id,
            String name,
            Optional<String> description,
            Map<String, JsonNode> filters,
            Map<String, String> links) {}

    record GivenBody(String endpointGroupId, String projectId, Map<String, String> links) {}

    @Override
    public List<Operation> operations() {
        return Stream.concat(groups().stream(), given().stream()).toList();
    }

    private List<Operation> groups() {
        return List.of(
                Operation.get(LIST)
                        .policy("identity:list_endpoint_groups")
                        .doc("Lists the groups of endpoints.")
                        .params(
                                Param.text("name", "Those of this name."),
                                Param.integer("limit", "At most so many."),
                                Param.text("marker", "Those behind this id."))
                        .anyParam()
                        .reads(this::list),
                Operation.post(LIST)
                        .policy("identity:create_endpoint_group")
                        .doc("Makes a group of the endpoints that meet all filters.")
                        .body(GroupRequest.class)
                        .writes((call, tx, body) -> create(call, tx, body.endpointGroup())),
                Operation.get(ONE)
                        .policy("identity:get_endpoint_group")
                        .doc("Shows a group of endpoints.")
                        .reads((call, tx) -> view(call, group(call, tx))),
                Operation.patch(ONE)
                        .policy("identity:update_endpoint_group")
                        .doc("Changes a group of endpoints.")
                        .body(GroupChangeRequest.class)
                        .writes((call, tx, body) -> change(call, tx, body.endpointGroup())),
                Operation.delete(ONE)
                        .policy("identity:delete_endpoint_group")
                        .doc("Deletes a group of endpoints, and takes it from all projects.")
                        .writes(
                                (call, tx, body) -> {
                                    store.deleteGroup(tx, group(call, tx).id());
                                    changes.made(tx);
                                    return Reply.empty();
                                }));
    }

    private List<Operation> given() {
        return List.of(
                Operation.get(ONE + "/endpoints")
                        .policy("identity:list_endpoints_associated_with_endpoint_group")
                        .doc("Lists the endpoints of a group.")
                        .anyParam()
                        .reads(this::endpoints),
                Operation.get(ONE + "/projects")
                        .policy("identity:list_projects_associated_with_endpoint_group")
                        .doc("Lists the projects that were given a group of endpoints.")
                        .params(GivenEndpoints.PAGED.toArray(Param[]::new))
                        .anyParam()
                        .reads(this::projects),
                Operation.get(GIVEN)
                        .policy("identity:get_endpoint_group_in_project")
                        .doc("Whether a project was given a group of endpoints.")
                        .reads(this::show),
                Operation.put(GIVEN)
                        .policy("identity:add_endpoint_group_to_project")
                        .doc("Gives a project a group of endpoints.")
                        .status(204)
                        .writes((call, tx, body) -> add(call, tx)),
                Operation.delete(GIVEN)
                        .policy("identity:remove_endpoint_group_from_project")
                        .doc("Takes a group of endpoints from a project.")
                        .writes((call, tx, body) -> remove(call, tx)),
                Operation.get(GivenEndpoints.PATH + "/projects/{project_id}/endpoint_groups")
                        .policy("identity:list_endpoint_groups_for_project")
                        .doc("Lists the groups of endpoints that a project was given.")
                        .anyParam()
                        .reads(this::ofProject));
    }

    private Object list(Call call, Tx tx) {
        Asked asked = Asked.of(call);
        Paging paging = asked.paging();
        return asked.answer(
                "endpoint_groups",
                Page.of(
                        store.groups(
                                tx, call.query().text("name"), paging.marker(), paging.limit() + 1),
                        paging.limit()),
                EndpointGroup::id,
                group -> body(call, group));
    }

    private Object create(Call call, Tx tx, NewGroup request) {
        if (request.filters().isEmpty()) {
            throw Failure.badRequest("filters field is required and cannot be empty");
        }
        return saved(
                call,
                tx,
                new EndpointGroup(
                        Ids.hex(),
                        request.name(),
                        request.description(),
                        EndpointGroup.Filters.checked(request.filters())));
    }

    private Object change(Call call, Tx tx, GroupChange change) {
        EndpointGroup current = group(call, tx);
        boolean nothing =
                !change.name().isPresent()
                        && !change.description().isPresent()
                        && !change.filters().isPresent();
        if (nothing) {
            throw Failure.badRequest("There is nothing to change.");
        }
        if (change.name() instanceof Field.Null || change.filters() instanceof Field.Null) {
            throw Failure.badRequest("A group of endpoints has a name and filters.");
        }
        return saved(
                call,
                tx,
                new EndpointGroup(
                        current.id(),
                        change.name().orKeep(current.name()),
                        change.description().over(current.description()),
                        change.filters()
                                .map(EndpointGroup.Filters::checked)
                                .orKeep(current.filters())));
    }

    private Object saved(Call call, Tx tx, EndpointGroup group) {
        store.save(tx, group);
        changes.made(tx);
        return view(call, group);
    }

    private Object endpoints(Call call, Tx tx) {
        EndpointGroup group = group(call, tx);
        return CatalogOperations.view(
                call,
                catalogue.endpoints(tx, call.origin()).stream()
                        .filter(group.filters()::match)
                        .toList());
    }

    private Object projects(Call call, Tx tx) {
        String group = group(call, tx).id();
        return GivenEndpoints.projects(
                call,
                tx,
                projects,
                (marker, limit) -> store.projectsOfGroup(tx, group, marker, limit));
    }

    private Object show(Call call, Tx tx) {
        String project = project(call, tx);
        String group = group(call, tx).id();
        if (!store.hasGroup(tx, project, group)) {
            throw missing();
        }
        return Map.of(
                "project_endpoint_group",
                new GivenBody(
                        group,
                        project,
                        Links.self(call, LIST + "/" + group + "/projects/" + project)));
    }

    private Object add(Call call, Tx tx) {
        if (!store.addGroup(tx, project(call, tx), group(call, tx).id())) {
            throw Failure.conflict(
                    "Conflict occurred attempting to store project_endpoint_group - Duplicate"
                            + " entry.");
        }
        changes.made(tx);
        return Reply.empty();
    }

    private Object remove(Call call, Tx tx) {
        if (!store.removeGroup(tx, project(call, tx), group(call, tx).id())) {
            throw missing();
        }
        changes.made(tx);
        return Reply.empty();
    }

    private Object ofProject(Call call, Tx tx) {
        return Map.of(
                "endpoint_groups",
                store.groupsOf(tx, project(call, tx)).stream()
                        .map(group -> body(call, group))
                        .toList(),
                "links",
                Links.whole(call));
    }

    private String project(Call call, Tx tx) {
        return GivenEndpoints.project(call, tx, projects).id().value();
    }

    private EndpointGroup group(Call call, Tx tx) {
        String id = call.path("endpoint_group_id");
        return store.group(tx, id)
                .orElseThrow(() -> Failure.notFound("Could not find Endpoint Group: %s.", id));
    }

    private static Failure missing() {
        return Failure.notFound("Endpoint Group Project Association not found");
    }

    private static Object view(Call call, EndpointGroup group) {
        return Map.of("endpoint_group", body(call, group));
    }

    private static GroupBody body(Call call, EndpointGroup group) {
        return new GroupBody(
                group.id(),
                group.name(),
                group.description(),
                group.filters().values(),
                Links.self(call, LIST + "/" + group.id()));
    }
}
