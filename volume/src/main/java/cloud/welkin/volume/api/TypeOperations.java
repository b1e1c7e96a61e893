package cloud.welkin.volume.api;

import cloud.welkin.database.Tx;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Operation;
import cloud.welkin.kernel.api.OperationGroup;
import cloud.welkin.kernel.api.Reply;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.volume.domain.VolumeType;
import cloud.welkin.volume.store.TypeTable;
import cloud.welkin.volume.store.VolumeTable;
import cloud.welkin.volume.work.VolumeQuotas;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Volume types, their extra specs and who may use private ones. */
public final class TypeOperations implements OperationGroup {
    private final TypeTable types;
    private final VolumeTable volumes;
    private final VolumeQuotas quotas;

    public TypeOperations(TypeTable types, VolumeTable volumes, VolumeQuotas quotas) {
        this.types = types;
        this.volumes = volumes;
        this.quotas = quotas;
    }

    @Override
    public List<Operation> operations() {
        String path = "/types/{type_id}";
        String specs = path + "/extra_specs";
        String rule = "volume_extension:types_extra_specs:";
        return List.of(
                Operation.get("/types")
                        .policy("volume_extension:type_get_all")
                        .anyParam()
                        .doc("Lists volume types.")
                        .reads(this::list),
                Operation.post("/types")
                        .policy("volume_extension:type_create")
                        .status(200)
                        .doc("Makes a volume type.")
                        .body(JsonNode.class)
                        .writes(this::create),
                Operation.get(path)
                        .policy("volume_extension:type_get")
                        .doc("Shows a volume type; default for the default one.")
                        .reads((call, tx) -> view(call, find(call, tx))),
                Operation.put(path)
                        .policy("volume_extension:type_update")
                        .doc("Changes a volume type.")
                        .body(JsonNode.class)
                        .writes(this::update),
                Operation.delete(path)
                        .policy("volume_extension:type_delete")
                        .status(202)
                        .doc("Deletes a volume type that no volume has.")
                        .writes((call, tx, none) -> delete(call, tx)),
                Operation.get(specs)
                        .policy(rule + "index")
                        .doc("The extra specs of a type.")
                        .reads((call, tx) -> Map.of("extra_specs", find(call, tx).extraSpecs())),
                Operation.post(specs)
                        .policy(rule + "create")
                        .status(200)
                        .doc("Sets extra specs.")
                        .body(JsonNode.class)
                        .writes(this::addSpecs),
                Operation.get(specs + "/{key}")
                        .policy(rule + "show")
                        .doc("One extra spec.")
                        .reads((call, tx) -> Map.of(call.path("key"), spec(call, find(call, tx)))),
                Operation.put(specs + "/{key}")
                        .policy(rule + "update")
                        .doc("Changes one extra spec.")
                        .body(JsonNode.class)
                        .writes(this::setSpec),
                Operation.delete(specs + "/{key}")
                        .policy(rule + "delete")
                        .status(202)
                        .doc("Removes one extra spec.")
                        .writes((call, tx, none) -> removeSpec(call, tx)),
                Operation.get(path + "/os-volume-type-access")
                        .policy("volume_extension:volume_type_access:get_all_for_type")
                        .doc("Who may use a private type.")
                        .reads(this::access),
                Operation.post(path + "/action")
                        .policy("volume_extension:volume_type_access:addProjectAccess")
                        .status(202)
                        .doc("addProjectAccess, removeProjectAccess")
                        .body(JsonNode.class)
                        .writes(this::action));
    }

    private VolumeType find(Call call, Tx tx) {
        String id =
                call.path("type_id").equals("default") ? VolumeType.DEFAULT : call.path("type_id");
        return types.find(
                        tx,
                        id,
                        call.caller().project().map(it -> it.value()),
                        call.caller().isAdmin())
                .orElseThrow(
                        () ->
                                Failure.notFound(
                                                "Volume type %s could not be found.",
                                                call.path("type_id"))
                                        .as("VolumeTypeNotFound"));
    }

    /** What a request that makes or changes a type answers: without what is joined to it. */
    private static Object made(Call call, VolumeType type) {
        Map<String, @Nullable Object> view = one(call, type);
        view.remove("qos_specs_id");
        if (call.operation().method().equals("PUT")) {
            view.remove("os-volume-type-access:is_public");
        }
        return Map.of("volume_type", view);
    }

    private static Map<String, @Nullable Object> one(Call call, VolumeType type) {
        Map<String, @Nullable Object> view = new LinkedHashMap<>();
        view.put("id", type.id().toString());
        view.put("name", type.name());
        view.put("is_public", type.open());
        view.put("description", type.description().orElse(null));
        view.put("extra_specs", call.caller().isAdmin() ? type.extraSpecs() : visible(type));
        if (call.caller().isAdmin()) {
            view.put("qos_specs_id", null);
        }
        view.put("os-volume-type-access:is_public", type.open());
        return view;
    }

    /** The extra specs that everybody sees. */
    private static Map<String, String> visible(VolumeType type) {
        Map<String, String> specs = new HashMap<>(type.extraSpecs());
        specs.keySet()
                .retainAll(
                        List.of("multiattach", "replication_enabled", "RESKEY:availability_zones"));
        return specs;
    }

    private static Object view(Call call, VolumeType type) {
        return Map.of("volume_type", one(call, type));
    }

    private Object list(Call call, Tx tx) {
        boolean admin = call.caller().isAdmin();
        Optional<String> open =
                call.query().text("is_public").filter(it -> admin && !it.equalsIgnoreCase("none"));
        boolean wantOpen = open.isEmpty() || call.query().bool("is_public").orElse(true);
        return Map.of(
                "volume_types",
                types.list(tx, call.caller().project().map(it -> it.value()), admin).stream()
                        .filter(it -> open.isEmpty() || it.open() == wantOpen)
                        .map(it -> one(call, it))
                        .toList());
    }

