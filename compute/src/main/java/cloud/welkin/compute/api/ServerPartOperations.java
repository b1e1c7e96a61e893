package cloud.welkin.compute.api;

import cloud.welkin.compute.domain.Server;
import cloud.welkin.compute.store.Rows;
import cloud.welkin.compute.store.ServerStore;
import cloud.welkin.compute.work.ComputeQuota;
import cloud.welkin.database.Tx;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Operation;
import cloud.welkin.kernel.api.OperationGroup;
import cloud.welkin.kernel.api.Reply;
import cloud.welkin.kernel.failure.Failure;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.util.RawValue;

/** Parts of a server that are only words: metadata, tags, addresses. */
final class ServerPartOperations implements OperationGroup {
    private static final String METADATA = "/servers/{server_id}/metadata";
    private static final String TAGS = "/servers/{server_id}/tags";
    private static final String M = ComputePolicy.P + "server-metadata:";
    private static final String T = ComputePolicy.P + "os-server-tags:";

    private final ServerStore servers;
    private final ServerAccess access;
    private final ComputeQuota quota;

    ServerPartOperations(ServerStore servers, ServerAccess access, ComputeQuota quota) {
        this.servers = servers;
        this.access = access;
        this.quota = quota;
    }

    record MetadataBody(Map<String, String> metadata) {}

    record MetaBody(Map<String, String> meta) {}

    record TagsBody(List<String> tags) {}

    @Override
    public List<Operation> operations() {
        return List.of(
                Operation.get(METADATA)
                        .policyByHandler(M + "index")
                        .doc("A server's metadata.")
                        .anyParam()
                        .reads(
                                (call, tx) ->
                                        Map.of(
                                                "metadata",
                                                new RawValue(
                                                        access.find(call, tx).metadataJson()))),
                Operation.post(METADATA)
                        .policyByHandler(M + "create")
                        .doc("Adds to a server's metadata.")
                        .body(MetadataBody.class)
                        .status(200)
                        .writes((call, tx, body) -> metadata(call, tx, body.metadata(), true)),
                Operation.put(METADATA)
                        .policyByHandler(M + "update_all")
                        .doc("Replaces a server's metadata.")
                        .body(MetadataBody.class)
                        .writes((call, tx, body) -> metadata(call, tx, body.metadata(), false)),
                Operation.get(METADATA + "/{key}")
                        .policyByHandler(M + "show")
                        .doc("One item of a server's metadata.")
                        .anyParam()
                        .reads(
                                (call, tx) -> {
                                    String key = call.path("key");
                                    String value =
                                            Rows.texts(access.find(call, tx).metadataJson())
                                                    .get(key);
                                    if (value == null) {
                                        throw noItem();
                                    }
                                    return Map.of("meta", Map.of(key, value));
                                }),
                Operation.put(METADATA + "/{key}")
                        .policyByHandler(M + "update")
                        .doc("Sets one item of a server's metadata.")
                        .body(MetaBody.class)
                        .writes(this::setItem),
                Operation.delete(METADATA + "/{key}")
                        .policyByHandler(M + "delete")
                        .doc("Removes one item of a server's metadata.")
                        .writes(this::deleteItem),
                Operation.get(TAGS)
                        .policyByHandler(T + "index")
                        .doc("A server's tags.")
                        .since("2.26")
                        .anyParam()
                        .reads((call, tx) -> Map.of("tags", access.find(call, tx).tags())),
                Operation.put(TAGS)
                        .policyByHandler(T + "update_all")
                        .doc("Replaces a server's tags.")
                        .since("2.26")
                        .body(TagsBody.class)
                        .writes(
                                (call, tx, body) -> {
                                    List<String> tags = setTags(call, tx, body.tags());
                                    return Map.of("tags", tags);
                                }),
                Operation.delete(TAGS)
                        .policyByHandler(T + "delete_all")
                        .doc("Removes all of a server's tags.")
                        .since("2.26")
                        .writes(
                                (call, tx, body) -> {
                                    setTags(call, tx, List.of());
                                    return Reply.empty();
                                }),
                Operation.get(TAGS + "/{tag}")
                        .policyByHandler(T + "show")
                        .doc("Whether a server has a tag.")
                        .since("2.26")
                        .status(204)
                        .anyParam()
                        .reads(
                                (call, tx) -> {
                                    hasTag(access.find(call, tx), call.path("tag"));
                                    return Reply.empty();
                                }),
                Operation.put(TAGS + "/{tag}")
                        .policyByHandler(T + "update")
                        .doc("Gives a server a tag: 201 when it is new, 204 when it had it.")
                        .since("2.26")
                        .writes(this::addTag),
                Operation.delete(TAGS + "/{tag}")
                        .policyByHandler(T + "delete")
                        .doc("Takes a tag from a server.")
                        .since("2.26")
                        .writes(
                                (call, tx, body) -> {
                                    Server server = access.lock(call, tx);
                                    hasTag(server, call.path("tag"));
                                    List<String> tags = new ArrayList<>(server.tags());
                                    tags.remove(call.path("tag"));
                                    servers.setTags(tx, server.id(), tags, access.ask(call).now());
                                    return Reply.empty();
                                }),
                Operation.get("/servers/{server_id}/ips")
                        .policyByHandler(ComputePolicy.P + "ips:index")
                        .doc("A server's addresses by network.")
                        .anyParam()
                        .reads(
                                (call, tx) ->
                                        Map.of(
                                                "addresses",
                                                ServerView.addresses(access.find(call, tx)))),
                Operation.get("/servers/{server_id}/ips/{network}")
                        .policyByHandler(ComputePolicy.P + "ips:show")
                        .doc("A server's addresses in one network.")
                        .anyParam()
                        .reads(
                                (call, tx) -> {
                                    JsonNode all = ServerView.addresses(access.find(call, tx));
                                    JsonNode one = all.get(call.path("network"));
                                    if (one == null) {
                                        throw Failure.notFound(
                                                "Instance is not a member of specified network");
                                    }
                                    return Map.of(call.path("network"), one);
                                }));
    }

