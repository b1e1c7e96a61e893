package cloud.welkin.volume.api;

import cloud.welkin.database.Tx;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Operation;
import cloud.welkin.kernel.api.OperationGroup;
import cloud.welkin.kernel.api.Reply;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.volume.domain.VolumeType;
import cloud.welkin.volume.store.TypeTable;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import tools.jackson.databind.JsonNode;

/** The type that a project's volumes get where none is named: /default-types, since 3.62. */
public final class DefaultTypeOperations implements OperationGroup {
    private static final String ONE = "/default-types/{project}";

    private final TypeTable types;

    public DefaultTypeOperations(TypeTable types) {
        this.types = types;
    }

    @Override
    public List<Operation> operations() {
        return List.of(
                Operation.get("/default-types")
                        .policy("volume_extension:default_get_all")
                        .since("3.62")
                        .doc("Lists the projects that have a default type of their own.")
                        .reads(
                                (call, tx) ->
                                        Map.of(
                                                "default_types",
                                                types.defaults(tx).entrySet().stream()
                                                        .map(it -> view(it.getKey(), it.getValue()))
                                                        .toList())),
                Operation.get(ONE)
                        .policy("volume_extension:default_get")
                        .since("3.62")
                        .doc("Shows a project's default type.")
                        .reads((call, tx) -> Map.of("default_type", required(call, tx))),
                Operation.put(ONE)
                        .policy("volume_extension:default_set_or_update")
                        .since("3.62")
                        .doc("Sets a project's default type.")
                        .body(JsonNode.class)
                        .writes(this::set),
                Operation.delete(ONE)
                        .policy("volume_extension:default_unset")
                        .since("3.62")
                        .doc("The project has the cloud's default type again.")
                        .writes(
                                (call, tx, none) -> {
                                    required(call, tx);
                                    types.unsetDefault(tx, call.path("project"));
                                    return Reply.empty();
                                }));
    }

    private Object set(Call call, Tx tx, JsonNode body) {
        String name =
                Body.of(body, "default_type")
                        .only("volume_type")
                        .text("volume_type")
                        .orElseThrow(
                                () -> Failure.badRequest("'volume_type' is a required property"));
        String project = Body.checked("project_id", call.path("project"));
        VolumeType type =
                types.find(tx, name, Optional.of(project), false)
                        .orElseThrow(
                                () ->
                                        Failure.notFound("Volume type %s could not be found.", name)
                                                .as("VolumeTypeNotFound"));
        types.setDefault(tx, project, type.id());
        return Map.of("default_type", view(project, type.id()));
    }

    private Object required(Call call, Tx tx) {
        String project = call.path("project");
        return types.defaultOf(tx, project)
                .map(type -> view(project, type.id()))
                .orElseThrow(
                        () ->
                                Failure.notFound(
                                        "Default type for project %s could not be found.",
                                        project));
    }

    private static Map<String, String> view(String project, UUID type) {
        return Map.of("project_id", project, "volume_type_id", type.toString());
    }
}
