package cloud.welkin.network.api;

import cloud.welkin.database.Tx;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.id.ProjectId;
import cloud.welkin.network.api.NetworkBodies.NewSubnet;
import cloud.welkin.network.domain.Cidr;
import cloud.welkin.network.domain.Cutting;
import cloud.welkin.network.domain.Refusals;
import cloud.welkin.network.domain.SubnetPoolRow;
import cloud.welkin.network.store.SubnetPoolStore;
import java.math.BigInteger;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** Where the block of a new subnet comes from: the client, a subnet pool, or both. */
final class SubnetPools {
    private static final int USUAL_VERSION = 4;

    private final SubnetPoolStore store;

    SubnetPools(SubnetPoolStore store) {
        this.store = store;
    }

    /**
     * A block for a subnet.
     *
     * @param pool what it was cut of
     */
    record Block(Cidr cidr, Optional<UUID> pool) {}

    /** The block that the body asks for; its pool is locked, so that nobody else cuts the same. */
    Block block(Call call, Tx tx, NewSubnet body, ProjectId project) {
        Optional<Cidr> wanted = body.cidr().given().map(SubnetPools::cidr);
        Optional<Integer> length = body.prefixlen().given();
        Optional<SubnetPoolRow> pool = pool(call, tx, body, wanted);
        if (pool.isEmpty()) {
            if (length.isPresent()) {
                throw Refusals.bad(
                        "BadRequest",
                        "Bad subnets request: a subnetpool must be specified with a prefixlen.");
            }
            return new Block(
                    wanted.orElseThrow(
                            () ->
                                    Refusals.bad(
                                            "BadRequest",
                                            "Bad subnets request: a subnetpool must be specified in the"
                                                    + " absence of a cidr.")),
                    Optional.empty());
        }
        if (wanted.isPresent() && length.isPresent()) {
            throw Refusals.bad(
                    "BadRequest",
                    "Bad subnets request: cidr and prefixlen must not be supplied together.");
        }
        if (wanted.isEmpty() && body.allocationPools().given().isPresent()) {
            throw Refusals.bad(
                    "BadRequest",
                    "Bad subnets request: allocation_pools allowed only for specific subnet requests.");
        }
        return new Block(
                cut(tx, pool.get(), wanted, length, project), Optional.of(pool.get().id()));
    }

    private Optional<SubnetPoolRow> pool(Call call, Tx tx, NewSubnet body, Optional<Cidr> wanted) {
        boolean usual = body.useDefaultSubnetpool().orKeep(false);
        Optional<String> named = body.subnetpoolId().given();
        if (usual && named.isPresent()) {
            throw Refusals.bad(
                    "BadRequest",
                    "Bad subnets request: subnetpool_id and use_default_subnetpool cannot both be specified.");
        }
        int version = body.ipVersion().orKeep(wanted.map(Cidr::version).orElse(USUAL_VERSION));
        Optional<SubnetPoolRow> pool =
                usual
                        ? Optional.of(
                                store.lockDefault(tx, version)
                                        .orElseThrow(
                                                () ->
                                                        Refusals.bad(
                                                                "BadRequest",
                                                                "Bad subnets request: No default subnetpool found"
                                                                        + " for IPv%d.",
                                                                version)))
                        : named.map(id -> named(call, tx, id));
        pool.filter(found -> body.ipVersion().given().isPresent() && found.version() != version)
                .ifPresent(
                        found -> {
                            throw Refusals.bad(
                                    "BadRequest",
                                    "Bad subnets request: Cannot allocate IPv%d subnet from IPv%d subnet pool.",
                                    version,
                                    found.version());
                        });
        return pool;
    }

    private static SubnetPoolRow named(Call call, Tx tx, String id) {
        return SubnetPoolStore.LISTING
                .lock(tx, Texts.uuid("subnetpool_id", id))
                .filter(found -> call.allows("get_subnetpool", NetworkPolicy.of(found)))
                .orElseThrow(() -> Refusals.noSubnetPool(Texts.cut(id)));
    }

    private Cidr cut(
            Tx tx,
            SubnetPoolRow pool,
            Optional<Cidr> wanted,
            Optional<Integer> askedLength,
            ProjectId project) {
        int length = wanted.map(Cidr::prefix).or(() -> askedLength).orElse(pool.lengths().usual());
        if (length > pool.lengths().longest()) {
            throw Refusals.bad(
                    "MaxPrefixSubnetAllocationError",
                    "Unable to allocate subnet with prefix length %d, maximum allowed prefix is %d.",
                    length,
                    pool.lengths().longest());
        }
        if (length < pool.lengths().shortest()) {
            throw Refusals.bad(
                    "MinPrefixSubnetAllocationError",
                    "Unable to allocate subnet with prefix length %d, minimum allowed prefix is %d.",
                    length,
                    pool.lengths().shortest());
        }
        List<Cidr> taken = store.cut(tx, pool.id(), Optional.empty());
        Cidr block =
                wanted.map(
                                cidr ->
                                        Optional.of(cidr)
                                                .filter(
                                                        one ->
                                                                Cutting.isFree(
                                                                        pool.prefixes(),
                                                                        taken,
                                                                        one))
                                                .orElseThrow(
                                                        () ->
                                                                full(
                                                                        "Cannot allocate requested subnet from the"
                                                                                + " available set of prefixes")))
                        .or(() -> Cutting.next(pool.prefixes(), taken, length))
                        .orElseThrow(
                                () ->
                                        full(
                                                "Insufficient prefix space to allocate subnet size /"
                                                        + length));
        checkQuota(tx, pool, project, block);
        return block;
    }

    private void checkQuota(Tx tx, SubnetPoolRow pool, ProjectId project, Cidr block) {
        pool.quota()
                .ifPresent(
                        quota -> {
                            BigInteger used =
                                    store.cut(tx, pool.id(), Optional.of(project)).stream()
                                            .map(Cutting::units)
                                            .reduce(Cutting.units(block), BigInteger::add);
                            if (used.compareTo(BigInteger.valueOf(quota)) > 0) {
                                throw Refusals.conflict(
                                        "SubnetPoolQuotaExceeded",
                                        "Per-project subnet pool prefix quota exceeded.");
                            }
                        });
    }

    private static RuntimeException full(String reason) {
        return Refusals.conflict("SubnetAllocationError", "Failed to allocate subnet: %s.", reason);
    }

    private static Cidr cidr(String text) {
        return Cidr.parse(text)
                .filter(block -> text.contains("/"))
                .orElseThrow(
                        () ->
                                Refusals.wrong(
                                        "cidr",
                                        "'" + Texts.cut(text) + "' is not a valid IP subnet"));
    }
}
