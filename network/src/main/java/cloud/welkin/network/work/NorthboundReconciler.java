package cloud.welkin.network.work;

import cloud.welkin.database.Database;
import cloud.welkin.kernel.work.Reconciler;
import cloud.welkin.kernel.work.Report;
import cloud.welkin.network.domain.DeviceOwner;
import cloud.welkin.network.domain.PortRow;
import cloud.welkin.network.store.IntendedStore;
import cloud.welkin.ovsdb.Operation;
import cloud.welkin.ovsdb.Row;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Makes OVN's northbound rows equal to what the database intends, in one transaction; what ports do
 * comes back into rows. Takes no input: run twice, the second run writes nothing. A row that
 * somebody removed or changed is mended by the next run.
 */
public final class NorthboundReconciler implements Reconciler {
    public static final String NAME = "northbound";

    /**
     * At most twenty runs a second; and a run that took long leaves three times as long to others.
     */
    private static final Duration SHORTEST_REST = Duration.ofMillis(50);

    private final Database database;
    private final Northbound northbound;
    private final PortStatuses statuses;
    private final IntendedStore store = new IntendedStore();

    public NorthboundReconciler(Database database, Northbound northbound, PortStatuses statuses) {
        this.database = database;
        this.northbound = northbound;
        this.statuses = statuses;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Duration every() {
        return Duration.ofSeconds(20);
    }

    @Override
    public Duration restAfter(Duration took) {
        Duration share = took.multipliedBy(3);
        return share.compareTo(SHORTEST_REST) > 0 ? share : SHORTEST_REST;
    }

    @Override
    public Report reconcile() {
        Optional<List<Operation>> difference = difference();
        if (difference.isEmpty()) {
            return new Report(0, "there is no OVN to write to yet");
        }
        List<Operation> operations = difference.get();
        if (!operations.isEmpty()) {
            northbound.commit(operations);
        }
        int moved = northbound.rows().map(this::takeStatuses).orElse(0);
        return Report.changed(
                operations.size() + moved,
                operations.isEmpty() && moved == 0
                        ? ""
                        : "%d operations, %d ports changed".formatted(operations.size(), moved));
    }

    /** What is left to be written; empty while there is no OVN. */
    public Optional<List<Operation>> difference() {
        // The rows of OVN first: what is intended can only have become newer since.
        return northbound.rows().map(rows -> Difference.between(desired(intended()), rows));
    }

    /** The bound ports whose status is not what OVN says of them, or of which it says nothing. */
    List<UUID> misshown() {
        return northbound
                .rows()
                .map(
                        rows -> {
                            Map<UUID, Boolean> up =
                                    statuses(rows.getOrDefault("Logical_Switch_Port", List.of()));
                            return database.read(store::ports).stream()
                                    .filter(
                                            port ->
                                                    port.binding().host().isPresent()
                                                            && !DeviceOwner.isNetworks(
                                                                    port.deviceOwner()))
                                    .filter(
                                            port ->
                                                    !Optional.ofNullable(up.get(port.id()))
                                                            .equals(
                                                                    Optional.of(
                                                                            port.status()
                                                                                    .equals(
                                                                                            PortRow
                                                                                                    .ACTIVE))))
                                    .map(PortRow::id)
                                    .toList();
                        })
                .orElse(List.of());
    }

    private Intended intended() {
        List<Chassis> chassis = northbound.chassis();
        return database.snapshot(
                tx ->
                        Intended.of(
                                store.networks(tx),
                                store.subnets(tx),
                                store.ports(tx),
                                store.routers(tx),
                                store.floatingIps(tx),
                                store.groups(tx),
                                chassis));
    }

    /** All rows that shall be. Pure. */
    public static List<DesiredRow> desired(Intended intended) {
        List<DesiredRow> rows = new ArrayList<>();
        rows.addAll(DhcpRows.of(intended));
        rows.addAll(SwitchRows.of(intended));
        rows.addAll(GroupRows.of(intended));
        rows.addAll(RouterRows.of(intended));
        return rows;
    }

    private int takeStatuses(Map<String, List<Row>> rows) {
        Map<UUID, Boolean> found = statuses(rows.getOrDefault("Logical_Switch_Port", List.of()));
        return found.isEmpty() ? 0 : database.write(tx -> statuses.found(tx, found));
    }

    /**
     * Which of our guests' ports are up. Routers' and metadata ports have no state of their own.
     */
    static Map<UUID, Boolean> statuses(Iterable<Row> rows) {
        Map<UUID, Boolean> found = new HashMap<>();
        for (Row row : rows) {
            if (row.text("type").isEmpty()) {
                row.entry("external_ids", DesiredRow.MARK)
                        .filter(key -> key.startsWith("port:"))
                        .flatMap(
                                key ->
                                        cloud.welkin.kernel.id.Ids.uuid(
                                                key.substring("port:".length())))
                        .ifPresent(id -> found.put(id, row.truth("up")));
            }
        }
        return found;
    }
}
