package cloud.welkin.network.api;

import cloud.welkin.database.Tx;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Operation;
import cloud.welkin.kernel.api.OperationGroup;
import cloud.welkin.kernel.api.Reply;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.policy.Target;
import cloud.welkin.kernel.validate.Items;
import cloud.welkin.network.domain.Refusals;
import cloud.welkin.network.store.NetworkStore;
import cloud.welkin.network.store.TagStore;
import cloud.welkin.network.store.TagStore.Kind;
import cloud.welkin.network.store.TagStore.Tagged;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** Tags of every kind of thing: Neutron's /{collection}/{id}/tags. */
final class TagOperations implements OperationGroup {
    record Tags(@Items(max = 50) List<String> tags) {}

    private final TagStore store;
    private final NetworkStore networks;
    private final Journal journal;

    TagOperations(TagStore store, NetworkStore networks, Journal journal) {
        this.store = store;
        this.networks = networks;
        this.journal = journal;
    }

    @Override
    public List<Operation> operations() {
        List<Operation> all = new ArrayList<>();
        for (Kind kind : Kind.values()) {
            all.addAll(of(kind));
        }
        return all;
    }

    private List<Operation> of(Kind kind) {
        String path = "/" + kind.collection() + "/{id}/tags";
        String get = "get_" + kind.rule();
        String update = "update_" + kind.rule();
        return List.of(
                Operation.get(path)
                        .policyByHandler(get)
                        .replies(Tags.class)
                        .doc("The tags of one of the " + kind.collection() + ".")
                        .reads((call, tx) -> new Tags(find(call, tx, kind, get).tags())),
                Operation.put(path)
                        .policyByHandler(update)
                        .body(Tags.class)
                        .replies(Tags.class)
                        .doc("Makes these the tags of one of the " + kind.collection() + ".")
                        .writes(
                                (call, tx, body) -> {
                                    Tagged thing = find(call, tx, kind, get);
                                    return new Tags(
                                            set(tx, kind, thing.id(), Texts.tags(body.tags())));
                                }),
                Operation.delete(path)
                        .policyByHandler(update)
                        .doc("Takes all tags from one of the " + kind.collection() + ".")
                        .writes(
                                (call, tx, none) -> {
                                    set(tx, kind, find(call, tx, kind, get).id(), List.of());
                                    return Reply.empty();
                                }),
                Operation.get(path + "/{tag}")
                        .policyByHandler(get)
                        .status(204)
                        .doc("Whether one of the " + kind.collection() + " has a tag: 204 or 404.")
                        .reads(
                                (call, tx) -> {
                                    requireTag(find(call, tx, kind, get), call.path("tag"));
                                    return Reply.empty();
                                }),
                Operation.put(path + "/{tag}")
                        .policyByHandler(update)
                        .status(201)
                        .doc("Adds a tag to one of the " + kind.collection() + ".")
                        .writes(
                                (call, tx, none) -> {
                                    Tagged thing = find(call, tx, kind, get);
                                    List<String> tags = new ArrayList<>(thing.tags());
                                    tags.add(Texts.tag(call.path("tag")));
                                    set(tx, kind, thing.id(), Texts.tags(tags));
                                    return Reply.empty();
                                }),
                Operation.delete(path + "/{tag}")
                        .policyByHandler(update)
                        .doc("Takes a tag from one of the " + kind.collection() + ".")
                        .writes(
                                (call, tx, none) -> {
                                    Tagged thing = find(call, tx, kind, get);
                                    requireTag(thing, call.path("tag"));
                                    List<String> tags = new ArrayList<>(thing.tags());
                                    tags.remove(call.path("tag"));
                                    set(tx, kind, thing.id(), tags);
                                    return Reply.empty();
                                }));
    }

    private List<String> set(Tx tx, Kind kind, UUID id, List<String> tags) {
        store.set(tx, kind, id, tags, journal.now());
        return tags;
    }

    private static void requireTag(Tagged thing, String tag) {
        if (!thing.tags().contains(tag)) {
            throw Refusals.missing("TagNotFound", "Tag", Texts.cut(tag));
        }
    }

    /** The thing of the path, if the caller may see it and do to it what it asks. */
    private Tagged find(Call call, Tx tx, Kind kind, String see) {
        Tagged thing =
                call.pathUuid("id")
                        .flatMap(id -> store.find(tx, kind, id))
                        .filter(found -> call.allows(see, target(tx, found)))
                        .orElseThrow(() -> absent(call, kind));
        call.authorize(target(tx, thing));
        return thing;
    }

    private Target target(Tx tx, Tagged thing) {
        return thing.network()
                .flatMap(network -> networks.find(tx, network))
                .map(network -> NetworkPolicy.of(thing.project(), network))
                .orElse(Target.ownedBy(thing.project()));
    }

    private static Failure absent(Call call, Kind kind) {
        return Refusals.missing(
                "TagResourceNotFound", kind.collection() + " resource", Texts.cut(call.path("id")));
    }
}
