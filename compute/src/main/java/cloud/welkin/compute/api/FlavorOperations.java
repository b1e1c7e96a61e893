package cloud.welkin.compute.api;

import cloud.welkin.compute.domain.Flavor;
import cloud.welkin.compute.store.FlavorStore;
import cloud.welkin.compute.store.Rows;
import cloud.welkin.database.Constraints;
import cloud.welkin.database.Tx;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Operation;
import cloud.welkin.kernel.api.OperationGroup;
import cloud.welkin.kernel.api.Param;
import cloud.welkin.kernel.api.Reply;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.json.Field;
import cloud.welkin.kernel.validate.Length;
import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.jooq.exception.IntegrityConstraintViolationException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Flavors: /flavors with their extra specs and who has access to those that are not public. */
final class FlavorOperations implements OperationGroup {
    private static final String F = ComputePolicy.P;
    private static final long MOST = Integer.MAX_VALUE;

    /** Nova's; those that are one for all flavors here sort by id. */
    private static final List<String> SORT_KEYS =
            List.of(
                    "created_at",
                    "description",
                    "disabled",
                    "ephemeral_gb",
                    "flavorid",
                    "id",
                    "is_public",
                    "memory_mb",
                    "name",
                    "root_gb",
                    "rxtx_factor",
                    "swap",
                    "updated_at",
                    "vcpu_weight",
                    "vcpus");

    private final FlavorStore flavors;
    private final Clock clock;

    FlavorOperations(FlavorStore flavors, Clock clock) {
        this.flavors = flavors;
        this.clock = clock;
    }

    record FlavorRequest(NewFlavor flavor) {}

    record NewFlavor(
            @Length(min = 1, max = 255) String name,
            Optional<JsonNode> id,
            Optional<JsonNode> flavorid,
            JsonNode ram,
            JsonNode vcpus,
            JsonNode disk,
            @JsonProperty("OS-FLV-EXT-DATA:ephemeral") Optional<JsonNode> ephemeral,
            Optional<JsonNode> swap,
            @JsonProperty("os-flavor-access:is_public") Optional<JsonNode> isPublic,
            Optional<JsonNode> rxtxFactor,
            @Length(max = 65_535) Field<String> description) {}

    record ChangeRequest(Change flavor) {}

    record Change(@Length(max = 65_535) Field<String> description) {}

    record SpecsBody(@JsonProperty("extra_specs") Map<String, JsonNode> extraSpecs) {}

    record AccessBody(
            @JsonProperty("addTenantAccess") Optional<Tenant> add,
            @JsonProperty("removeTenantAccess") Optional<Tenant> remove) {}

    record Tenant(@Length(min = 1, max = 255) String tenant) {}

