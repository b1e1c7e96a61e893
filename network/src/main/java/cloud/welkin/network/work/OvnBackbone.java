package cloud.welkin.network.work;

import cloud.welkin.database.Database;
import cloud.welkin.database.DatabaseUnavailable;
import cloud.welkin.database.Tx;
import cloud.welkin.kernel.doctor.Finding;
import cloud.welkin.kernel.doctor.Invariant;
import cloud.welkin.kernel.work.Reconciler;
import cloud.welkin.kernel.work.Reconcilers;
import cloud.welkin.network.domain.PortRow;
import cloud.welkin.network.store.MetadataAgentStore;
import cloud.welkin.network.work.Northbound.Addresses;
import cloud.welkin.ovsdb.Change;
import cloud.welkin.ovsdb.Event;
import cloud.welkin.ovsdb.OvsdbException;
import cloud.welkin.ovsdb.Row;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** OVN: rows become logical switches and routers, and what it tells of ports becomes rows. */
public final class OvnBackbone implements Backbone, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(OvnBackbone.class);

    private final Database database;
    private final PortStatuses statuses;
    private final Reconcilers reconcilers;
    private final Clock clock;
    private final Instant startedAt;
    private final Northbound northbound;
    private final NorthboundReconciler reconciler;
    private final MetadataAgentStore metadataAgents = new MetadataAgentStore();

    /**
     * @param where the databases of OVN; may be empty for as long as they are not there
     */
    public OvnBackbone(
            Database database,
            PortStatuses statuses,
            Reconcilers reconcilers,
            Clock clock,
            Supplier<Optional<Addresses>> where) {
        this.database = database;
        this.statuses = statuses;
        this.reconcilers = reconcilers;
        this.clock = clock;
        this.startedAt = clock.instant();
        this.northbound = new Northbound(where, this::portsChanged, event -> lookAgain());
        this.reconciler = new NorthboundReconciler(database, northbound, statuses);
    }

    /** Removes all that a cloud, which runs no more, has written to an OVN. */
    public static void clear(Addresses where) {
        try (Northbound northbound =
                new Northbound(() -> Optional.of(where), event -> {}, event -> {})) {
            northbound
                    .rows()
                    .map(rows -> Difference.between(List.of(), rows))
                    .filter(operations -> !operations.isEmpty())
                    .ifPresent(northbound::commit);
        }
    }

    @Override
    public void changed(Tx tx) {
        reconcilers.poke(tx, NorthboundReconciler.NAME);
    }

    @Override
    public String statusWhenBound() {
        return PortRow.DOWN;
    }

    @Override
    public List<Reconciler> reconcilers() {
        return List.of(reconciler, new HostHeartbeat(northbound));
    }

    /**
     * Quickly, what one transaction of OVN changed; whatever is missed, the next reconciliation
     * finds.
     */
    private void portsChanged(Event event) {
        switch (event) {
            case Event.Changed(List<Change> changes) -> {
                List<Row> rows = new ArrayList<>();
                boolean foreign = false;
                for (Change change : changes) {
                    switch (change) {
                        case Change.Inserted(String table, Row row) -> rows.add(row);
                        case Change.Modified(String table, Row before, Row after) -> {
                            rows.add(after);
                        }
                        case Change.Deleted(String table, Row row) -> foreign = true;
                    }
                }
                write(rows);
                if (foreign) {
                    lookAgain();
                }
            }
            case Event.Connected connected -> lookAgain();
            case Event.Disconnected disconnected ->
                    log.warn("OVN is not reachable: {}", disconnected.reason());
        }
    }

    private void write(List<Row> rows) {
        Map<UUID, Boolean> found = NorthboundReconciler.statuses(rows);
        if (found.isEmpty()) {
            return;
        }
        try {
            database.change(tx -> statuses.found(tx, found));
        } catch (DatabaseUnavailable e) {
            lookAgain();
        }
    }

    private void lookAgain() {
        reconcilers.poke(NorthboundReconciler.NAME);
    }

    @Override
    public List<Agent> agents(Tx tx) {
        List<Agent> agents = new ArrayList<>();
        Map<String, Instant> metadata = metadataAgents.seen(tx);
        try {
            new TreeMap<>(northbound.hosts())
                    .forEach(
                            (id, chassis) -> {
                                agents.add(controller(id, chassis));
                                Instant seen = metadata.get(chassis.name());
                                if (seen != null) {
                                    agents.add(metadataAgent(id, chassis, seen));
                                }
                            });
        } catch (OvsdbException e) {
            log.warn("the agents are not known: {}", e.getMessage());
        }
        return agents;
    }

    private Agent controller(UUID id, Chassis chassis) {
        return new Agent(
                id,
                chassis.gateway() ? "OVN Controller Gateway agent" : "OVN Controller agent",
                "ovn-controller",
                chassis.hostname(),
                isRecent(chassis.seen()),
                startedAt,
                chassis.seen(),
                chassis.bridgeMappings().entrySet().stream()
                        .map(entry -> entry.getKey() + ":" + entry.getValue())
                        .sorted()
                        .toList());
    }

    /** What keeps a host's metadata proxies: alive when it asked lately which it shall have. */
    private Agent metadataAgent(UUID id, Chassis chassis, Instant seen) {
        return new Agent(
                UUID.nameUUIDFromBytes(("metadata " + id).getBytes(StandardCharsets.UTF_8)),
                "OVN Metadata agent",
                "neutron-ovn-metadata-agent",
                chassis.hostname(),
                isRecent(seen),
                startedAt,
                seen,
                List.of());
    }

    private boolean isRecent(Instant seen) {
        return seen.isAfter(clock.instant().minus(HostHeartbeat.LATE));
    }

    @Override
    public List<Invariant> invariants() {
        return List.of(
                new Invariant(
                        "every port of a guest is shown as OVN has it",
                        "network",
                        "A server waits for its ports, and users see them, as they are shown.",
                        () ->
                                reconciler.misshown().stream()
                                        .map(
                                                id ->
                                                        new Finding(
                                                                "port " + id + " is shown wrongly",
                                                                List.of(id.toString()),
                                                                "The reconciler '"
                                                                        + NorthboundReconciler.NAME
                                                                        + "' corrects it."))
                                        .toList()),
                new Invariant(
                        "OVN's northbound rows are what the networks intend",
                        "network",
                        "What differs is not yet, or no longer, as users asked for.",
                        () ->
                                reconciler.difference().orElse(List.of()).stream()
                                        .map(
                                                operation ->
                                                        new Finding(
                                                                "left to be written: " + operation,
                                                                List.of(),
                                                                "The reconciler '"
                                                                        + NorthboundReconciler.NAME
                                                                        + "' writes it."))
                                        .toList()));
    }

    @Override
    public void close() {
        northbound.close();
    }
}
