package cloud.welkin.compute.store;

import static cloud.welkin.compute.schema.Tables.AGGREGATE;

import cloud.welkin.compute.domain.Aggregate;
import cloud.welkin.compute.schema.tables.records.AggregateRecord;
import cloud.welkin.database.Tx;
import cloud.welkin.kernel.host.HostName;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jooq.impl.DSL;

/** Aggregates of hosts in the database. */
public final class AggregateStore {
    public List<Aggregate> all(Tx tx) {
        return tx.sql()
                .selectFrom(AGGREGATE)
                .orderBy(AGGREGATE.NUMBER)
                .fetch(AggregateStore::aggregate);
    }

    public Optional<Aggregate> find(Tx tx, int number) {
        return tx.sql()
                .selectFrom(AGGREGATE)
                .where(AGGREGATE.NUMBER.eq(number))
                .fetchOptional(AggregateStore::aggregate);
    }

    /** All of them, locked: a host's zone is decided by all aggregates that it is in. */
    public List<Aggregate> lockAll(Tx tx) {
        tx.sql()
                .select(AGGREGATE.NUMBER)
                .from(AGGREGATE)
                .orderBy(AGGREGATE.NUMBER)
                .forUpdate()
                .fetch();
        return all(tx);
    }

    /** Empty when the name is taken. */
    public Optional<Aggregate> insert(Tx tx, String name, Optional<String> zone, Instant now) {
        return tx.sql()
                .insertInto(AGGREGATE)
                .set(AGGREGATE.ID, UUID.randomUUID())
                .set(AGGREGATE.NAME, name)
                .set(AGGREGATE.ZONE, zone.orElse(null))
                .set(AGGREGATE.CREATED_AT, now)
                .onConflictDoNothing()
                .returning()
                .fetchOptional(AggregateStore::aggregate);
    }

    public boolean nameTaken(Tx tx, String name, int by) {
        return tx.sql()
                .fetchExists(AGGREGATE, AGGREGATE.NAME.eq(name).and(AGGREGATE.NUMBER.ne(by)));
    }

    public void update(
            Tx tx,
            int number,
            String name,
            Optional<String> zone,
            Map<String, String> metadata,
            List<String> hosts,
            Instant now) {
        tx.sql()
                .update(AGGREGATE)
                .set(AGGREGATE.NAME, name)
                .set(AGGREGATE.ZONE, zone.orElse(null))
                .set(AGGREGATE.METADATA, Rows.json(metadata))
                .set(AGGREGATE.HOSTS, hosts.toArray(String[]::new))
                .set(AGGREGATE.UPDATED_AT, now)
                .where(AGGREGATE.NUMBER.eq(number))
                .execute();
    }

    public void forget(Tx tx, HostName host) {
        tx.sql()
                .update(AGGREGATE)
                .set(AGGREGATE.HOSTS, DSL.arrayRemove(AGGREGATE.HOSTS, host.value()))
                .where(AGGREGATE.HOSTS.contains(new String[] {host.value()}))
                .execute();
    }

    public void delete(Tx tx, int number) {
        tx.sql().deleteFrom(AGGREGATE).where(AGGREGATE.NUMBER.eq(number)).execute();
    }

    private static Aggregate aggregate(AggregateRecord row) {
        return new Aggregate(
                row.getNumber(),
                row.getId(),
                row.getName(),
                Rows.maybe(row.getZone()),
                Rows.texts(row.getMetadata()),
                List.of(row.getHosts()),
                row.getCreatedAt(),
                Rows.maybe(row.getUpdatedAt()));
    }
}
