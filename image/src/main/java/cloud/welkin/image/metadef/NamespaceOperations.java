package cloud.welkin.image.metadef;

import cloud.welkin.database.Tx;
import cloud.welkin.image.domain.MetadefItem;
import cloud.welkin.image.domain.MetadefNamespace;
import cloud.welkin.image.domain.MetadefNamespace.Association;
import cloud.welkin.image.store.MetadefTable;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Operation;
import cloud.welkin.kernel.api.OperationGroup;
import cloud.welkin.kernel.api.Param;
import cloud.welkin.kernel.api.Query;
import cloud.welkin.kernel.api.Reply;
import cloud.welkin.kernel.failure.Failure;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Namespaces and the types of resources that they are for: /v2/metadefs/namespaces. */
public final class NamespaceOperations implements OperationGroup {
    private static final String PATH = "/metadefs/namespaces";
    private static final String ONE = PATH + "/{namespace}";
    private static final int LARGEST_PAGE = 1000;
    private static final int USUAL_PAGE = 25;
    private static final Set<String> FIELDS =
            Set.of(
                    "namespace",
                    "display_name",
                    "description",
                    "visibility",
                    "protected",
                    "owner",
                    "resource_type_associations",
                    "objects",
                    "properties",
                    "tags",
                    "self",
                    "schema",
                    "created_at",
                    "updated_at");

    private final MetadefTable table;
    private final MetadefAccess access;
    private final Clock clock;

    public NamespaceOperations(MetadefTable table, Clock clock) {
        this.table = table;
        this.access = new MetadefAccess(table);
        this.clock = clock;
    }

    @Override
    public List<Operation> operations() {
        return List.of(
                Operation.get(PATH)
                        .policy("get_metadef_namespaces")
                        .doc("Lists the namespaces that the caller sees.")
                        .params(
                                Param.integer("limit", "At most so many."),
                                Param.text("marker", "Those behind this one."),
                                Param.text("visibility", "public or private."),
                                Param.text("resource_types", "Those for these types."),
                                Param.text("sort_key", "created_at, updated_at or namespace."),
                                Param.text("sort_dir", "asc or desc."))
                        .anyParam()
                        .reads(this::list),
                Operation.post(PATH)
                        .policy("add_metadef_namespace")
                        .doc("Makes a namespace, and what is defined in it.")
                        .body(JsonNode.class)
                        .writes(this::create),
                Operation.get(ONE)
                        .policyByHandler("get_metadef_namespace")
                        .doc("Shows a namespace with all that is defined in it.")
                        .params(Param.text("resource_type", "With this type's prefix."))
                        .anyParam()
                        .reads((call, tx) -> whole(call, tx, access.namespace(call, tx))),
                Operation.put(ONE)
                        .policyByHandler("modify_metadef_namespace")
                        .doc("Changes a namespace.")
                        .body(JsonNode.class)
                        .writes(this::update),
                Operation.delete(ONE)
                        .policyByHandler("delete_metadef_namespace")
                        .doc("Deletes a namespace with all that is defined in it.")
                        .writes(
                                (call, tx, none) -> {
                                    table.delete(tx, access.open(call, tx).name());
                                    return Reply.empty();
                                }),
                Operation.get("/metadefs/resource_types")
                        .policy("list_metadef_resource_types")
                        .doc("Lists the types of resources.")
                        .reads((call, tx) -> types(tx)),
                Operation.get(ONE + "/resource_types")
                        .policyByHandler("get_metadef_resource_type")
                        .doc("Lists the types that a namespace is for.")
                        .reads(
                                (call, tx) ->
                                        Map.of(
                                                "resource_type_associations",
                                                table
                                                        .associations(
                                                                tx,
                                                                access.namespace(call, tx).name())
                                                        .stream()
                                                        .map(MetadefForm::view)
                                                        .toList())),
                Operation.post(ONE + "/resource_types")
                        .policyByHandler("add_metadef_resource_type_association")
                        .doc("Makes a namespace be for a type of resources.")
                        .body(JsonNode.class)
                        .writes(this::associate),
                Operation.delete(ONE + "/resource_types/{resource_type}")
                        .policyByHandler("remove_metadef_resource_type_association")
                        .doc("Makes a namespace no longer be for a type.")
                        .writes((call, tx, none) -> dissociate(call, tx)));
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }

