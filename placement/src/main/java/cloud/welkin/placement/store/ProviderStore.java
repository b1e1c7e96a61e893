package cloud.welkin.placement.store;

import static cloud.welkin.placement.schema.Tables.ALLOCATION;
import static cloud.welkin.placement.schema.Tables.CONSUMER;
import static cloud.welkin.placement.schema.Tables.INVENTORY;
import static cloud.welkin.placement.schema.Tables.PROVIDER;

import cloud.welkin.database.Tx;
import cloud.welkin.kernel.id.ProjectId;
import cloud.welkin.kernel.id.UserId;
import cloud.welkin.placement.Allocations.Inventory;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.jooq.Condition;
import org.jooq.impl.DSL;

/** Resource providers, their inventories and who uses them, in the database. */
public final class ProviderStore {
    /** A provider: in this cloud, a host. */
    public record Provider(UUID id, String name, long generation) {}

    /** How much there is of a resource class, and how much of it is used. */
    public record Stock(Inventory inventory, long used) {}

    /** What one consumer uses of one provider. */
    public record Use(UUID consumer, UUID provider, String resourceClass, long used) {}

    /** Who uses: a server. */
    public record Consumer(UUID id, String project, String user, long generation) {}

    public Optional<Provider> find(Tx tx, UUID id) {
        return tx.sql()
                .selectFrom(PROVIDER)
                .where(PROVIDER.ID.eq(id))
                .fetchOptional(
                        row -> new Provider(row.getId(), row.getName(), row.getGeneration()));
    }

    public List<Provider> list(Tx tx, Optional<String> name, Optional<UUID> id) {
        List<Condition> conditions = new ArrayList<>();
        name.ifPresent(text -> conditions.add(PROVIDER.NAME.eq(text)));
        id.ifPresent(uuid -> conditions.add(PROVIDER.ID.eq(uuid)));
        return tx.sql()
                .selectFrom(PROVIDER)
                .where(conditions)
                .orderBy(PROVIDER.NAME)
                .fetch(row -> new Provider(row.getId(), row.getName(), row.getGeneration()));
    }

    /**
     * Makes the provider and its inventories what they shall be; its generation grows only if that
     * is a change.
     */
    public UUID provide(Tx tx, String name, Map<String, Inventory> inventories) {
        UUID id =
                tx.sql()
                        .insertInto(PROVIDER, PROVIDER.ID, PROVIDER.NAME)
                        .values(UUID.randomUUID(), name)
                        .onConflict(PROVIDER.NAME)
                        .doUpdate()
                        .set(PROVIDER.NAME, name)
                        .returning(PROVIDER.ID)
                        .fetchSingle(PROVIDER.ID);
        int changed = 0;
        for (Map.Entry<String, Inventory> entry : new TreeMap<>(inventories).entrySet()) {
            Inventory inventory = entry.getValue();
            changed +=
                    tx.sql()
                            .insertInto(
                                    INVENTORY,
                                    INVENTORY.PROVIDER_ID,
                                    INVENTORY.RESOURCE_CLASS,
                                    INVENTORY.TOTAL,
                                    INVENTORY.RESERVED,
                                    INVENTORY.RATIO)
                            .values(
                                    id,
                                    entry.getKey(),
                                    inventory.total(),
                                    inventory.reserved(),
                                    inventory.ratio())
                            .onConflict(INVENTORY.PROVIDER_ID, INVENTORY.RESOURCE_CLASS)
                            .doUpdate()
                            .set(INVENTORY.TOTAL, inventory.total())
                            .set(INVENTORY.RESERVED, inventory.reserved())
                            .set(INVENTORY.RATIO, inventory.ratio())
                            .where(
                                    DSL.row(INVENTORY.TOTAL, INVENTORY.RESERVED, INVENTORY.RATIO)
                                            .ne(
                                                    DSL.row(
                                                            inventory.total(),
                                                            inventory.reserved(),
                                                            inventory.ratio())))
                            .execute();
        }
        if (changed > 0) {
            touch(tx, id);
        }
        return id;
    }

