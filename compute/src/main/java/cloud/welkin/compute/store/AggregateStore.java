package cloud.welkin.compute.store;

import static cloud.welkin.compute.schema.Tables.AGGREGATE;
import static cloud.welkin.compute.schema.Tables.AGGREGATE_HOST;

import cloud.welkin.compute.domain.Aggregate;
import cloud.welkin.compute.schema.tables.records.AggregateRecord;
import cloud.welkin.database.Tx;
import cloud.welkin.kernel.host.HostName;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jooq.Condition;
import org.jooq.impl.DSL;

/** Aggregates in the database, with their hosts. There are few: lists are not paged. */
public final class AggregateStore {
    public List<Aggregate> all(Tx tx) {
        return select(tx, DSL.noCondition());
    }

    public List<Aggregate> ofHost(Tx tx, HostName host) {
        return select(
                tx,
                AGGREGATE.NUMBER.in(
                        DSL.select(AGGREGATE_HOST.AGGREGATE)
                                .from(AGGREGATE_HOST)
                                .where(AGGREGATE_HOST.HOST.eq(host.value()))));
    }

    /** The aggregate, locked until the transaction ends. */
    public Optional<Aggregate> lock(Tx tx, int number) {
        tx.sql()
                .select(AGGREGATE.NUMBER)
                .from(AGGREGATE)
                .where(AGGREGATE.NUMBER.eq(number))
                .forUpdate()
                .fetch();
        return find(tx, number);
    }

    public Optional<Aggregate> find(Tx tx, int number) {
        return select(tx, AGGREGATE.NUMBER.eq(number)).stream().findFirst();
    }

    private static List<Aggregate> select(Tx tx, Condition which) {
        Map<Integer, List<String>> hosts =
                tx.sql()
                        .selectFrom(AGGREGATE_HOST)
                        .orderBy(AGGREGATE_HOST.HOST)
                        .fetchGroups(AGGREGATE_HOST.AGGREGATE, AGGREGATE_HOST.HOST);
        return tx.sql()
                .selectFrom(AGGREGATE)
                .where(which)
                .orderBy(AGGREGATE.NUMBER)
                .fetch(row -> aggregate(row, hosts.getOrDefault(row.getNumber(), List.of())));
    }

    /** Returns the number that it got. */
    public int insert(Tx tx, String name, Map<String, String> metadata, Instant now) {
        AggregateRecord row = tx.sql().newRecord(AGGREGATE);
        row.setId(UUID.randomUUID());
        row.setName(name);
        row.setMetadata(Rows.json(metadata));
        row.setCreatedAt(now);
        row.insert();
        return row.getNumber();
    }

    public void change(Tx tx, int number, String name, Map<String, String> metadata, Instant now) {
        tx.sql()
                .update(AGGREGATE)
                .set(AGGREGATE.NAME, name)
                .set(AGGREGATE.METADATA, Rows.json(metadata))
                .set(AGGREGATE.UPDATED_AT, now)
                .where(AGGREGATE.NUMBER.eq(number))
                .execute();
    }

    public void delete(Tx tx, int number) {
        tx.sql().deleteFrom(AGGREGATE).where(AGGREGATE.NUMBER.eq(number)).execute();
    }

    public void addHost(Tx tx, int number, HostName host) {
        tx.sql()
                .insertInto(AGGREGATE_HOST, AGGREGATE_HOST.AGGREGATE, AGGREGATE_HOST.HOST)
                .values(number, host.value())
                .execute();
    }

    public void removeHost(Tx tx, int number, HostName host) {
        tx.sql()
                .deleteFrom(AGGREGATE_HOST)
                .where(AGGREGATE_HOST.AGGREGATE.eq(number), AGGREGATE_HOST.HOST.eq(host.value()))
                .execute();
    }

    private static Aggregate aggregate(AggregateRecord row, List<String> hosts) {
        return new Aggregate(
                row.getNumber(),
                row.getId(),
                row.getName(),
                hosts.stream().map(HostName::new).toList(),
                Rows.texts(row.getMetadata()),
                row.getCreatedAt(),
                Rows.maybe(row.getUpdatedAt()));
    }
}