    private Object list(Call call, Tx tx) {
        Query query = call.query();
        String sort = query.text("sort_key").orElse("created_at");
        String direction = query.text("sort_dir").orElse("desc");
        if (!Set.of("created_at", "updated_at", "namespace").contains(sort)
                || !direction.matches("asc|desc")) {
            throw Failure.badRequest("Invalid sort key or direction.");
        }
        query.text("visibility").ifPresent(NamespaceOperations::visibility);
        Optional<String> marker = query.text("marker");
        if (marker.filter(name -> table.find(tx, name).isEmpty()).isPresent()) {
            throw MetadefAccess.missing(marker.get());
        }
        int limit = query.integer("limit").map(n -> Math.min(n, LARGEST_PAGE)).orElse(USUAL_PAGE);
        List<MetadefNamespace> found =
                table.list(
                        tx,
                        new MetadefTable.Filter(
                                call.caller().isAdmin()
                                        ? Optional.empty()
                                        : Optional.of(
                                                call.caller()
                                                        .project()
                                                        .map(project -> project.value())
                                                        .orElse("")),
                                query.text("visibility"),
                                query.text("resource_types")
                                        .map(text -> List.of(text.split(",")))
                                        .orElse(List.of()),
                                sort,
                                direction.equals("desc"),
                                marker,
                                limit));
        Map<String, Object> view = new LinkedHashMap<>();
        view.put(
                "namespaces",
                found.stream()
                        .map(it -> MetadefForm.view(it, table.associations(tx, it.name())))
                        .toList());
        view.put("first", MetadefForm.ROOT);
        if (!found.isEmpty() && found.size() == limit) {
            view.put(
                    "next",
                    MetadefForm.ROOT
                            + "?limit="
                            + limit
                            + "&marker="
                            + URLEncoder.encode(found.getLast().name(), StandardCharsets.UTF_8));
        }
        view.put("schema", "/v2/schemas/metadefs/namespaces");
        return view;
    }

    private static String visibility(String word) {
        if (!word.matches("public|private")) {
            throw Failure.badRequest("The visibility of a namespace is public or private.");
        }
        return word;
    }

    private static JsonNode known(JsonNode body) {
        for (String field : MetadefForm.object(body).propertyNames()) {
            if (!FIELDS.contains(field)) {
                throw Failure.badRequest(
                        "Additional properties are not allowed ('%s' was unexpected)",
                        field.length() > 100 ? field.substring(0, 100) : field);
            }
        }
        return body;
    }

    private static boolean guarded(JsonNode body, boolean usual) {
        JsonNode value = body.path("protected");
        if (value.isMissingNode() || value.isNull()) {
            return usual;
        }
        if (!value.isBoolean()) {
            throw Failure.badRequest("The value of protected must be a boolean.");
        }
        return value.booleanValue();
    }

    private Object create(Call call, Tx tx, JsonNode body) {
        known(body);
        String owner =
                MetadefForm.text(body, "owner", 255)
                        .orElseGet(() -> call.caller().requireProject().value());
        MetadefNamespace namespace =
                new MetadefNamespace(
                        MetadefForm.name(body, "namespace"),
                        owner,
                        visibility(MetadefForm.text(body, "visibility", 20).orElse("private")),
                        guarded(body, false),
                        MetadefForm.text(body, "display_name", 80),
                        MetadefForm.description(body),
                        now(),
                        now());
        if (!table.insert(tx, namespace)) {
            throw taken(namespace.name());
        }
        for (JsonNode association : body.path("resource_type_associations")) {
            table.associate(tx, namespace.name(), association(association));
        }
        for (Map.Entry<String, JsonNode> property : body.path("properties").properties()) {
            define(
                    tx,
                    namespace,
                    MetadefItem.Kind.PROPERTY,
                    property.getKey(),
                    property.getValue());
        }
        for (JsonNode object : body.path("objects")) {
            define(
                    tx,
                    namespace,
                    MetadefItem.Kind.OBJECT,
                    MetadefForm.name(object, "name"),
                    object);
        }
        for (JsonNode tag : body.path("tags")) {
            define(tx, namespace, MetadefItem.Kind.TAG, MetadefForm.name(tag, "name"), tag);
        }
        return Reply.of(whole(call, tx, namespace))
                .header("Location", MetadefForm.ROOT + "/" + namespace.name());
    }