    private Object metadata(Call call, Tx tx, Map<String, String> given, boolean add) {
        MetadataRules.check(given);
        Server server = access.lock(call, tx);
        Map<String, String> all = new TreeMap<>(add ? Rows.texts(server.metadataJson()) : Map.of());
        all.putAll(given);
        save(call, tx, server, all);
        return Map.of("metadata", all);
    }

    private Object setItem(Call call, Tx tx, MetaBody body) {
        String key = call.path("key");
        MetadataRules.check(body.meta());
        if (body.meta().size() != 1 || !body.meta().containsKey(key)) {
            throw Failure.badRequest("Request body and URI mismatch");
        }
        Server server = access.lock(call, tx);
        Map<String, String> all = new TreeMap<>(Rows.texts(server.metadataJson()));
        all.putAll(body.meta());
        save(call, tx, server, all);
        return Map.of("meta", body.meta());
    }

    private Object deleteItem(Call call, Tx tx, Object nothing) {
        Server server = access.lock(call, tx);
        Map<String, String> all = new TreeMap<>(Rows.texts(server.metadataJson()));
        if (all.remove(call.path("key")) == null) {
            throw noItem();
        }
        save(call, tx, server, all);
        return Reply.empty();
    }

    private void save(Call call, Tx tx, Server server, Map<String, String> all) {
        quota.checkMetadata(tx, server.project(), all.size());
        servers.setMetadata(tx, server.id(), all, access.ask(call).now());
    }

    private List<String> setTags(Call call, Tx tx, List<String> given) {
        given.forEach(TagRules::check);
        List<String> tags = List.copyOf(new LinkedHashSet<>(given));
        TagRules.checkCount(tags);
        Server server = access.lock(call, tx);
        servers.setTags(tx, server.id(), tags, access.ask(call).now());
        return tags;
    }

    private Object addTag(Call call, Tx tx, Object nothing) {
        String tag = call.path("tag");
        TagRules.check(tag);
        Server server = access.lock(call, tx);
        if (server.tags().contains(tag)) {
            return Reply.empty().status(204);
        }
        Set<String> tags = new LinkedHashSet<>(server.tags());
        tags.add(tag);
        TagRules.checkCount(List.copyOf(tags));
        servers.setTags(tx, server.id(), List.copyOf(tags), access.ask(call).now());
        return Reply.empty().status(201).header("Location", call.origin() + call.rawPath());
    }

    private static void hasTag(Server server, String tag) {
        if (!server.tags().contains(tag)) {
            throw Failure.notFound("Server %s has no tag '%s'", server.id(), tag)
                    .as("InstanceTagNotFound");
        }
    }

    private static Failure noItem() {
        return Failure.notFound("Metadata item was not found").as("InstanceMetadataNotFound");
    }
}
