package cloud.welkin.network.api;

import cloud.welkin.database.Tx;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Operation;
import cloud.welkin.kernel.api.OperationGroup;
import cloud.welkin.kernel.api.Reply;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.id.ProjectId;
import cloud.welkin.kernel.json.Field;
import cloud.welkin.kernel.validate.Between;
import cloud.welkin.kernel.validate.Items;
import cloud.welkin.kernel.validate.Length;
import cloud.welkin.network.api.Journal.Actor;
import cloud.welkin.network.api.Views.SubnetPoolView;
import cloud.welkin.network.domain.Cidr;
import cloud.welkin.network.domain.Cutting;
import cloud.welkin.network.domain.NetworkRow.Stamp;
import cloud.welkin.network.domain.Refusals;
import cloud.welkin.network.domain.SubnetPoolRow;
import cloud.welkin.network.domain.SubnetPoolRow.Lengths;
import cloud.welkin.network.store.SubnetPoolStore;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Subnet pools: Neutron's /subnetpools. */
final class SubnetPoolOperations implements OperationGroup {
    record CreatePool(NewPool subnetpool) {}

    record NewPool(
            @Length(max = 255) String name,
            @Length(max = 255) Field<String> description,
            Field<String> projectId,
            Field<String> tenantId,
            @Items(max = 1000) List<String> prefixes,
            @Between(min = 0, max = 128) Field<Integer> defaultPrefixlen,
            @Between(min = 0, max = 128) Field<Integer> minPrefixlen,
            @Between(min = 0, max = 128) Field<Integer> maxPrefixlen,
            @Between(min = 0, max = Integer.MAX_VALUE) Field<Integer> defaultQuota,
            Field<Boolean> shared,
            Field<Boolean> isDefault,
            Field<List<String>> tags) {}

    record UpdatePool(ChangedPool subnetpool) {}

    record ChangedPool(
            @Length(max = 255) Field<String> name,
            @Length(max = 255) Field<String> description,
            @Items(max = 1000) Field<List<String>> prefixes,
            @Between(min = 0, max = 128) Field<Integer> defaultPrefixlen,
            @Between(min = 0, max = 128) Field<Integer> minPrefixlen,
            @Between(min = 0, max = 128) Field<Integer> maxPrefixlen,
            @Between(min = 0, max = Integer.MAX_VALUE) Field<Integer> defaultQuota,
            Field<Boolean> isDefault) {}

    private final SubnetPoolStore store;
    private final Journal journal;

    SubnetPoolOperations(SubnetPoolStore store, Journal journal) {
        this.store = store;
        this.journal = journal;
    }

    @Override
    public List<Operation> operations() {
        return List.of(
                Operation.get("/subnetpools")
                        .policy("get_subnetpool")
                        .anyParam()
                        .replies(SubnetPoolView.class)
                        .doc("The subnet pools that the caller may see, by any attribute.")
                        .reads(this::list),
                Operation.post("/subnetpools")
                        .policyByHandler("create_subnetpool")
                        .body(CreatePool.class)
                        .replies(SubnetPoolView.class)
                        .doc("Makes a pool of blocks of which subnets are cut.")
                        .writes((call, tx, body) -> create(call, tx, body.subnetpool())),
                Operation.get("/subnetpools/{id}")
                        .policyByHandler("get_subnetpool")
                        .anyParam()
                        .replies(SubnetPoolView.class)
                        .doc("One subnet pool.")
                        .reads(
                                (call, tx) ->
                                        Lists.one(
                                                call,
                                                "subnetpool",
                                                Views.subnetPool(
                                                        SubnetPoolStore.LISTING
                                                                .find(tx, id(call))
                                                                .filter(
                                                                        pool ->
                                                                                call.may(
                                                                                        NetworkPolicy
                                                                                                .of(
                                                                                                        pool)))
                                                                .orElseThrow(() -> absent(call))))),
                Operation.put("/subnetpools/{id}")
                        .policyByHandler("update_subnetpool")
                        .body(UpdatePool.class)
                        .replies(SubnetPoolView.class)
                        .doc("Changes a pool; its blocks can only become more.")
                        .writes((call, tx, body) -> update(call, tx, body.subnetpool())),
                Operation.delete("/subnetpools/{id}")
                        .policyByHandler("delete_subnetpool")
                        .doc("Deletes a pool; refused while there are subnets of it.")
                        .writes((call, tx, none) -> delete(call, tx)));
    }

    private Object list(Call call, Tx tx) {
        var page =
                SubnetPoolStore.LISTING.page(
                        tx,
                        Lists.request(call.query()),
                        SubnetPoolStore.visible(Lists.visibility(call)));
        return Lists.reply(call, "subnetpools", page, Views::subnetPool, SubnetPoolRow::id);
    }

    private Object create(Call call, Tx tx, NewPool body) {
        ProjectId project = Texts.project(call.caller(), body.projectId(), body.tenantId());
        List<Cidr> prefixes = prefixes(body.prefixes());
        boolean four = prefixes.getFirst().version() == 4;
        int shortest = body.minPrefixlen().orKeep(four ? 8 : 64);
        Instant now = journal.now();
        SubnetPoolRow pool =
                new SubnetPoolRow(
                        UUID.randomUUID(),
                        project,
                        body.name(),
                        body.description().orKeep(""),
                        prefixes,
                        new Lengths(
                                body.defaultPrefixlen().orKeep(shortest),
                                shortest,
                                body.maxPrefixlen().orKeep(four ? 32 : 128)),
                        body.defaultQuota().given(),
                        body.shared().orKeep(false),
                        body.isDefault().orKeep(false),
                        Texts.tags(body.tags().orKeep(List.of())),
                        new Stamp(1, now, now));
        call.authorize(NetworkPolicy.of(pool));
        if (pool.shared()) {
            call.require("create_subnetpool:shared", NetworkPolicy.of(pool));
        }
        if (pool.isDefault()) {
            call.require("create_subnetpool:is_default", NetworkPolicy.of(pool));
        }
        check(pool);
        store.insert(tx, pool);
        tell(call, tx, "subnetpool.create.end", pool);
        journal.count(tx, project, Journal.SUBNET_POOL, 1);
        return Map.of("subnetpool", Views.subnetPool(pool));
    }

