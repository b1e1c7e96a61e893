package cloud.welkin.identity.store;

import static cloud.welkin.identity.schema.Tables.PROJECT;
import static cloud.welkin.identity.schema.Tables.PROJECT_LIMIT;
import static cloud.welkin.identity.schema.Tables.REGISTERED_LIMIT;

import cloud.welkin.database.Tx;
import cloud.welkin.identity.domain.Limit.Holder;
import cloud.welkin.identity.domain.Limit.Own;
import cloud.welkin.identity.domain.Limit.Registered;
import cloud.welkin.identity.domain.Limit.Resource;
import cloud.welkin.identity.schema.tables.records.RegisteredLimitRecord;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jooq.Condition;
import org.jooq.Record;
import org.jooq.SelectJoinStep;

/** Unified limits in the database. */
public final class LimitStore {
    /** What a list may be narrowed by; empty fields do not narrow. */
    public record Filter(
            Optional<String> service, Optional<String> region, Optional<String> resource) {
        private List<Condition> conditions() {
            List<Condition> conditions = new ArrayList<>();
            service.ifPresent(id -> conditions.add(REGISTERED_LIMIT.SERVICE_ID.eq(id)));
            region.ifPresent(id -> conditions.add(REGISTERED_LIMIT.REGION_ID.eq(id)));
            resource.ifPresent(name -> conditions.add(REGISTERED_LIMIT.RESOURCE_NAME.eq(name)));
            return conditions;
        }
    }

    /**
     * Whose limits a list shows; empty fields do not narrow.
     *
     * @param within the domain of the holders, itself included
     */
    public record Holders(
            Optional<String> project, Optional<String> domain, Optional<String> within) {}

    public List<Registered> registered(Tx tx, Filter filter) {
        return tx.sql()
                .selectFrom(REGISTERED_LIMIT)
                .where(filter.conditions())
                .orderBy(REGISTERED_LIMIT.ID)
                .fetch(LimitStore::registered);
    }

    public Optional<Registered> findRegistered(Tx tx, String id) {
        return tx.sql()
                .selectFrom(REGISTERED_LIMIT)
                .where(REGISTERED_LIMIT.ID.eq(id))
                .fetchOptional(LimitStore::registered);
    }

    /** The default of the resource, in exactly this region or in none. */
    public Optional<Registered> registeredOf(Tx tx, Resource resource) {
        return tx.sql()
                .selectFrom(REGISTERED_LIMIT)
                .where(
                        REGISTERED_LIMIT.SERVICE_ID.eq(resource.service()),
                        REGISTERED_LIMIT.RESOURCE_NAME.eq(resource.name()),
                        resource.region()
                                .map(REGISTERED_LIMIT.REGION_ID::eq)
                                .orElseGet(REGISTERED_LIMIT.REGION_ID::isNull))
                .fetchOptional(LimitStore::registered);
    }

    public List<Own> own(Tx tx, Filter filter, Holders holders) {
        List<Condition> conditions = filter.conditions();
        holders.project()
                .ifPresent(
                        id -> {
                            conditions.add(PROJECT_LIMIT.PROJECT_ID.eq(id));
                            conditions.add(PROJECT.IS_DOMAIN.isFalse());
                        });
        holders.domain()
                .ifPresent(
                        id -> {
                            conditions.add(PROJECT_LIMIT.PROJECT_ID.eq(id));
                            conditions.add(PROJECT.IS_DOMAIN.isTrue());
                        });
        holders.within()
                .ifPresent(id -> conditions.add(PROJECT.DOMAIN_ID.eq(id).or(PROJECT.ID.eq(id))));
        return ownLimits(tx)
                .where(conditions)
                .orderBy(PROJECT_LIMIT.ID)
                .fetch(LimitStore::ownLimit);
    }

    public Optional<Own> findOwn(Tx tx, String id) {
        return ownLimits(tx).where(PROJECT_LIMIT.ID.eq(id)).fetchOptional(LimitStore::ownLimit);
    }

    public Optional<Own> ownOf(Tx tx, String registered, String holder) {
        return ownLimits(tx)
                .where(
                        PROJECT_LIMIT.PROJECT_ID.eq(holder),
                        PROJECT_LIMIT.REGISTERED_LIMIT_ID.eq(registered))
                .fetchOptional(LimitStore::ownLimit);
    }

    /** The limits of a default's that are projects' or domains' own. */
    public List<Own> insteadOf(Tx tx, String registered) {
        return ownLimits(tx)
                .where(PROJECT_LIMIT.REGISTERED_LIMIT_ID.eq(registered))
                .orderBy(PROJECT_LIMIT.ID)
                .fetch(LimitStore::ownLimit);
    }