    private void define(
            Tx tx, MetadefNamespace namespace, MetadefItem.Kind kind, String name, JsonNode body) {
        MetadefItem item = new MetadefItem(kind, name, MetadefForm.item(kind, body), now(), now());
        if (name.length() > 80
                || name.indexOf('\0') >= 0
                || !table.insert(tx, namespace.name(), item)) {
            throw Failure.badRequest("The name of a %s is too long or there twice.", kind.word());
        }
    }

    private Object update(Call call, Tx tx, JsonNode body) {
        MetadefNamespace current = access.namespace(call, tx);
        known(body);
        MetadefNamespace changed =
                new MetadefNamespace(
                        MetadefForm.name(body, "namespace"),
                        MetadefForm.text(body, "owner", 255).orElse(current.owner()),
                        visibility(
                                MetadefForm.text(body, "visibility", 20)
                                        .orElse(current.visibility())),
                        guarded(body, current.guarded()),
                        MetadefForm.text(body, "display_name", 80),
                        MetadefForm.description(body),
                        current.createdAt(),
                        now());
        if (!table.update(tx, current.name(), changed)) {
            throw taken(changed.name());
        }
        return MetadefForm.view(changed, table.associations(tx, changed.name()));
    }

    private static Failure taken(String name) {
        return Failure.conflict("A metadata definition namespace=%s already exists.", name);
    }

    private Map<String, @Nullable Object> whole(Call call, Tx tx, MetadefNamespace namespace) {
        List<Association> associations = table.associations(tx, namespace.name());
        Map<String, @Nullable Object> view = MetadefForm.view(namespace, associations);
        String prefix =
                call.query()
                        .text("resource_type")
                        .flatMap(
                                type ->
                                        associations.stream()
                                                .filter(it -> it.type().equals(type))
                                                .findFirst())
                        .flatMap(Association::prefix)
                        .orElse("");
        for (MetadefItem.Kind kind : MetadefItem.Kind.values()) {
            List<MetadefItem> items = table.items(tx, namespace.name(), kind);
            if (items.isEmpty()) {
                continue;
            }
            if (kind == MetadefItem.Kind.PROPERTY) {
                Map<String, Object> properties = new LinkedHashMap<>();
                items.forEach(item -> properties.put(prefix + item.name(), item.body()));
                view.put(kind.plural(), properties);
            } else {
                view.put(
                        kind.plural(),
                        items.stream().map(item -> MetadefForm.view(namespace, item)).toList());
            }
        }
        return view;
    }

    private Object types(Tx tx) {
        return Map.of(
                "resource_types",
                table.types(tx).entrySet().stream()
                        .map(
                                it ->
                                        Map.of(
                                                "name",
                                                it.getKey(),
                                                "created_at",
                                                cloud.welkin.kernel.api.Times.seconds(
                                                        it.getValue().getFirst()),
                                                "updated_at",
                                                cloud.welkin.kernel.api.Times.seconds(
                                                        it.getValue().getLast())))
                        .toList());
    }

    private Association association(JsonNode body) {
        return new Association(
                MetadefForm.name(MetadefForm.object(body), "name"),
                MetadefForm.text(body, "prefix", 80),
                MetadefForm.text(body, "properties_target", 80),
                now(),
                now());
    }

    private Object associate(Call call, Tx tx, JsonNode body) {
        MetadefNamespace namespace = access.namespace(call, tx);
        Association association = association(body);
        if (!table.associate(tx, namespace.name(), association)) {
            throw Failure.conflict(
                    "The metadata definition resource-type association of resource-type=%s to"
                            + " namespace=%s, already exists.",
                    association.type(), namespace.name());
        }
        return MetadefForm.view(association);
    }

    private Object dissociate(Call call, Tx tx) {
        MetadefNamespace namespace = access.open(call, tx);
        String type = call.path("resource_type");
        if (!table.dissociate(tx, namespace.name(), type)) {
            throw Failure.notFound(
                    "The metadata definition resource-type association of resource-type=%s to"
                            + " namespace=%s, was not found.",
                    type, namespace.name());
        }
        return Reply.empty();
    }
}