    @Override
    public List<Operation> operations() {
        List<Param> params =
                List.of(
                        Param.integer("limit", "How many at most."),
                        Param.text("marker", "The last flavor of the page before."),
                        Param.text("sort_key", "What to sort by."),
                        Param.text("sort_dir", "asc or desc."),
                        Param.text("is_public", "Only public ones, or not; for admins."),
                        Param.text("minRam", "With at least so many MiB."),
                        Param.text("minDisk", "With at least so many GiB."));
        return List.of(
                Operation.get("/flavors")
                        .policy(F + "flavors")
                        .doc("Lists flavors, briefly.")
                        .params(params)
                        .anyParamBefore("2.75")
                        .reads((call, tx) -> list(call, tx, false)),
                Operation.get("/flavors/detail")
                        .policy(F + "flavors")
                        .doc("Lists flavors with all details.")
                        .params(params)
                        .anyParamBefore("2.75")
                        .reads((call, tx) -> list(call, tx, true)),
                Operation.post("/flavors")
                        .policy(F + "os-flavor-manage:create")
                        .doc("Makes a flavor.")
                        .body(FlavorRequest.class)
                        .status(200)
                        .requestBefore("2.55", body -> {})
                        .writes((call, tx, body) -> create(call, tx, body.flavor())),
                Operation.get("/flavors/{flavor_id}")
                        .policy(F + "flavors")
                        .doc("Shows a flavor.")
                        .anyParam()
                        .reads((call, tx) -> Map.of("flavor", full(call, find(call, tx)))),
                Operation.put("/flavors/{flavor_id}")
                        .policy(F + "os-flavor-manage:update")
                        .doc("Changes a flavor's description.")
                        .since("2.55")
                        .body(ChangeRequest.class)
                        .writes(
                                (call, tx, body) -> {
                                    Flavor flavor = find(call, tx);
                                    flavors.setDescription(
                                            tx,
                                            flavor.id(),
                                            body.flavor().description().over(flavor.description()));
                                    return Map.of("flavor", full(call, find(call, tx)));
                                }),
                Operation.delete("/flavors/{flavor_id}")
                        .policy(F + "os-flavor-manage:delete")
                        .doc("Deletes a flavor; servers keep what they have of it.")
                        .status(202)
                        .writes(
                                (call, tx, body) -> {
                                    if (!flavors.delete(tx, call.path("flavor_id"))) {
                                        throw notFound(call.path("flavor_id"));
                                    }
                                    return Reply.empty();
                                }),
                Operation.get("/flavors/{flavor_id}/os-extra_specs")
                        .policy(F + "os-flavor-extra-specs:index")
                        .doc("A flavor's extra specs.")
                        .anyParam()
                        .reads((call, tx) -> Map.of("extra_specs", find(call, tx).extraSpecs())),
                Operation.post("/flavors/{flavor_id}/os-extra_specs")
                        .policy(F + "os-flavor-extra-specs:create")
                        .doc("Adds to a flavor's extra specs.")
                        .body(SpecsBody.class)
                        .status(200)
                        .writes(
                                (call, tx, body) ->
                                        Map.of(
                                                "extra_specs",
                                                addSpecs(call, tx, body.extraSpecs()))),
                Operation.get("/flavors/{flavor_id}/os-extra_specs/{key}")
                        .policy(F + "os-flavor-extra-specs:show")
                        .doc("One extra spec of a flavor.")
                        .anyParam()
                        .reads(
                                (call, tx) -> {
                                    String value =
                                            find(call, tx).extraSpecs().get(call.path("key"));
                                    if (value == null) {
                                        throw noSpec(call);
                                    }
                                    return Map.of(call.path("key"), value);
                                }),
                Operation.put("/flavors/{flavor_id}/os-extra_specs/{key}")
                        .policy(F + "os-flavor-extra-specs:update")
                        .doc("Sets one extra spec of a flavor.")
                        .body(ObjectNode.class)
                        .writes(this::setSpec),
                Operation.delete("/flavors/{flavor_id}/os-extra_specs/{key}")
                        .policy(F + "os-flavor-extra-specs:delete")
                        .doc("Removes one extra spec of a flavor.")
                        .status(200)
                        .writes(
                                (call, tx, body) -> {
                                    Flavor flavor = find(call, tx);
                                    Map<String, String> specs = new TreeMap<>(flavor.extraSpecs());
                                    if (specs.remove(call.path("key")) == null) {
                                        throw noSpec(call);
                                    }
                                    flavors.setExtraSpecs(tx, flavor.id(), specs);
                                    return Reply.empty();
                                }),
                Operation.get("/flavors/{flavor_id}/os-flavor-access")
                        .policy(F + "os-flavor-access")
                        .doc("The projects that have access to a flavor.")
                        .anyParam()
                        .reads(
                                (call, tx) -> {
                                    Flavor flavor = find(call, tx);
                                    if (flavor.isPublic()) {
                                        throw Failure.notFound(
                                                "Access list not available for public flavors.");
                                    }
                                    return access(tx, flavor.id());
                                }),
                Operation.post("/flavors/{flavor_id}/action")
                        .policy(F + "os-flavor-access:add_tenant_access")
                        .doc("Gives or takes a project's access to a flavor.")
                        .body(AccessBody.class)
                        .status(200)
                        .writes(this::changeAccess));
    }

    private Object list(Call call, Tx tx, boolean detail) {
        int limit =
                call.query().integer("limit").map(n -> Math.min(n, Rows.MOST)).orElse(Rows.MOST);
        Optional<String> marker = call.query().text("marker");
        marker.filter(id -> flavors.find(tx, id).isEmpty())
                .ifPresent(
                        id -> {
                            throw Failure.badRequest("marker [%s] not found", id)
                                    .as("MarkerNotFound");
                        });
        String direction = call.query().text("sort_dir").orElse("asc");
        if (!direction.equals("asc") && !direction.equals("desc")) {
            throw Failure.badRequest("Unknown sort direction, must be 'asc' or 'desc'");
        }
        String sortKey = call.query().text("sort_key").orElse("flavorid");
        if (!SORT_KEYS.contains(sortKey)) {
            throw Failure.badRequest(
                    "Invalid input for query parameters sort_key. Value: %s. It is not one of %s.",
                    sortKey.length() > 100 ? sortKey.substring(0, 100) : sortKey, SORT_KEYS);
        }
        boolean admin = call.caller().isAdmin();
        String wanted = call.query().text("is_public").orElse("").toLowerCase(Locale.ROOT);
        Optional<Boolean> isPublic =
                !admin || wanted.equals("none")
                        ? Optional.empty()
                        : wanted.isEmpty() ? Optional.of(true) : call.query().bool("is_public");
        List<Flavor> found =
                limit == 0
                        ? List.of()
                        : flavors.list(
                                tx,
                                new FlavorStore.Filter(
                                        admin ? Optional.empty() : call.caller().project(),
                                        isPublic,
                                        number(call, "minDisk"),
                                        number(call, "minRam"),
                                        sortKey,
                                        direction.equals("desc"),
                                        marker,
                                        limit));
        Map<String, Object> out = new LinkedHashMap<>();
        out.put(
                "flavors",
                found.stream()
                        .map(flavor -> detail ? full(call, flavor) : brief(call, flavor))
                        .toList());
        List<Links.Link> next = Links.next(call, found.stream().map(Flavor::id).toList(), limit);
        if (!next.isEmpty()) {
            out.put("flavors_links", next);
        }
        return out;
    }

