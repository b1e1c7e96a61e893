package cloud.welkin.network.store;

import static cloud.welkin.network.schema.Tables.NETWORK_;
import static cloud.welkin.network.schema.Tables.SUBNET;

import cloud.welkin.database.Tx;
import cloud.welkin.network.domain.NetworkRow;
import cloud.welkin.network.domain.SubnetRow;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jooq.Field;
import org.jooq.impl.DSL;

/** How many addresses are in use, by network and subnet. */
public final class AvailabilityStore {
    public record SubnetUsage(SubnetRow subnet, long used) {}

    public record Usage(NetworkRow network, List<SubnetUsage> subnets) {}

    public List<Usage> usage(
            Tx tx, Optional<UUID> network, Optional<String> name, Optional<Integer> version) {
        Field<Integer> used = NetworkStore.used(SUBNET.ID).as("used_ips");
        Map<UUID, Usage> byNetwork = new LinkedHashMap<>();
        tx.sql()
                .selectFrom(NETWORK_)
                .where(
                        network.map(NETWORK_.ID::eq).orElse(DSL.noCondition()),
                        name.map(NETWORK_.NAME::eq).orElse(DSL.noCondition()))
                .orderBy(NETWORK_.ID)
                .limit(Listing.MOST)
                .fetch(NetworkStore::network)
                .forEach(row -> byNetwork.put(row.id(), new Usage(row, new ArrayList<>())));
        tx.sql()
                .select(SUBNET.asterisk(), used)
                .from(SUBNET)
                .where(
                        SUBNET.NETWORK_ID.in(byNetwork.keySet()),
                        version.map(SUBNET.IP_VERSION::eq).orElse(DSL.noCondition()))
                .orderBy(SUBNET.ID)
                .forEach(
                        row -> {
                            SubnetRow subnet = SubnetStore.subnet(row);
                            Usage usage = byNetwork.get(subnet.network());
                            if (usage != null) {
                                usage.subnets().add(new SubnetUsage(subnet, Rows.get(row, used)));
                            }
                        });
        return List.copyOf(byNetwork.values());
    }
}