    /**
     * The limits of a project by the names of the resources, its own before the defaults and those
     * of the region before those of none.
     *
     * @param services the ids of one service: it may have several
     */
    public Map<String, Long> limits(
            Tx tx, List<String> services, String region, String project, List<String> resources) {
        Map<String, Long> limits = new HashMap<>();
        tx.sql()
                .select(
                        REGISTERED_LIMIT.RESOURCE_NAME,
                        REGISTERED_LIMIT.DEFAULT_LIMIT,
                        PROJECT_LIMIT.RESOURCE_LIMIT)
                .from(REGISTERED_LIMIT)
                .leftJoin(PROJECT_LIMIT)
                .on(
                        PROJECT_LIMIT.REGISTERED_LIMIT_ID.eq(REGISTERED_LIMIT.ID),
                        PROJECT_LIMIT.PROJECT_ID.eq(project))
                .where(
                        REGISTERED_LIMIT.SERVICE_ID.in(services),
                        REGISTERED_LIMIT.RESOURCE_NAME.in(resources),
                        REGISTERED_LIMIT
                                .REGION_ID
                                .eq(region)
                                .or(REGISTERED_LIMIT.REGION_ID.isNull()))
                .orderBy(REGISTERED_LIMIT.REGION_ID.asc().nullsFirst(), REGISTERED_LIMIT.ID)
                .forEach(
                        row ->
                                limits.put(
                                        row.value1(),
                                        Optional.ofNullable(row.value3()).orElseGet(row::value2)));
        return limits;
    }

    /** Writes the default, new or changed. */
    public void save(Tx tx, Registered limit) {
        RegisteredLimitRecord row = tx.sql().newRecord(REGISTERED_LIMIT);
        row.setId(limit.id());
        row.setServiceId(limit.resource().service());
        row.setRegionId(limit.resource().region().orElse(null));
        row.setResourceName(limit.resource().name());
        row.setDefaultLimit(limit.amount());
        row.setDescription(limit.description().orElse(null));
        tx.sql()
                .insertInto(REGISTERED_LIMIT)
                .set(row)
                .onConflict(REGISTERED_LIMIT.ID)
                .doUpdate()
                .set(row)
                .execute();
    }

    public void insert(Tx tx, Own limit) {
        tx.sql()
                .insertInto(PROJECT_LIMIT)
                .set(PROJECT_LIMIT.ID, limit.id())
                .set(PROJECT_LIMIT.REGISTERED_LIMIT_ID, limit.registered())
                .set(PROJECT_LIMIT.PROJECT_ID, limit.holder().id())
                .set(PROJECT_LIMIT.RESOURCE_LIMIT, limit.amount())
                .set(PROJECT_LIMIT.DESCRIPTION, limit.description().orElse(null))
                .execute();
    }

    public void update(Tx tx, Own limit) {
        tx.sql()
                .update(PROJECT_LIMIT)
                .set(PROJECT_LIMIT.RESOURCE_LIMIT, limit.amount())
                .set(PROJECT_LIMIT.DESCRIPTION, limit.description().orElse(null))
                .where(PROJECT_LIMIT.ID.eq(limit.id()))
                .execute();
    }

    public void deleteRegistered(Tx tx, String id) {
        tx.sql().deleteFrom(REGISTERED_LIMIT).where(REGISTERED_LIMIT.ID.eq(id)).execute();
    }

    public void deleteOwn(Tx tx, String id) {
        tx.sql().deleteFrom(PROJECT_LIMIT).where(PROJECT_LIMIT.ID.eq(id)).execute();
    }

    private static SelectJoinStep<Record> ownLimits(Tx tx) {
        return tx.sql()
                .select(PROJECT_LIMIT.fields())
                .select(
                        REGISTERED_LIMIT.SERVICE_ID,
                        REGISTERED_LIMIT.REGION_ID,
                        REGISTERED_LIMIT.RESOURCE_NAME,
                        PROJECT.IS_DOMAIN,
                        PROJECT.DOMAIN_ID)
                .from(PROJECT_LIMIT)
                .join(REGISTERED_LIMIT)
                .on(REGISTERED_LIMIT.ID.eq(PROJECT_LIMIT.REGISTERED_LIMIT_ID))
                .join(PROJECT)
                .on(PROJECT.ID.eq(PROJECT_LIMIT.PROJECT_ID));
    }

    private static Registered registered(RegisteredLimitRecord row) {
        return new Registered(
                row.getId(),
                new Resource(
                        row.getServiceId(),
                        Optional.ofNullable(row.getRegionId()),
                        row.getResourceName()),
                row.getDefaultLimit(),
                Optional.ofNullable(row.getDescription()));
    }

    private static Own ownLimit(Record row) {
        return new Own(
                row.get(PROJECT_LIMIT.ID),
                row.get(PROJECT_LIMIT.REGISTERED_LIMIT_ID),
                new Resource(
                        row.get(REGISTERED_LIMIT.SERVICE_ID),
                        Optional.ofNullable(row.get(REGISTERED_LIMIT.REGION_ID)),
                        row.get(REGISTERED_LIMIT.RESOURCE_NAME)),
                new Holder(
                        row.get(PROJECT_LIMIT.PROJECT_ID),
                        row.get(PROJECT.IS_DOMAIN),
                        row.get(PROJECT.DOMAIN_ID)),
                row.get(PROJECT_LIMIT.RESOURCE_LIMIT),
                Optional.ofNullable(row.get(PROJECT_LIMIT.DESCRIPTION)));
    }
}
