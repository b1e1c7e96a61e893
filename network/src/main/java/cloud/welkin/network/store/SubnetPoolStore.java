package cloud.welkin.network.store;

import static cloud.welkin.network.schema.Tables.SUBNET;
import static cloud.welkin.network.schema.Tables.SUBNET_POOL;

import cloud.welkin.database.Constraints;
import cloud.welkin.database.Tx;
import cloud.welkin.kernel.id.ProjectId;
import cloud.welkin.network.domain.Cidr;
import cloud.welkin.network.domain.Refusals;
import cloud.welkin.network.domain.SubnetPoolRow;
import cloud.welkin.network.domain.SubnetPoolRow.Lengths;
import cloud.welkin.network.schema.tables.records.SubnetPoolRecord;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jooq.Condition;
import org.jooq.Record;
import org.jooq.exception.IntegrityConstraintViolationException;
import org.jooq.impl.DSL;

/** Subnet pools in the database, and what is cut of them. */
public final class SubnetPoolStore {
    public static final Listing<SubnetPoolRow> LISTING =
            new Listing<>(SUBNET_POOL, SUBNET_POOL.ID, List.of(SUBNET_POOL), SubnetPoolStore::pool)
                    .text("name", SUBNET_POOL.NAME)
                    .text("description", SUBNET_POOL.DESCRIPTION)
                    .project(SUBNET_POOL.PROJECT_ID)
                    .number("ip_version", SUBNET_POOL.IP_VERSION)
                    .number("default_prefixlen", SUBNET_POOL.DEFAULT_PREFIXLEN)
                    .number("min_prefixlen", SUBNET_POOL.MIN_PREFIXLEN)
                    .number("max_prefixlen", SUBNET_POOL.MAX_PREFIXLEN)
                    .number("default_quota", SUBNET_POOL.DEFAULT_QUOTA)
                    .bool("shared", SUBNET_POOL.SHARED)
                    .bool("is_default", SUBNET_POOL.IS_DEFAULT)
                    .big("revision_number", SUBNET_POOL.REVISION)
                    .tags(SUBNET_POOL.TAGS);

    /** What the caller may see: its own pools, and those that are shared. */
    public static Condition visible(Visibility visibility) {
        return switch (visibility) {
            case Visibility.Everything all -> DSL.noCondition();
            case Visibility.Own own ->
                    visibility.of(SUBNET_POOL.PROJECT_ID).or(SUBNET_POOL.SHARED.eq(true));
        };
    }

    /** The default pool of an IP version, locked: who cuts of a pool is alone. */
    public Optional<SubnetPoolRow> lockDefault(Tx tx, int version) {
        return LISTING
                .where(tx, SUBNET_POOL.IS_DEFAULT.eq(true).and(SUBNET_POOL.IP_VERSION.eq(version)))
                .stream()
                .findFirst()
                .flatMap(pool -> LISTING.lock(tx, pool.id()));
    }

    public void insert(Tx tx, SubnetPoolRow pool) {
        try {
            SubnetPoolRecord row = new SubnetPoolRecord();
            row.setId(pool.id());
            row.setProjectId(pool.project().value());
            row.setIpVersion(pool.version());
            row.setCreatedAt(pool.stamp().createdAt());
            tx.sql().insertInto(SUBNET_POOL).set(fill(row, pool)).execute();
        } catch (IntegrityConstraintViolationException e) {
            throw refusal(e);
        }
    }

    /**
     * @return the row as it is now, with its new stamp
     */
    public SubnetPoolRow update(Tx tx, SubnetPoolRow pool, Instant now) {
        try {
            return tx.sql()
                    .update(SUBNET_POOL)
                    .set(fill(new SubnetPoolRecord(), pool))
                    .set(SUBNET_POOL.REVISION, SUBNET_POOL.REVISION.plus(1))
                    .set(SUBNET_POOL.UPDATED_AT, now)
                    .where(SUBNET_POOL.ID.eq(pool.id()))
                    .returning()
                    .fetchOptional(SubnetPoolStore::pool)
                    .orElseThrow(() -> Refusals.noSubnetPool(pool.id()));
        } catch (IntegrityConstraintViolationException e) {
            throw refusal(e);
        }
    }

    public void delete(Tx tx, UUID pool) {
        try {
            tx.sql().deleteFrom(SUBNET_POOL).where(SUBNET_POOL.ID.eq(pool)).execute();
        } catch (IntegrityConstraintViolationException e) {
            throw Refusals.bad(
                    "SubnetPoolDeleteError",
                    "Unable to delete subnet pool: Subnet pool has existing allocations.");
        }
    }

    /** What is cut of the pool: of one project, or by anybody. */
    public List<Cidr> cut(Tx tx, UUID pool, Optional<ProjectId> by) {
        return tx.sql()
                .select(SUBNET.CIDR)
                .from(SUBNET)
                .where(
                        SUBNET.SUBNETPOOL_ID.eq(pool),
                        by.map(project -> SUBNET.PROJECT_ID.eq(project.value()))
                                .orElse(DSL.noCondition()))
                .fetch(row -> Cidr.of(Rows.get(row, SUBNET.CIDR)));
    }

    private static RuntimeException refusal(IntegrityConstraintViolationException e) {
        return Constraints.violated(e).equals(Optional.of("subnet_pool_default"))
                ? Refusals.invalid("A default subnetpool for this IP family has already been set.")
                : e;
    }

    private static SubnetPoolRecord fill(SubnetPoolRecord row, SubnetPoolRow pool) {
        row.setName(pool.name());
        row.setDescription(pool.description());
        row.setPrefixes(Rows.texts(pool.prefixes().stream().map(Cidr::toString).toList()));
        row.setDefaultPrefixlen(pool.lengths().usual());
        row.setMinPrefixlen(pool.lengths().shortest());
        row.setMaxPrefixlen(pool.lengths().longest());
        row.setDefaultQuota(Rows.orNull(pool.quota()));
        row.setShared(pool.shared());
        row.setIsDefault(pool.isDefault());
        row.setTags(Rows.texts(pool.tags()));
        row.setUpdatedAt(pool.stamp().updatedAt());
        return row;
    }

    private static SubnetPoolRow pool(Record row) {
        return new SubnetPoolRow(
                Rows.get(row, SUBNET_POOL.ID),
                Rows.project(row, SUBNET_POOL.PROJECT_ID),
                Rows.get(row, SUBNET_POOL.NAME),
                Rows.get(row, SUBNET_POOL.DESCRIPTION),
                Rows.list(row, SUBNET_POOL.PREFIXES).stream().map(Cidr::of).toList(),
                new Lengths(
                        Rows.get(row, SUBNET_POOL.DEFAULT_PREFIXLEN),
                        Rows.get(row, SUBNET_POOL.MIN_PREFIXLEN),
                        Rows.get(row, SUBNET_POOL.MAX_PREFIXLEN)),
                Rows.maybe(row, SUBNET_POOL.DEFAULT_QUOTA),
                Rows.get(row, SUBNET_POOL.SHARED),
                Rows.get(row, SUBNET_POOL.IS_DEFAULT),
                Rows.list(row, SUBNET_POOL.TAGS),
                Rows.stamp(
                        row, SUBNET_POOL.REVISION, SUBNET_POOL.CREATED_AT, SUBNET_POOL.UPDATED_AT));
    }
}
