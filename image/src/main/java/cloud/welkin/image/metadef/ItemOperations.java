package cloud.welkin.image.metadef;

import cloud.welkin.database.Tx;
import cloud.welkin.image.domain.MetadefItem;
import cloud.welkin.image.domain.MetadefItem.Kind;
import cloud.welkin.image.domain.MetadefNamespace;
import cloud.welkin.image.store.MetadefTable;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Operation;
import cloud.welkin.kernel.api.OperationGroup;
import cloud.welkin.kernel.api.Param;
import cloud.welkin.kernel.api.Reply;
import cloud.welkin.kernel.failure.Failure;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** What is defined in a namespace: its objects, properties and tags. */
public final class ItemOperations implements OperationGroup {
    private static final String ROOT = "/metadefs/namespaces/{namespace}/";

    private final MetadefTable table;
    private final MetadefAccess access;
    private final Clock clock;

    public ItemOperations(MetadefTable table, Clock clock) {
        this.table = table;
        this.access = new MetadefAccess(table);
        this.clock = clock;
    }

    @Override
    public List<Operation> operations() {
        List<Operation> operations = new ArrayList<>();
        for (Kind kind : Kind.values()) {
            declare(operations, kind);
        }
        operations.add(
                Operation.post(ROOT + "tags/{name}")
                        .policyByHandler("add_metadef_tag")
                        .doc("Defines a tag.")
                        .writes(
                                (call, tx, none) ->
                                        create(call, tx, Kind.TAG, call.path("name"), Map.of())));
        return operations;
    }

    private void declare(List<Operation> operations, Kind kind) {
        String path = ROOT + kind.plural();
        String word = kind.word();
        String deletes =
                switch (kind) {
                    case OBJECT -> "delete_metadef_object";
                    case PROPERTY -> "remove_metadef_property";
                    case TAG -> "delete_metadef_tag";
                };
        operations.add(
                Operation.get(path)
                        .policyByHandler("get_metadef_" + kind.plural())
                        .doc("Lists the " + kind.plural() + " of a namespace.")
                        .params(
                                Param.integer("limit", "At most so many."),
                                Param.text("marker", "Those behind this one."))
                        .anyParam()
                        .reads((call, tx) -> list(call, tx, kind)));
        operations.add(
                kind == Kind.TAG
                        ? Operation.post(path)
                                .policyByHandler("add_metadef_tags")
                                .doc("Replaces the tags, or adds to them.")
                                .body(JsonNode.class)
                                .writes(this::createTags)
                        : Operation.post(path)
                                .policyByHandler("add_metadef_" + word)
                                .doc("Defines one of the " + kind.plural() + ".")
                                .body(JsonNode.class)
                                .writes(
                                        (call, tx, body) ->
                                                create(
                                                        call,
                                                        tx,
                                                        kind,
                                                        MetadefForm.name(
                                                                MetadefForm.object(body), "name"),
                                                        MetadefForm.item(kind, body))));
        operations.add(
                Operation.delete(path)
                        .policyByHandler(kind == Kind.TAG ? "delete_metadef_tags" : deletes)
                        .doc("Deletes all " + kind.plural() + " of a namespace.")
                        .writes(
                                (call, tx, none) -> {
                                    table.deleteAll(tx, access.open(call, tx).name(), kind);
                                    return Reply.empty();
                                }));
        operations.add(
                Operation.get(path + "/{name}")
                        .policyByHandler("get_metadef_" + word)
                        .doc("Shows one of the " + kind.plural() + ".")
                        .anyParam()
                        .reads(
                                (call, tx) -> {
                                    MetadefNamespace namespace = access.namespace(call, tx);
                                    return MetadefForm.view(
                                            namespace, item(call, tx, namespace, kind));
                                }));
        operations.add(
                Operation.put(path + "/{name}")
                        .policyByHandler("modify_metadef_" + word)
                        .doc("Changes one of the " + kind.plural() + ".")
                        .body(JsonNode.class)
                        .writes((call, tx, body) -> update(call, tx, kind, body)));
        operations.add(
                Operation.delete(path + "/{name}")
                        .policyByHandler(deletes)
                        .doc("Deletes one of the " + kind.plural() + ".")
                        .writes(
                                (call, tx, none) -> {
                                    MetadefNamespace namespace = access.open(call, tx);
                                    MetadefItem item = item(call, tx, namespace, kind);
                                    table.delete(tx, namespace.name(), kind, item.name());
                                    return Reply.empty();
                                }));
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }

