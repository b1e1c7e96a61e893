package cloud.welkin.network.work;

import cloud.welkin.ovsdb.Event;
import cloud.welkin.ovsdb.Mutation;
import cloud.welkin.ovsdb.Operation;
import cloud.welkin.ovsdb.Ovsdb;
import cloud.welkin.ovsdb.OvsdbException;
import cloud.welkin.ovsdb.OvsdbSettings;
import cloud.welkin.ovsdb.Remote;
import cloud.welkin.ovsdb.Row;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Both databases of OVN: the northbound one, which is written, and the hosts of the southbound one.
 */
public final class Northbound implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    /** Where the two databases are. */
    public record Addresses(Remote northbound, Remote southbound) {}

    /** Every table that is written, with the columns that are. */
    private static final Map<String, List<String>> TABLES =
            Map.ofEntries(
                    Map.entry(
                            "Logical_Switch",
                            List.of(
                                    "name",
                                    "ports",
                                    "dns_records",
                                    "other_config",
                                    "external_ids")),
                    Map.entry(
                            "Logical_Switch_Port",
                            List.of(
                                    "name",
                                    "type",
                                    "addresses",
                                    "port_security",
                                    "options",
                                    "enabled",
                                    "tag",
                                    "up",
                                    "dhcpv4_options",
                                    "dhcpv6_options",
                                    "external_ids")),
                    Map.entry("DHCP_Options", List.of("cidr", "options", "external_ids")),
                    Map.entry("DNS", List.of("records", "external_ids")),
                    Map.entry("Port_Group", List.of("name", "ports", "acls", "external_ids")),
                    Map.entry(
                            "ACL",
                            List.of("direction", "priority", "action", "match", "external_ids")),
                    Map.entry(
                            "Logical_Router",
                            List.of(
                                    "name",
                                    "enabled",
                                    "options",
                                    "ports",
                                    "static_routes",
                                    "nat",
                                    "external_ids")),
                    Map.entry(
                            "Logical_Router_Port",
                            List.of(
                                    "name",
                                    "mac",
                                    "networks",
                                    "ipv6_ra_configs",
                                    "ha_chassis_group",
                                    "external_ids")),
                    Map.entry(
                            "Logical_Router_Static_Route",
                            List.of("ip_prefix", "nexthop", "output_port", "external_ids")),
                    Map.entry("NAT", List.of("type", "external_ip", "logical_ip", "external_ids")),
                    Map.entry("HA_Chassis_Group", List.of("name", "ha_chassis", "external_ids")),
                    Map.entry("HA_Chassis", List.of("chassis_name", "priority", "external_ids")));

    private final Supplier<Optional<Addresses>> where;
    private final Consumer<Event> onPortEvent;
    private final Consumer<Event> onHostEvent;
    private final ReentrantLock lock = new ReentrantLock();
    private @Nullable Addresses connectedTo;
    private @Nullable Ovsdb northbound;
    private @Nullable Ovsdb southbound;

    /**
     * @param where may be empty for as long as OVN isn't there
     * @param onPortEvent what happens to ports, and that the connection was made anew
     * @param onHostEvent the same of hosts
     */
    public Northbound(
            Supplier<Optional<Addresses>> where,
            Consumer<Event> onPortEvent,
            Consumer<Event> onHostEvent) {
        this.where = where;
        this.onPortEvent = onPortEvent;
        this.onHostEvent = onHostEvent;
    }

    /** Both databases at one moment. */
    private record Pair(Ovsdb northbound, Ovsdb southbound) {}

    /**
     * @throws OvsdbException.Unavailable when a database does not answer
     */
    private Optional<Pair> connected() {
        lock.lock();
        try {
            Optional<Addresses> now = where.get();
            if (now.isEmpty()) {
                return Optional.empty();
            }
            if (northbound == null || southbound == null || !now.get().equals(connectedTo)) {
                disconnect();
                OvsdbSettings north =
                        OvsdbSettings.of(now.get().northbound(), "OVN_Northbound")
                                .withPatience(PATIENCE);
                for (Map.Entry<String, List<String>> table : TABLES.entrySet()) {
                    north =
                            north.replicating(
                                    table.getKey(), table.getValue().toArray(String[]::new));
                }
                OvsdbSettings south =
                        OvsdbSettings.of(now.get().southbound(), "OVN_Southbound")
                                .withPatience(PATIENCE)
                                .replicating(
                                        "Chassis",
                                        "name",
                                        "hostname",
                                        "other_config",
                                        "external_ids")
                                .replicating("Chassis_Private", "name", "nb_cfg_timestamp");
                Ovsdb n = Ovsdb.open(north);
                northbound = n;
                Ovsdb s = Ovsdb.open(south);
                southbound = s;
                connectedTo = now.get();
                n.listen(Set.of("Logical_Switch_Port"), onPortEvent);
                s.listen(Set.of("Chassis"), onHostEvent);
            }
            return Optional.of(new Pair(northbound, southbound));
        } finally {
            lock.unlock();
        }
    }

    /** Every row that may be ours, by table; empty while there is no OVN. */
    public Optional<Map<String, List<Row>>> rows() {
        return connected()
                .map(
                        pair ->
                                pair.northbound()
                                        .read(
                                                () -> {
                                                    Map<String, List<Row>> all = new HashMap<>();
                                                    TABLES.keySet()
                                                            .forEach(
                                                                    table ->
                                                                            all.put(
                                                                                    table,
                                                                                    List.copyOf(
                                                                                            pair.northbound()
                                                                                                    .table(
                                                                                                            table)
                                                                                                    .rows())));
                                                    return all;
                                                }));
    }

    /** The hosts, by name. */
    public List<Chassis> chassis() {
        return connected()
                .map(
                        pair ->
                                hosts(pair.southbound()).values().stream()
                                        .sorted(Comparator.comparing(Chassis::name))
                                        .toList())
                .orElse(List.of());
    }

    /** The hosts with the ids of their rows: what agents are shown from. */
    public Map<UUID, Chassis> hosts() {
        return connected().map(pair -> hosts(pair.southbound())).orElse(Map.of());
    }

    private static Map<UUID, Chassis> hosts(Ovsdb southbound) {
        return southbound.read(
                () -> {
                    Map<String, Instant> seen = new HashMap<>();
                    southbound
                            .table("Chassis_Private")
                            .rows()
                            .forEach(
                                    row ->
                                            seen.put(
                                                    row.text("name"),
                                                    Instant.ofEpochMilli(
                                                            row.whole("nb_cfg_timestamp"))));
                    Map<UUID, Chassis> hosts = new HashMap<>();
                    southbound
                            .table("Chassis")
                            .rows()
                            .forEach(row -> hosts.put(row.id().uuid(), chassis(row, seen)));
                    return hosts;
                });
    }

    /**
     * Has every host say that it is alive: each writes down when it caught up with the new number.
     */
    public boolean beat() {
        return connected()
                .map(
                        pair -> {
                            pair.northbound()
                                    .transact(
                                            new Operation.Mutate(
                                                    "NB_Global",
                                                    List.of(),
                                                    List.of(Mutation.add("nb_cfg", 1))));
                            return true;
                        })
                .orElse(false);
    }

    private static Chassis chassis(Row row, Map<String, Instant> seen) {
        Map<String, String> config = new HashMap<>(row.map("external_ids"));
        config.putAll(row.map("other_config"));
        Map<String, String> mappings = new HashMap<>();
        for (String mapping : config.getOrDefault("ovn-bridge-mappings", "").split(",")) {
            int colon = mapping.indexOf(':');
            if (colon > 0) {
                mappings.put(
                        mapping.substring(0, colon).strip(), mapping.substring(colon + 1).strip());
            }
        }
        boolean gateway =
                Arrays.asList(config.getOrDefault("ovn-cms-options", "").split(","))
                        .contains("enable-chassis-as-gw");
        return new Chassis(
                row.text("name"),
                row.text("hostname"),
                Map.copyOf(mappings),
                gateway,
                seen.getOrDefault(row.text("name"), Instant.EPOCH));
    }

    /** Writes all of it in one transaction. */
    public void commit(List<Operation> operations) {
        connected().ifPresent(pair -> pair.northbound().transact(new ArrayList<>(operations)));
    }

    @Override
    public void close() {
        lock.lock();
        try {
            disconnect();
        } finally {
            lock.unlock();
        }
    }

    private void disconnect() {
        if (northbound != null) {
            northbound.close();
            northbound = null;
        }
        if (southbound != null) {
            southbound.close();
            southbound = null;
        }
    }
}