    private static Optional<Integer> number(Call call, String name) {
        return call.query()
                .text(name)
                .map(
                        text -> {
                            try {
                                return Integer.valueOf(text);
                            } catch (NumberFormatException e) {
                                throw Failure.badRequest(
                                        "Invalid %s filter [%s]",
                                        name, text.length() > 100 ? text.substring(0, 100) : text);
                            }
                        });
    }

    private Object create(Call call, Tx tx, NewFlavor wanted) {
        if (wanted.name().isBlank()) {
            throw Failure.badRequest(
                    "Invalid input for field/attribute name. It must not be only spaces.");
        }
        if (wanted.description().isPresent() && !call.version().atLeast("2.55")) {
            throw Failure.badRequest(
                    "Invalid input for field/attribute flavor. Additional properties are not allowed"
                            + " ('description' was unexpected)");
        }
        String id =
                wanted.id()
                        .or(wanted::flavorid)
                        .filter(node -> !node.isNull())
                        .map(node -> node.isNumber() ? node.toString() : node.asString(""))
                        .filter(text -> !text.equals("auto"))
                        .orElseGet(() -> UUID.randomUUID().toString());
        if (id.isBlank()
                || id.length() > 255
                || !id.matches("[a-zA-Z0-9._ -]+")
                || !id.equals(id.strip())) {
            throw Failure.badRequest(
                    "Invalid input for field/attribute id. Value: %s. An id is made of letters,"
                            + " digits, spaces and ._-",
                    id.length() > 255 ? id.substring(0, 255) : id);
        }
        Flavor flavor =
                new Flavor(
                        id,
                        wanted.name().strip(),
                        wanted.description().given(),
                        number("vcpus", Optional.of(wanted.vcpus()), 1),
                        number("ram", Optional.of(wanted.ram()), 1),
                        number("disk", Optional.of(wanted.disk()), 0),
                        number("OS-FLV-EXT-DATA:ephemeral", wanted.ephemeral(), 0),
                        number(
                                "swap",
                                wanted.swap().filter(node -> !node.asString("x").isEmpty()),
                                0),
                        Loose.bool("os-flavor-access:is_public", wanted.isPublic()).orElse(true),
                        factor(wanted.rxtxFactor()),
                        Map.of(),
                        clock.instant());
        try {
            flavors.insert(tx, flavor);
        } catch (IntegrityConstraintViolationException e) {
            throw Constraints.violated(e).filter("flavor_name"::equals).isPresent()
                    ? Failure.conflict("Flavor with name %s already exists.", flavor.name())
                            .as("FlavorExists")
                    : Failure.conflict("Flavor with ID %s already exists.", id)
                            .as("FlavorIdExists");
        }
        return Map.of("flavor", full(call, flavor));
    }

    private static double factor(Optional<JsonNode> node) {
        return node.map(
                        value -> {
                            double factor =
                                    value.isNumber()
                                            ? value.doubleValue()
                                            : value.asString("")
                                                            .matches("[0-9]{1,30}(\\.[0-9]{1,30})?")
                                                    ? Double.parseDouble(value.asString())
                                                    : 0;
                            // Nova keeps it in single precision.
                            if (!(factor > 0) || factor > Float.MAX_VALUE) {
                                throw Loose.wrong("rxtx_factor", value, "is not a number above 0");
                            }
                            return factor;
                        })
                .orElse(1.0);
    }

    private static int number(String field, Optional<JsonNode> node, long least) {
        return Loose.integer(field, node, least, MOST).map(Long::intValue).orElse(0);
    }