    private Object list(Call call, Tx tx, Kind kind) {
        MetadefNamespace namespace = access.namespace(call, tx);
        List<MetadefItem> items = table.items(tx, namespace.name(), kind);
        if (kind == Kind.PROPERTY) {
            Map<String, Object> properties = new LinkedHashMap<>();
            items.forEach(item -> properties.put(item.name(), item.body()));
            return Map.of(kind.plural(), properties);
        }
        Optional<String> marker = call.query().text("marker");
        String path = MetadefForm.ROOT + "/" + namespace.name() + "/" + kind.plural();
        return Map.of(
                kind.plural(),
                items.stream()
                        .filter(it -> marker.map(m -> it.name().compareTo(m) > 0).orElse(true))
                        .limit(call.query().integer("limit").orElse(Integer.MAX_VALUE))
                        .map(item -> MetadefForm.view(namespace, item))
                        .toList(),
                "first",
                path,
                "schema",
                "/v2/schemas/metadefs/" + kind.plural());
    }

    private Object create(Call call, Tx tx, Kind kind, String name, Map<String, JsonNode> body) {
        MetadefNamespace namespace = access.namespace(call, tx);
        if (name.length() > 80 || name.isBlank() || name.indexOf('\0') >= 0) {
            throw Failure.badRequest("A name has 1 to 80 characters.");
        }
        MetadefItem item = new MetadefItem(kind, name, body, now(), now());
        if (!table.insert(tx, namespace.name(), item)) {
            throw taken(kind, name, namespace);
        }
        return MetadefForm.view(namespace, item);
    }

    private Object createTags(Call call, Tx tx, JsonNode body) {
        MetadefNamespace namespace = access.namespace(call, tx);
        if (!MetadefForm.object(body).path("tags").isArray() || body.size() != 1) {
            throw Failure.badRequest("The request body must have a list of tags.");
        }
        boolean adds =
                call.header("X-OpenStack-Append")
                        .filter(text -> text.equalsIgnoreCase("true"))
                        .isPresent();
        if (!adds) {
            table.deleteAll(tx, namespace.name(), Kind.TAG);
        }
        for (JsonNode tag : body.path("tags")) {
            String name = MetadefForm.name(MetadefForm.object(tag), "name");
            MetadefItem item =
                    new MetadefItem(Kind.TAG, name, MetadefForm.item(Kind.TAG, tag), now(), now());
            if (!table.insert(tx, namespace.name(), item)) {
                throw taken(Kind.TAG, name, namespace);
            }
        }
        return Map.of(
                "tags",
                table.items(tx, namespace.name(), Kind.TAG).stream()
                        .map(item -> MetadefForm.view(namespace, item))
                        .toList());
    }

    private Object update(Call call, Tx tx, Kind kind, JsonNode body) {
        MetadefNamespace namespace = access.namespace(call, tx);
        MetadefItem current = item(call, tx, namespace, kind);
        MetadefItem changed =
                new MetadefItem(
                        kind,
                        MetadefForm.name(MetadefForm.object(body), "name"),
                        MetadefForm.item(kind, body),
                        current.createdAt(),
                        now());
        if (!table.update(tx, namespace.name(), current.name(), changed)) {
            throw taken(kind, changed.name(), namespace);
        }
        return MetadefForm.view(namespace, changed);
    }

    private MetadefItem item(Call call, Tx tx, MetadefNamespace namespace, Kind kind) {
        String name = call.path("name");
        return table.item(tx, namespace.name(), kind, name)
                .orElseThrow(
                        () ->
                                Failure.notFound(
                                        "The metadata definition %s with name=%s was not found in"
                                                + " namespace=%s.",
                                        kind.word(), name, namespace.name()));
    }

    private static Failure taken(Kind kind, String name, MetadefNamespace namespace) {
        return Failure.conflict(
                "A metadata definition %s with name=%s already exists in namespace=%s.",
                kind.word(), name, namespace.name());
    }
}
