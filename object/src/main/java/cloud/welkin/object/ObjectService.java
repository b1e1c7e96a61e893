package cloud.welkin.object;

import cloud.welkin.database.Database;
import cloud.welkin.kernel.api.Api;
import cloud.welkin.kernel.api.Operation;
import cloud.welkin.kernel.api.OperationGroup;
import cloud.welkin.kernel.policy.PolicyRule;
import cloud.welkin.kernel.work.Reconciler;
import cloud.welkin.object.api.AccountOperations;
import cloud.welkin.object.api.BesideOperations;
import cloud.welkin.object.api.BulkDelete;
import cloud.welkin.object.api.ContainerOperations;
import cloud.welkin.object.api.Copies;
import cloud.welkin.object.api.DiscoveryOperations;
import cloud.welkin.object.api.ObjectReading;
import cloud.welkin.object.api.ObjectWriting;
import cloud.welkin.object.api.StaticLargeObjects;
import cloud.welkin.object.api.SwiftErrors;
import cloud.welkin.object.api.SwiftPolicy;
import cloud.welkin.object.engine.ObjectEngine;
import cloud.welkin.object.store.AccountTable;
import cloud.welkin.object.store.ContainerTable;
import cloud.welkin.object.store.ObjectTable;
import cloud.welkin.object.store.UsageTable;
import cloud.welkin.object.work.Bodies;
import cloud.welkin.object.work.Expiry;
import cloud.welkin.object.work.LargeObjects;
import cloud.welkin.object.work.Quotas;
import cloud.welkin.object.work.Reclaim;
import cloud.welkin.object.work.UsageFold;
import cloud.welkin.object.work.Versions;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The object service, composed: its APIs and its reconcilers. */
public final class ObjectService implements AutoCloseable {
    public static final String SCHEMA = "object";

    private final Database database;
    private final Clock clock;
    private final UsageTable usages = new UsageTable();
    private final AccountTable accounts = new AccountTable(usages);
    private final ContainerTable containers = new ContainerTable(usages);
    private final ObjectTable objects = new ObjectTable();
    private final ObjectEngine engine;
    private final Bodies bodies;
    private final LargeObjects large;

    /**
     * @param engine keeps the bodies of the default storage policy; closed with the service
     */
    public ObjectService(Database database, ObjectEngine engine, Clock clock) {
        this.database = database;
        this.clock = clock;
        this.engine = engine;
        bodies = new Bodies(Map.of(Bodies.DEFAULT_POLICY, engine));
        large = new LargeObjects(objects, containers, bodies);
    }

    public List<Api> apis() {
        Quotas quotas = new Quotas(database, accounts, usages);
        StaticLargeObjects manifests = new StaticLargeObjects(database, objects, large, clock);
        Versions versions = new Versions(containers, objects);
        BulkDelete bulk = new BulkDelete(database, containers, objects, manifests, versions, clock);
        List<OperationGroup> swift =
                List.of(
                        new AccountOperations(database, accounts, containers, bulk, clock),
                        new ContainerOperations(
                                database, accounts, containers, objects, usages, bodies, clock),
                        new ObjectReading(database, objects, large, clock),
                        new ObjectWriting(
                                database,
                                objects,
                                bodies,
                                quotas,
                                versions,
                                new Copies(database, large),
                                manifests,
                                bulk,
                                clock));
        return List.of(
                api("object-store", SwiftPolicy.PATH, swift, SwiftPolicy.rules()),
                // Clients ask for it at the root of the endpoint's host.
                api("object-store-info", "/info", List.of(new DiscoveryOperations()), List.of()),
                api("healthcheck", "/healthcheck", List.of(BesideOperations.health()), List.of()),
                api(
                        "crossdomain",
                        "/crossdomain.xml",
                        List.of(BesideOperations.crossDomain()),
                        List.of()),
                api(
                        "object-store-info-beside",
                        "/object-store/info",
                        List.of(new DiscoveryOperations()),
                        List.of()));
    }

    private static Api api(
            String name, String path, List<OperationGroup> groups, List<PolicyRule> rules) {
        List<Operation> operations =
                groups.stream().flatMap(group -> group.operations().stream()).toList();
        return new Api(
                name,
                path,
                false,
                Optional.empty(),
                new SwiftErrors(),
                Api.USUAL_LARGEST_BODY,
                operations,
                rules);
    }

    public List<Reconciler> reconcilers() {
        return List.of(
                new UsageFold(database, usages),
                new Expiry(database, objects, clock),
                new Reclaim(database, objects, bodies));
    }

    @Override
    public void close() {
        engine.close();
    }
}