    private Map<String, String> addSpecs(Call call, Tx tx, Map<String, JsonNode> given) {
        Flavor flavor = find(call, tx);
        Map<String, String> texts = new TreeMap<>();
        given.forEach((key, value) -> texts.put(key, text(key, value)));
        MetadataRules.check(texts);
        Map<String, String> all = new TreeMap<>(flavor.extraSpecs());
        all.putAll(texts);
        flavors.setExtraSpecs(tx, flavor.id(), all);
        return texts;
    }

    private Object setSpec(Call call, Tx tx, ObjectNode body) {
        String key = call.path("key");
        if (body.size() != 1 || !body.has(key)) {
            throw Failure.badRequest(
                    "Request body contains too many items or not the item %s", key);
        }
        return addSpecs(call, tx, Map.of(key, body.get(key)));
    }

    private static String text(String key, JsonNode value) {
        if (!value.isString() && !value.isNumber()) {
            throw Loose.wrong(key, value, "is not of type 'string'");
        }
        return value.asString();
    }

    private Object changeAccess(Call call, Tx tx, AccessBody body) {
        Flavor flavor = find(call, tx);
        if (body.add().isPresent() == body.remove().isPresent()) {
            throw Failure.badRequest("The request body must name exactly one action.");
        }
        if (body.add().isPresent()) {
            if (flavor.isPublic()) {
                throw Failure.conflict("Can not add access to a public flavor.");
            }
            if (!flavors.addAccess(tx, flavor.id(), body.add().get().tenant())) {
                throw Failure.conflict(
                                "Flavor access already exists for flavor %s and project %s"
                                        + " combination.",
                                flavor.id(), body.add().get().tenant())
                        .as("FlavorAccessExists");
            }
        } else {
            call.require(
                    F + "os-flavor-access:remove_tenant_access",
                    cloud.welkin.kernel.policy.Target.NOTHING);
            String tenant = body.remove().orElseThrow().tenant();
            if (!flavors.removeAccess(tx, flavor.id(), tenant)) {
                throw Failure.notFound(
                                "Flavor access not found for %s / %s combination.",
                                flavor.id(), tenant)
                        .as("FlavorAccessNotFound");
            }
        }
        return access(tx, flavor.id());
    }

    private Object access(Tx tx, String flavor) {
        return Map.of(
                "flavor_access",
                flavors.access(tx, flavor).stream()
                        .map(project -> Map.of("flavor_id", flavor, "tenant_id", project))
                        .toList());
    }

    private Flavor find(Call call, Tx tx) {
        String id = call.path("flavor_id");
        return flavors.find(tx, id)
                .filter(
                        flavor ->
                                call.caller().isAdmin()
                                        || call.caller()
                                                .project()
                                                .map(own -> flavors.mayUse(tx, flavor, own))
                                                .orElse(flavor.isPublic()))
                .orElseThrow(() -> notFound(id));
    }

    private static Map<String, Object> brief(Call call, Flavor flavor) {
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("id", flavor.id());
        view.put("name", flavor.name());
        view.put("links", Links.of(call, "flavors", flavor.id()));
        if (call.version().atLeast("2.55")) {
            view.put("description", flavor.description());
        }
        return view;
    }

    private static Map<String, Object> full(Call call, Flavor flavor) {
        Map<String, Object> view = brief(call, flavor);
        view.put("ram", flavor.ramMib());
        view.put("disk", flavor.diskGib());
        view.put(
                "swap",
                flavor.swapMib() == 0 && !call.version().atLeast("2.75")
                        ? ""
                        : (Object) flavor.swapMib());
        view.put("vcpus", flavor.vcpus());
        view.put("OS-FLV-EXT-DATA:ephemeral", flavor.ephemeralGib());
        view.put("os-flavor-access:is_public", flavor.isPublic());
        view.put("OS-FLV-DISABLED:disabled", false);
        view.put("rxtx_factor", flavor.rxtxFactor());
        if (call.version().atLeast("2.61")) {
            view.put("extra_specs", flavor.extraSpecs());
        }
        return view;
    }

    private static Failure noSpec(Call call) {
        return Failure.notFound(
                        "Flavor %s has no extra specs with key %s.",
                        call.path("flavor_id"), call.path("key"))
                .as("FlavorExtraSpecsNotFound");
    }

    private static Failure notFound(String id) {
        return Failure.notFound(
                        "Flavor %s could not be found.",
                        id.length() > 255 ? id.substring(0, 255) : id)
                .as("FlavorNotFound");
    }
}