    private Object create(Call call, Tx tx, JsonNode body) {
        Body wanted =
                Body.of(body, "volume_type")
                        .only(
                                "name",
                                "description",
                                "extra_specs",
                                "os-volume-type-access:is_public");
        String name =
                name(wanted).orElseThrow(() -> Failure.badRequest("'name' is a required property"));
        VolumeType type =
                new VolumeType(
                        UUID.randomUUID(),
                        name,
                        wanted.text("description"),
                        wanted.truth("os-volume-type-access:is_public").orElse(true),
                        wanted.texts("extra_specs"));
        if (!types.insert(tx, type)) {
            throw taken(name);
        }
        quotas.know(name);
        return made(call, type);
    }

    private static Optional<String> name(Body wanted) {
        Optional<String> name = wanted.text("name").map(String::strip);
        if (name.map(String::isEmpty).orElse(false)) {
            throw Failure.badRequest("Volume type name can not be empty.");
        }
        return name;
    }

    private static Failure taken(String name) {
        return Failure.conflict("Volume Type %s already exists.", name).as("VolumeTypeExists");
    }

    private Object update(Call call, Tx tx, JsonNode body) {
        VolumeType type = find(call, tx);
        Body wanted = Body.of(body, "volume_type").only("name", "description", "is_public");
        String name = name(wanted).orElse(type.name());
        if (!name.equals(type.name()) && volumes.typeInUse(tx, type.id())) {
            throw Failure.badRequest(
                    "A volume type that volumes have keeps its name, which their quota is counted by.");
        }
        VolumeType changed =
                new VolumeType(
                        type.id(),
                        name,
                        wanted.has("description") ? wanted.text("description") : type.description(),
                        wanted.truth("is_public").orElse(type.open()),
                        type.extraSpecs());
        if (!types.update(tx, changed)) {
            throw taken(name);
        }
        quotas.know(name);
        return made(call, changed);
    }

    private Object delete(Call call, Tx tx) {
        VolumeType type = find(call, tx);
        if (type.name().equals(VolumeType.DEFAULT)
                || volumes.typeInUse(tx, type.id())
                || types.isDefault(tx, type.id())) {
            throw Failure.badRequest("Target volume type is still in use.").as("VolumeTypeInUse");
        }
        types.delete(tx, type.id());
        return Reply.empty();
    }

    private void write(Tx tx, VolumeType type, Map<String, String> specs) {
        types.update(
                tx, new VolumeType(type.id(), type.name(), type.description(), type.open(), specs));
    }

    private Object addSpecs(Call call, Tx tx, JsonNode body) {
        VolumeType type = find(call, tx);
        if (!body.path("extra_specs").isObject()) {
            throw Failure.badRequest("'extra_specs' is a required property");
        }
        Map<String, String> given = new Body("", body).texts("extra_specs");
        Map<String, String> specs = new HashMap<>(type.extraSpecs());
        specs.putAll(given);
        write(tx, type, specs);
        return Map.of("extra_specs", given);
    }

    private static String spec(Call call, VolumeType type) {
        String value = type.extraSpecs().get(call.path("key"));
        if (value == null) {
            throw Failure.notFound(
                            "Volume Type %s has no extra specs with key %s.",
                            type.id(), call.path("key"))
                    .as("VolumeTypeExtraSpecsNotFound");
        }
        return value;
    }

    private Object setSpec(Call call, Tx tx, JsonNode body) {
        VolumeType type = find(call, tx);
        Body given = new Body("", body).only(call.path("key"));
        String value =
                given.text(call.path("key"))
                        .orElseThrow(() -> Failure.badRequest("Request body and URI mismatch"));
        Map<String, String> specs = new HashMap<>(type.extraSpecs());
        specs.put(call.path("key"), value);
        write(tx, type, specs);
        return Map.of(call.path("key"), value);
    }

    private Object removeSpec(Call call, Tx tx) {
        VolumeType type = find(call, tx);
        spec(call, type);
        Map<String, String> specs = new HashMap<>(type.extraSpecs());
        specs.remove(call.path("key"));
        write(tx, type, specs);
        return Reply.empty();
    }

    private Object access(Call call, Tx tx) {
        VolumeType type = find(call, tx);
        if (type.open()) {
            throw Failure.notFound("Access list not available for public volume types.")
                    .as("VolumeTypeAccessNotFound");
        }
        return Map.of(
                "volume_type_access",
                types.access(tx, type.id()).stream()
                        .map(
                                project ->
                                        Map.of(
                                                "volume_type_id",
                                                type.id().toString(),
                                                "project_id",
                                                project))
                        .toList());
    }

    private Object action(Call call, Tx tx, JsonNode body) {
        VolumeType type = find(call, tx);
        boolean add = body.has("addProjectAccess");
        String project =
                Body.of(body, add ? "addProjectAccess" : "removeProjectAccess")
                        .only("project")
                        .text("project")
                        .orElseThrow(() -> Failure.badRequest("'project' is a required property"));
        if (add && type.open()) {
            throw Failure.conflict(
                    "Type access modification is not applicable to public volume type.");
        }
        if (add && !types.allow(tx, type.id(), project)) {
            throw Failure.conflict(
                            "Volume type access for %s / %s combination already exists.",
                            type.id(), project)
                    .as("VolumeTypeAccessExists");
        }
        if (!add && !types.forbid(tx, type.id(), project)) {
            throw Failure.notFound(
                            "Volume type access not found for %s / %s combination.",
                            type.id(), project)
                    .as("VolumeTypeAccessNotFound");
        }
        return Reply.empty();
    }
}
