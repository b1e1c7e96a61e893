package cloud.welkin.object;

import cloud.welkin.database.Database;
import cloud.welkin.kernel.api.Api;
import cloud.welkin.kernel.api.Operation;
import cloud.welkin.kernel.api.OperationGroup;
import cloud.welkin.kernel.doctor.Invariant;
import cloud.welkin.kernel.policy.PolicyRule;
import cloud.welkin.kernel.work.Reconciler;
import cloud.welkin.object.api.AccountOperations;
import cloud.welkin.object.api.ArchiveUpload;
import cloud.welkin.object.api.BesideOperations;
import cloud.welkin.object.api.BulkDelete;
import cloud.welkin.object.api.ContainerOperations;
import cloud.welkin.object.api.Copies;
import cloud.welkin.object.api.DiscoveryOperations;
import cloud.welkin.object.api.FormPosts;
import cloud.welkin.object.api.ObjectAnswers;
import cloud.welkin.object.api.ObjectOperations;
import cloud.welkin.object.api.ObjectReading;
import cloud.welkin.object.api.ObjectWriting;
import cloud.welkin.object.api.StaticLargeObjects;
import cloud.welkin.object.api.StaticWebsite;
import cloud.welkin.object.api.SwiftErrors;
import cloud.welkin.object.api.SwiftPolicy;
import cloud.welkin.object.api.Targets;
import cloud.welkin.object.api.VersionOperations;
import cloud.welkin.object.engine.ObjectEngine;
import cloud.welkin.object.s3.S3;
import cloud.welkin.object.s3.S3Claim;
import cloud.welkin.object.s3.S3Errors;
import cloud.welkin.object.s3.S3Keys;
import cloud.welkin.object.store.AccountTable;
import cloud.welkin.object.store.BodyTable;
import cloud.welkin.object.store.ContainerTable;
import cloud.welkin.object.store.ObjectTable;
import cloud.welkin.object.store.Soundness;
import cloud.welkin.object.store.UploadTable;
import cloud.welkin.object.store.UsageTable;
import cloud.welkin.object.store.VersionTable;
import cloud.welkin.object.work.Bodies;
import cloud.welkin.object.work.Expiry;
import cloud.welkin.object.work.LargeObjects;
import cloud.welkin.object.work.Lifecycle;
import cloud.welkin.object.work.ObjectInvariants;
import cloud.welkin.object.work.ObjectVersions;
import cloud.welkin.object.work.OrphanSweep;
import cloud.welkin.object.work.Quotas;
import cloud.welkin.object.work.Reclaim;
import cloud.welkin.object.work.RowQueue;
import cloud.welkin.object.work.Scrub;
import cloud.welkin.object.work.Uploads;
import cloud.welkin.object.work.UsageFold;
import cloud.welkin.object.work.Versions;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The object service, composed: its APIs and its reconcilers. */
public final class ObjectService implements AutoCloseable {
    public static final String SCHEMA = "object";

    /** How long a body may be without a row: far longer than any commit takes. */
    private static final Duration ORPHAN_GRACE = Duration.ofHours(6);

    private final Database database;
    private final S3Keys keys;
    private final Clock clock;
    private final UsageTable usages = new UsageTable();
    private final AccountTable accounts = new AccountTable(usages);
    private final ContainerTable containers = new ContainerTable(usages);
    private final ObjectTable objects = new ObjectTable();
    private final UploadTable partial = new UploadTable();
    private final VersionTable states = new VersionTable();
    private final ObjectVersions kept = new ObjectVersions(objects, states);
    private final ObjectEngine engine;
    private final Bodies bodies;
    private final LargeObjects large;
    private final RowQueue rows;
    private final Scrub scrub;

    /**
     * @param engine keeps the bodies of the default storage policy; closed with the service
     * @param keys whose the keys are that requests of S3 are signed by
     */
    public ObjectService(Database database, ObjectEngine engine, S3Keys keys, Clock clock) {
        this.keys = keys;
        this.database = database;
        this.clock = clock;
        this.engine = engine;
        bodies = new Bodies(Map.of(Bodies.DEFAULT_POLICY, engine));
        scrub = new Scrub(database, new BodyTable(), bodies);
        rows = new RowQueue(database, objects);
        large = new LargeObjects(objects, containers, partial, bodies);
    }

    public List<Api> apis() {
        Quotas quotas = new Quotas(database, accounts, usages);
        Versions versions = new Versions(containers, objects, kept);
        Uploads uploads = new Uploads(database, objects, bodies, versions, rows, clock);
        Targets targets = new Targets(database, objects, uploads, clock);
        ObjectAnswers answers = new ObjectAnswers(database, objects, large, kept, clock);
        VersionOperations inPlace =
                new VersionOperations(database, accounts, containers, states, kept, targets, clock);
        StaticWebsite website = new StaticWebsite(database, containers, objects, answers, clock);
        StaticLargeObjects manifests =
                new StaticLargeObjects(database, objects, large, targets, uploads, clock);
        BulkDelete bulk =
                new BulkDelete(database, containers, objects, manifests, versions, targets, clock);
        ArchiveUpload archives =
                new ArchiveUpload(database, accounts, containers, objects, quotas, uploads, clock);
        FormPosts forms = new FormPosts(database, objects, quotas, uploads, clock);
        List<OperationGroup> swift =
                List.of(
                        new AccountOperations(
                                database, accounts, containers, bulk, archives, clock),
                        new ContainerOperations(
                                database,
                                accounts,
                                containers,
                                objects,
                                usages,
                                bodies,
                                inPlace,
                                website,
                                archives,
                                forms,
                                clock),
                        new ObjectOperations(
                                new ObjectReading(answers, website),
                                new ObjectWriting(
                                        database, objects, targets, uploads, quotas, versions,
                                        answers, clock),
                                new Copies(answers, targets, uploads, quotas, clock),
                                manifests,
                                bulk,
                                archives,
                                forms,
                                inPlace));
        List<Api> apis = new ArrayList<>();
        apis.add(api("object-store", SwiftPolicy.PATH, swift, SwiftPolicy.rules()));
        OperationGroup s3 =
                S3.operations(
                        database,
                        new S3.Tables(accounts, containers, objects, states, partial),
                        new S3.Work(bodies, large, uploads, versions, kept, quotas),
                        keys,
                        clock);
        apis.add(
                new Api(
                                "s3",
                                S3Claim.MOUNT,
                                false,
                                Optional.empty(),
                                new S3Errors(),
                                Api.USUAL_LARGEST_BODY,
                                s3.operations(),
                                List.of())
                        .with(new S3Claim()));
        // Clients ask for these at the root of the endpoint's host, or below its first part.
        for (String mount : List.of("", SwiftPolicy.MOUNT)) {
            apis.add(page("info", mount, new DiscoveryOperations()));
            apis.add(page("healthcheck", mount, BesideOperations.health()));
            apis.add(page("crossdomain.xml", mount, BesideOperations.crossDomain()));
        }
        return apis;
    }

    private static Api page(String name, String mount, OperationGroup page) {
        return api(
                mount.substring(mount.isEmpty() ? 0 : 1) + name,
                mount + "/" + name,
                List.of(page),
                List.of());
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
                new Lifecycle(database, containers, objects, states, partial, kept, clock),
                new Reclaim(database, objects, bodies),
                scrub,
                new OrphanSweep(database, objects, bodies, ORPHAN_GRACE));
    }

    public List<Invariant> invariants() {
        return new ObjectInvariants(database, new Soundness(), scrub).all();
    }

    @Override
    public void close() {
        rows.close();
        engine.close();
    }
}