    public Map<String, Stock> stocks(Tx tx, UUID provider) {
        Map<String, Stock> stocks = new LinkedHashMap<>();
        tx.sql()
                .selectFrom(INVENTORY)
                .where(INVENTORY.PROVIDER_ID.eq(provider))
                .orderBy(INVENTORY.RESOURCE_CLASS)
                .forEach(
                        row ->
                                stocks.put(
                                        row.getResourceClass(),
                                        new Stock(
                                                new Inventory(
                                                        row.getTotal(),
                                                        row.getReserved(),
                                                        row.getRatio()),
                                                row.getUsed())));
        return stocks;
    }

    /** Names of the providers that have room for all of it, those with the most left first. */
    public List<String> candidates(Tx tx, Map<String, Long> resources, int limit) {
        Condition room = DSL.falseCondition();
        for (Map.Entry<String, Long> wanted : resources.entrySet()) {
            room =
                    room.or(
                            INVENTORY
                                    .RESOURCE_CLASS
                                    .eq(wanted.getKey())
                                    .and(hasRoom(wanted.getValue())));
        }
        // Fractions, so that a host short of any one class counts as full, however much it has of
        // the others.
        var left =
                DSL.min(
                        DSL.val(1.0)
                                .minus(
                                        INVENTORY
                                                .USED
                                                .cast(Double.class)
                                                .div(
                                                        DSL.greatest(
                                                                DSL.val(1.0),
                                                                capacity().cast(Double.class)))));
        return tx.sql()
                .select(PROVIDER.NAME)
                .from(INVENTORY)
                .join(PROVIDER)
                .on(PROVIDER.ID.eq(INVENTORY.PROVIDER_ID))
                .where(room)
                .groupBy(PROVIDER.NAME)
                .having(DSL.count().eq(resources.size()))
                .orderBy(left.desc(), PROVIDER.NAME)
                .limit(limit)
                .fetch(PROVIDER.NAME);
    }

    /**
     * Claims the resources; false, with nothing changed that outlives a savepoint, when any of them
     * has run out. The classes are taken in the order of their names, so that two claims never wait
     * for each other.
     */
    public boolean claim(
            Tx tx,
            UUID consumer,
            String host,
            Map<String, Long> resources,
            ProjectId project,
            UserId user) {
        UUID provider =
                tx.sql()
                        .select(PROVIDER.ID)
                        .from(PROVIDER)
                        .where(PROVIDER.NAME.eq(host))
                        .fetchOptional(PROVIDER.ID)
                        .orElse(null);
        if (provider == null) {
            return false;
        }
        Map<String, Long> taken = new LinkedHashMap<>();
        for (Map.Entry<String, Long> wanted : new TreeMap<>(resources).entrySet()) {
            int rows =
                    tx.sql()
                            .update(INVENTORY)
                            .set(INVENTORY.USED, INVENTORY.USED.plus(wanted.getValue()))
                            .where(
                                    INVENTORY.PROVIDER_ID.eq(provider),
                                    INVENTORY.RESOURCE_CLASS.eq(wanted.getKey()),
                                    hasRoom(wanted.getValue()))
                            .execute();
            if (rows == 0) {
                taken.forEach(
                        (resourceClass, amount) -> giveBack(tx, provider, resourceClass, amount));
                return false;
            }
            taken.put(wanted.getKey(), wanted.getValue());
        }
        tx.sql()
                .insertInto(CONSUMER, CONSUMER.ID, CONSUMER.PROJECT_ID, CONSUMER.USER_ID)
                .values(consumer, project.value(), user.value())
                .onConflictDoNothing()
                .execute();
        taken.forEach(
                (resourceClass, amount) ->
                        tx.sql()
                                .insertInto(ALLOCATION)
                                .set(ALLOCATION.CONSUMER_ID, consumer)
                                .set(ALLOCATION.PROVIDER_ID, provider)
                                .set(ALLOCATION.RESOURCE_CLASS, resourceClass)
                                .set(ALLOCATION.USED, amount)
                                .execute());
        return true;
    }

    public void release(Tx tx, UUID consumer) {
        uses(tx, Optional.of(consumer), Optional.empty())
                .forEach(use -> giveBack(tx, use.provider(), use.resourceClass(), use.used()));
        tx.sql().deleteFrom(CONSUMER).where(CONSUMER.ID.eq(consumer)).execute();
    }

