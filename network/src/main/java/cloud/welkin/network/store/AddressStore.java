package cloud.welkin.network.store;

import static cloud.welkin.network.schema.Tables.ADDRESS;
import static cloud.welkin.network.schema.Tables.PORT;

import cloud.welkin.database.Tx;
import cloud.welkin.network.domain.Ip;
import cloud.welkin.network.domain.Pool;
import cloud.welkin.network.domain.PortRow.FixedIp;
import cloud.welkin.network.domain.SubnetRow;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.jooq.Record2;
import org.jooq.impl.DSL;

/**
 * Who has which address. Handing one out is one statement in nearly every case: some addresses
 * drawn at random, the first that is free is taken, and the primary key decides between
 * transactions that want the same. Only when a subnet is nearly full the taken ones are read, and
 * one of the free is drawn.
 */
public final class AddressStore {
    private static final int DRAWN = 8;
    private static final int TRIES = 20;

    private final RandomGenerator random;

    public AddressStore(RandomGenerator random) {
        this.random = random;
    }

    /** Takes a free address of the subnet's pools for the port; empty when there is none. */
    public Optional<Ip> allocate(Tx tx, SubnetRow subnet, UUID port, int position) {
        Optional<Ip> taken =
                claimFirst(
                        tx, subnet, port, position, Pool.candidates(subnet.pools(), DRAWN, random));
        for (int i = 0; taken.isEmpty() && i < TRIES; i++) {
            Set<Ip> free = Pool.free(subnet.pools(), inUse(tx, subnet.id()), DRAWN, random);
            if (free.isEmpty()) {
                return Optional.empty();
            }
            taken = claimFirst(tx, subnet, port, position, free);
        }
        return taken;
    }

    /** Takes this very address, unless another port has it. */
    public boolean claim(Tx tx, SubnetRow subnet, UUID port, int position, Ip ip) {
        return claimFirst(tx, subnet, port, position, List.of(ip)).isPresent();
    }

    public void release(Tx tx, UUID port, Collection<FixedIp> addresses) {
        if (!addresses.isEmpty()) {
            tx.sql()
                    .deleteFrom(ADDRESS)
                    .where(
                            ADDRESS.PORT_ID.eq(port),
                            DSL.row(ADDRESS.SUBNET_ID, ADDRESS.IP)
                                    .in(
                                            addresses.stream()
                                                    .map(
                                                            each ->
                                                                    DSL.row(
                                                                            each.subnetId(),
                                                                            each.ipAddress()))
                                                    .toList()))
                    .execute();
        }
    }

    public boolean anyIn(Tx tx, UUID subnet, Ip ip) {
        return tx.sql()
                .fetchExists(ADDRESS, ADDRESS.SUBNET_ID.eq(subnet), ADDRESS.IP.eq(ip.toString()));
    }

    private Set<Ip> inUse(Tx tx, UUID subnet) {
        return tx
                .sql()
                .select(ADDRESS.IP)
                .from(ADDRESS)
                .where(ADDRESS.SUBNET_ID.eq(subnet))
                .fetch(row -> Ip.of(Rows.get(row, ADDRESS.IP)))
                .stream()
                .collect(Collectors.toSet());
    }

    private Optional<Ip> claimFirst(
            Tx tx, SubnetRow subnet, UUID port, int position, Collection<Ip> candidates) {
        if (candidates.isEmpty()) {
            return Optional.empty();
        }
        String[] texts = candidates.stream().map(Ip::toString).toArray(String[]::new);
        var wanted = DSL.unnest(texts).as("wanted", "ip");
        var ip = DSL.field(DSL.name("wanted", "ip"), String.class);
        return tx.sql()
                .insertInto(
                        ADDRESS,
                        ADDRESS.SUBNET_ID,
                        ADDRESS.IP,
                        ADDRESS.PORT_ID,
                        ADDRESS.NETWORK_ID,
                        ADDRESS.POSITION)
                .select(
                        DSL.select(
                                        DSL.val(subnet.id()),
                                        ip,
                                        DSL.val(port),
                                        DSL.val(subnet.network()),
                                        DSL.val(position))
                                .from(wanted)
                                .whereNotExists(
                                        DSL.selectOne()
                                                .from(ADDRESS)
                                                .where(
                                                        ADDRESS.SUBNET_ID.eq(subnet.id()),
                                                        ADDRESS.IP.eq(ip)))
                                .limit(1))
                .onConflictDoNothing()
                .returning(ADDRESS.IP)
                .fetchOptional(row -> Ip.of(Rows.get(row, ADDRESS.IP)));
    }

    /**
     * Every address that is out of its subnet, or in another network than its port: empty when all
     * is well.
     */
    public List<String> strays(Tx tx) {
        return tx.sql()
                .select(ADDRESS.IP, ADDRESS.PORT_ID)
                .from(ADDRESS)
                .where(
                        DSL.condition(
                                        "not ({0}::inet <<= (select s.cidr::inet from network.subnet s where s.id = {1}))",
                                        ADDRESS.IP, ADDRESS.SUBNET_ID)
                                .or(
                                        DSL.notExists(
                                                DSL.selectOne()
                                                        .from(PORT)
                                                        .where(
                                                                PORT.ID.eq(ADDRESS.PORT_ID),
                                                                PORT.NETWORK_ID.eq(
                                                                        ADDRESS.NETWORK_ID)))))
                .fetch((Record2<String, UUID> row) -> row.value1() + " of port " + row.value2());
    }
}
