package cloud.welkin.network;

import cloud.welkin.database.Database;
import cloud.welkin.database.Tx;
import cloud.welkin.kernel.api.Api;
import cloud.welkin.kernel.doctor.Invariant;
import cloud.welkin.kernel.event.Events;
import cloud.welkin.kernel.id.ProjectId;
import cloud.welkin.kernel.policy.Caller;
import cloud.welkin.kernel.quota.QuotaResource;
import cloud.welkin.kernel.quota.Quotas;
import cloud.welkin.kernel.work.Reconciler;
import cloud.welkin.kernel.work.Saga;
import cloud.welkin.network.api.Journal;
import cloud.welkin.network.api.Journal.Actor;
import cloud.welkin.network.api.NetworkApi;
import cloud.welkin.network.api.NetworkLimits;
import cloud.welkin.network.api.PortsForServers;
import cloud.welkin.network.domain.NetworkRow;
import cloud.welkin.network.domain.NetworkRow.Segment;
import cloud.welkin.network.domain.NetworkRow.Stamp;
import cloud.welkin.network.domain.SubnetRow;
import cloud.welkin.network.store.NetworkStore;
import cloud.welkin.network.work.Backbone;
import cloud.welkin.network.work.NetworkInvariants;
import cloud.welkin.network.work.PortStatuses;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.random.RandomGenerator;

/**
 * The network service, put together: Neutron's API over rows, and a backbone that brings the rows
 * into the world.
 *
 * <p>The quota resources must be registered before the first request.
 */
public final class NetworkService {
    /** The schema of its tables. */
    public static final String SCHEMA = "network";

    private final Database database;
    private final Quotas quotas;
    private final Backbone backbone;
    private final NetworkSettings settings;
    private final Journal journal;
    private final NetworkApi api;
    private final Networks networks;

    /**
     * @param statuses the same as the backbone's
     */
    public NetworkService(
            Database database,
            Events events,
            Quotas quotas,
            Backbone backbone,
            PortStatuses statuses,
            NetworkSettings settings,
            Clock clock,
            RandomGenerator random) {
        this.database = database;
        this.quotas = quotas;
        this.backbone = backbone;
        this.settings = settings;
        this.journal = new Journal(events, quotas, backbone, clock);
        this.api =
                new NetworkApi(journal, quotas, new NetworkLimits(settings.largestMtu()), random);
        this.networks = new PortsForServers(api.ports(), journal, statuses);
    }

    public List<Api> apis() {
        return api.apis();
    }

    public Networks networks() {
        return networks;
    }

    public List<Saga<?>> sagas() {
        return List.of();
    }

    public List<Reconciler> reconcilers() {
        return backbone.reconcilers();
    }

    public static List<QuotaResource> quotas() {
        return List.of(
                Journal.NETWORK,
                Journal.SUBNET,
                Journal.SUBNET_POOL,
                Journal.PORT,
                Journal.ROUTER,
                Journal.FLOATING_IP,
                Journal.SECURITY_GROUP,
                Journal.SECURITY_GROUP_RULE);
    }

    public List<Invariant> invariants() {
        List<Invariant> all = new ArrayList<>(new NetworkInvariants(database, quotas).all());
        all.addAll(backbone.invariants());
        return all;
    }

    /**
     * The first external network, {@code public}, with its addresses. Does nothing when there is an
     * external network.
     */
    public void bootstrap(Tx tx, ProjectId admin) {
        NetworkStore store = new NetworkStore();
        if (store.anyExternal(tx)) {
            return;
        }
        Instant now = journal.now();
        Stamp stamp = new Stamp(1, now, now);
        NetworkRow network =
                new NetworkRow(
                        UUID.randomUUID(),
                        admin,
                        "public",
                        "",
                        true,
                        false,
                        true,
                        true,
                        settings.largestMtu(),
                        true,
                        "",
                        new Segment(
                                "flat", Optional.of(settings.physicalNetwork()), Optional.empty()),
                        List.of(),
                        List.of(),
                        stamp);
        store.insert(tx, network);
        api.subnets()
                .insert(
                        tx,
                        Actor.of(Caller.program()),
                        network,
                        new SubnetRow(
                                UUID.randomUUID(),
                                admin,
                                network.id(),
                                "public-subnet",
                                "",
                                settings.publicBlock(),
                                Optional.of(settings.publicGateway()),
                                false,
                                List.of(settings.publicPool()),
                                List.of(),
                                List.of(),
                                Optional.empty(),
                                Optional.empty(),
                                List.of(),
                                Optional.empty(),
                                List.of(),
                                stamp));
        quotas.take(tx, admin.value(), Map.of(Journal.NETWORK, 1L));
    }
}