    /** In the order of classes, as claims take them. */
    public List<Use> uses(Tx tx, Optional<UUID> consumer, Optional<UUID> provider) {
        List<Condition> conditions = new ArrayList<>();
        consumer.ifPresent(id -> conditions.add(ALLOCATION.CONSUMER_ID.eq(id)));
        provider.ifPresent(id -> conditions.add(ALLOCATION.PROVIDER_ID.eq(id)));
        return tx.sql()
                .selectFrom(ALLOCATION)
                .where(conditions)
                .orderBy(ALLOCATION.CONSUMER_ID, ALLOCATION.RESOURCE_CLASS)
                .fetch(
                        row ->
                                new Use(
                                        row.getConsumerId(),
                                        row.getProviderId(),
                                        row.getResourceClass(),
                                        row.getUsed()));
    }

    public Optional<Consumer> consumer(Tx tx, UUID id) {
        return tx.sql()
                .selectFrom(CONSUMER)
                .where(CONSUMER.ID.eq(id))
                .fetchOptional(
                        row ->
                                new Consumer(
                                        row.getId(),
                                        row.getProjectId(),
                                        row.getUserId(),
                                        row.getGeneration()));
    }

    public List<UUID> consumers(Tx tx) {
        return tx.sql().select(CONSUMER.ID).from(CONSUMER).fetch(CONSUMER.ID);
    }

    /** What a project (and user) uses in all, by class. */
    public Map<String, Long> usageOf(Tx tx, String project, Optional<String> user) {
        Condition who = CONSUMER.PROJECT_ID.eq(project);
        if (user.isPresent()) {
            who = who.and(CONSUMER.USER_ID.eq(user.get()));
        }
        Map<String, Long> usage = new LinkedHashMap<>();
        tx.sql()
                .select(ALLOCATION.RESOURCE_CLASS, DSL.sum(ALLOCATION.USED))
                .from(ALLOCATION)
                .join(CONSUMER)
                .on(CONSUMER.ID.eq(ALLOCATION.CONSUMER_ID))
                .where(who)
                .groupBy(ALLOCATION.RESOURCE_CLASS)
                .orderBy(ALLOCATION.RESOURCE_CLASS)
                .forEach(row -> usage.put(row.value1(), row.value2().longValueExact()));
        return usage;
    }

    /**
     * Inventories whose count differs from the sum of what is allocated of them: there must be
     * none.
     */
    public List<String> wrongCounts(Tx tx) {
        var sum = DSL.coalesce(DSL.sum(ALLOCATION.USED), DSL.val(java.math.BigDecimal.ZERO));
        return tx.sql()
                .select(PROVIDER.NAME, INVENTORY.RESOURCE_CLASS)
                .from(INVENTORY)
                .join(PROVIDER)
                .on(PROVIDER.ID.eq(INVENTORY.PROVIDER_ID))
                .leftJoin(ALLOCATION)
                .on(
                        ALLOCATION.PROVIDER_ID.eq(INVENTORY.PROVIDER_ID),
                        ALLOCATION.RESOURCE_CLASS.eq(INVENTORY.RESOURCE_CLASS))
                .groupBy(PROVIDER.NAME, INVENTORY.RESOURCE_CLASS, INVENTORY.USED)
                .having(sum.ne(INVENTORY.USED.cast(java.math.BigDecimal.class)))
                .fetch(row -> row.value1() + " " + row.value2());
    }

    private static void giveBack(Tx tx, UUID provider, String resourceClass, long amount) {
        tx.sql()
                .update(INVENTORY)
                .set(INVENTORY.USED, INVENTORY.USED.minus(amount))
                .where(
                        INVENTORY.PROVIDER_ID.eq(provider),
                        INVENTORY.RESOURCE_CLASS.eq(resourceClass))
                .execute();
    }

    private static void touch(Tx tx, UUID provider) {
        tx.sql()
                .update(PROVIDER)
                .set(PROVIDER.GENERATION, PROVIDER.GENERATION.plus(1))
                .where(PROVIDER.ID.eq(provider))
                .execute();
    }

    private static Condition hasRoom(long amount) {
        return INVENTORY.USED.plus(amount).cast(Double.class).le(capacity().cast(Double.class));
    }

    private static org.jooq.Field<Double> capacity() {
        return INVENTORY.TOTAL.minus(INVENTORY.RESERVED).cast(Double.class).mul(INVENTORY.RATIO);
    }
}