    private Object update(Call call, Tx tx, ChangedPool body) {
        SubnetPoolRow p = touchable(call, tx);
        if (body.isDefault().given().isPresent()) {
            call.require("update_subnetpool:is_default", NetworkPolicy.of(p));
        }
        Refusals.checkRevision(Lists.ifMatch(call), p.stamp().revision());
        List<Cidr> prefixes =
                body.prefixes().given().map(SubnetPoolOperations::prefixes).orElse(p.prefixes());
        if (!Cutting.covers(prefixes, p.prefixes())) {
            throw Refusals.bad(
                    "IllegalSubnetPoolPrefixUpdate",
                    "Illegal update to prefixes: Existing prefixes must be a subset of the new prefixes.");
        }
        SubnetPoolRow changed =
                new SubnetPoolRow(
                        p.id(),
                        p.project(),
                        body.name().orKeep(p.name()),
                        body.description().orKeep(p.description()),
                        prefixes,
                        new Lengths(
                                body.defaultPrefixlen().orKeep(p.lengths().usual()),
                                body.minPrefixlen().orKeep(p.lengths().shortest()),
                                body.maxPrefixlen().orKeep(p.lengths().longest())),
                        body.defaultQuota().over(p.quota()),
                        p.shared(),
                        body.isDefault().orKeep(p.isDefault()),
                        p.tags(),
                        p.stamp());
        check(changed);
        SubnetPoolRow updated = store.update(tx, changed, journal.now());
        tell(call, tx, "subnetpool.update.end", updated);
        return Map.of("subnetpool", Views.subnetPool(updated));
    }

    private Object delete(Call call, Tx tx) {
        SubnetPoolRow pool = touchable(call, tx);
        Refusals.checkRevision(Lists.ifMatch(call), pool.stamp().revision());
        store.delete(tx, pool.id());
        tell(call, tx, "subnetpool.delete.end", pool);
        journal.count(tx, pool.project(), Journal.SUBNET_POOL, -1);
        return Reply.empty();
    }

    private static List<Cidr> prefixes(List<String> texts) {
        List<Cidr> blocks =
                texts.stream()
                        .map(
                                text ->
                                        Cidr.parse(text)
                                                .orElseThrow(
                                                        () ->
                                                                Refusals.wrong(
                                                                        "prefixes",
                                                                        "'"
                                                                                + Texts.cut(text)
                                                                                + "' is not a valid IP"
                                                                                + " subnet")))
                        .toList();
        if (blocks.isEmpty()) {
            throw Refusals.bad("EmptySubnetPoolPrefixList", "Empty subnet pool prefix list.");
        }
        if (blocks.stream().map(Cidr::version).distinct().count() > 1) {
            throw Refusals.bad(
                    "PrefixVersionMismatch", "Cannot mix IPv4 and IPv6 prefixes in a subnet pool.");
        }
        return Cutting.compact(blocks);
    }

    private static void check(SubnetPoolRow pool) {
        Lengths lengths = pool.lengths();
        int bits = pool.version() == 4 ? 32 : 128;
        if (lengths.longest() > bits || (pool.version() == 4 && lengths.shortest() < 8)) {
            throw Refusals.bad(
                    "UnsupportedMinSubnetPoolPrefix",
                    "Prefix '%d' not supported in IPv%d pool.",
                    lengths.longest() > bits ? lengths.longest() : lengths.shortest(),
                    pool.version());
        }
        inOrder("min_prefixlen", lengths.shortest(), "max_prefixlen", lengths.longest());
        inOrder("min_prefixlen", lengths.shortest(), "default_prefixlen", lengths.usual());
        inOrder("default_prefixlen", lengths.usual(), "max_prefixlen", lengths.longest());
    }

    private static void inOrder(String less, int smaller, String more, int larger) {
        if (smaller > larger) {
            throw Refusals.bad(
                    "IllegalSubnetPoolPrefixBounds",
                    "Illegal prefix bounds: %s=%d, %s=%d.",
                    more,
                    larger,
                    less,
                    smaller);
        }
    }

    private static UUID id(Call call) {
        return call.pathUuid("id").orElseThrow(() -> absent(call));
    }

    private SubnetPoolRow touchable(Call call, Tx tx) {
        SubnetPoolRow pool =
                SubnetPoolStore.LISTING
                        .lock(tx, id(call))
                        .filter(found -> call.allows("get_subnetpool", NetworkPolicy.of(found)))
                        .orElseThrow(() -> absent(call));
        call.authorize(NetworkPolicy.of(pool));
        return pool;
    }

    private static Failure absent(Call call) {
        return Refusals.noSubnetPool(Texts.cut(call.path("id")));
    }

    /** The backbone knows nothing of pools. */
    private void tell(Call call, Tx tx, String type, SubnetPoolRow pool) {
        journal.told(
                tx,
                Actor.of(call),
                type,
                pool.project(),
                pool.id(),
                Map.of(
                        "subnetpool",
                        Map.of(
                                "id", pool.id(),
                                "name", pool.name(),
                                "tenant_id", pool.project().value(),
                                "prefixes",
                                        pool.prefixes().stream().map(Cidr::toString).toList())));
    }
}
