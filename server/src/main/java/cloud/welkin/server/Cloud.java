package cloud.welkin.server;

import cloud.welkin.compute.ComputeService;
import cloud.welkin.database.Database;
import cloud.welkin.database.DatabaseAddress;
import cloud.welkin.database.DatabaseUnavailable;
import cloud.welkin.database.EmbeddedPostgres;
import cloud.welkin.database.Migrations;
import cloud.welkin.database.Tx;
import cloud.welkin.host.agent.HostAgent;
import cloud.welkin.host.contained.MetadataProxy;
import cloud.welkin.identity.Bootstrap;
import cloud.welkin.identity.IdentityService;
import cloud.welkin.identity.domain.CatalogEntry;
import cloud.welkin.image.ImageService;
import cloud.welkin.kernel.api.Api;
import cloud.welkin.kernel.api.Dispatcher;
import cloud.welkin.kernel.api.RequestLog;
import cloud.welkin.kernel.api.RequestObserver;
import cloud.welkin.kernel.doctor.Doctor;
import cloud.welkin.kernel.doctor.Finding;
import cloud.welkin.kernel.doctor.Invariant;
import cloud.welkin.kernel.event.Events;
import cloud.welkin.kernel.host.HostName;
import cloud.welkin.kernel.host.SimulatedHost;
import cloud.welkin.kernel.http.HttpServer;
import cloud.welkin.kernel.http.HttpSettings;
import cloud.welkin.kernel.policy.Policy;
import cloud.welkin.kernel.policy.PolicyFile;
import cloud.welkin.kernel.policy.PolicyRule;
import cloud.welkin.kernel.quota.Quotas;
import cloud.welkin.kernel.settings.Settings;
import cloud.welkin.kernel.telemetry.Telemetry;
import cloud.welkin.kernel.telemetry.Traces;
import cloud.welkin.kernel.work.Work;
import cloud.welkin.kernel.work.WorkOptions;
import cloud.welkin.network.NetworkService;
import cloud.welkin.network.NetworkSettings;
import cloud.welkin.network.work.Backbone;
import cloud.welkin.network.work.OvnBackbone;
import cloud.welkin.network.work.PortStatuses;
import cloud.welkin.network.work.SimulatedBackbone;
import cloud.welkin.placement.PlacementService;
import cloud.welkin.volume.VolumeService;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The whole cloud, wired by hand: the table of contents of the program. Nothing is served before
 * everything is migrated, bootstrapped and started; a failure on the way ends what was begun.
 */
final class Cloud implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Cloud.class);

    private static final List<String> SCHEMAS =
            List.of(
                    "kernel",
                    IdentityService.SCHEMA,
                    PlacementService.SCHEMA,
                    ImageService.SCHEMA,
                    NetworkService.SCHEMA,
                    VolumeService.SCHEMA,
                    ComputeService.SCHEMA);

    /** The one availability zone. */
    private static final String ZONE = "nova";

    private static final List<CatalogEntry> CATALOG =
            List.of(
                    new CatalogEntry("identity", "keystone", "/identity/v3", false),
                    new CatalogEntry("placement", "placement", "/placement", false),
                    new CatalogEntry("image", "glance", "/image", false),
                    new CatalogEntry("network", "neutron", "/network", false),
                    new CatalogEntry("compute", "nova", "/compute/v2.1", false),
                    new CatalogEntry("volumev3", "cinderv3", "/volume/v3", true),
                    new CatalogEntry("block-storage", "cinder", "/volume/v3", true));

    private final Closing closing = new Closing();
    private final Home home;
    private final Settings settings;
    private final Listen listen;
    private Optional<LocalHost> host = Optional.empty();
    private String origin = "";

    private Cloud(Home home, Settings settings, Listen listen) {
        this.home = home;
        this.settings = settings;
        this.listen = listen;
    }

    static Cloud start(Home home, Settings settings, Listen listen)
            throws IOException, InterruptedException {
        Cloud cloud = new Cloud(home, settings, listen);
        try {
            cloud.start();
            return cloud;
        } catch (IOException | InterruptedException | RuntimeException e) {
            cloud.close();
            throw e;
        }
    }

    private void start() throws IOException, InterruptedException {
        long began = System.nanoTime();
        Clock clock = Clock.systemUTC();
        Telemetry telemetry = closing.add(new Telemetry());
        Optional<Traces> traces =
                settings.get(WelkinSettings.TRACES_ENDPOINT)
                        .map(receiver -> closing.add(new Traces(receiver, clock)));
        boolean simulated =
                settings.get(WelkinSettings.COMPUTE_DRIVER) == WelkinSettings.Driver.SIMULATED;
        boolean exposed = settings.get(WelkinSettings.NETWORK_EXPOSE);
        if (exposed
                && (simulated
                        || settings.get(WelkinSettings.HOST_MODE)
                                != WelkinSettings.HostMode.CONTAINED)) {
            throw new Refused("network.expose=true is for a contained host; this cloud has none");
        }
        Database database = database();
        if (!simulated) {
            host =
                    Optional.of(
                            closing.add(
                                    LocalHost.start(
                                            home,
                                            settings.get(WelkinSettings.HOST_MODE),
                                            settings.get(WelkinSettings.COMPUTE_DRIVER),
                                            exposed)));
        }
        telemetry.watch(database.dataSource());
        Work work =
                closing.add(
                        Work.on(
                                database,
                                WorkOptions.of("welkin"),
                                clock,
                                traces.map(t -> telemetry.sagas().and(t.sagas()))
                                        .orElseGet(telemetry::sagas),
                                traces.map(t -> telemetry.reconcilers().and(t.reconcilers()))
                                        .orElseGet(telemetry::reconcilers)));
        RequestLog requestLog = new RequestLog(telemetry.registry());
        RequestObserver requests = traces.map(requestLog::and).orElse(requestLog);
        Events events =
                closing.add(new Events(database, settings.get(WelkinSettings.EVENTS_KEEP), clock));
        Quotas quotas = new Quotas(database);
        Doctor doctor = new Doctor();

        IdentityService identity =
                closing.add(
                        new IdentityService(
                                database,
                                clock,
                                new IdentityService.Options(
                                        settings.get(WelkinSettings.TOKEN_LIFETIME),
                                        settings.get(WelkinSettings.PASSWORD_COST)),
                                CATALOG));
        PlacementService placement = new PlacementService(database);

        ImageService image =
                new ImageService(
                        database,
                        quotas,
                        events,
                        work.reconcilers()::poke,
                        clock,
                        home.root().resolve("images"),
                        settings.get(WelkinSettings.IMAGE_GRACE));
        VolumeService volume = new VolumeService(database, quotas, events, image, clock, ZONE);
        Consoles consoles = new Consoles(home);
        PortStatuses statuses = new PortStatuses(clock);
        Backbone backbone = backbone(database, statuses, work, clock);
        NetworkService network =
                new NetworkService(
                        database,
                        events,
                        quotas,
                        backbone,
                        statuses,
                        NetworkSettings.defaults(),
                        clock,
                        new SecureRandom());
        ComputeService compute =
                closing.add(
                        new ComputeService(
                                database,
                                work.sagas(),
                                events,
                                quotas,
                                clock,
                                new SecureRandom(),
                                image,
                                volume,
                                network.networks(),
                                placement,
                                consoles,
                                ComputeService.Options.USUAL));
        image.quotas().forEach(quotas::register);
        ComputeService.quotas().forEach(quotas::register);
        NetworkService.quotas().forEach(quotas::register);
        volume.quotas().forEach(quotas::register);

        // Before the first write: a transaction that pokes a reconciler nobody registered is
        // refused.
        compute.sagas().forEach(work.sagas()::register);
        compute.reconcilers().forEach(work.reconcilers()::register);
        image.reconcilers().forEach(work.reconcilers()::register);
        network.reconcilers().forEach(work.reconcilers()::register);
        work.reconcilers().register(events.housekeeping());

        Passwords passwords =
                Passwords.of(
                        home,
                        Optional.ofNullable(Program.environment().get("WELKIN_ADMIN_PASSWORD")));
        Bootstrap.Made made =
                database.write(
                        tx ->
                                identity.bootstrap(
                                        tx,
                                        passwords.admin(),
                                        passwords.changed(),
                                        passwords.demo()));
        passwords.store(home);
        boolean first =
                database.write(
                        tx -> {
                            network.bootstrap(tx, made.adminProject());
                            compute.bootstrap(tx);
                            return Cloud.isFirstStart(tx);
                        });

        List<Api> apis = new ArrayList<>();
        apis.addAll(identity.apis());
        apis.addAll(placement.apis());
        apis.addAll(image.apis());
        apis.addAll(network.apis());
        apis.addAll(volume.apis());
        apis.addAll(compute.apis());

        doctor.register(work.invariants());
        doctor.register(events.invariants());
        doctor.register(placement.invariants());
        doctor.register(image.invariants());
        doctor.register(network.invariants());
        doctor.register(volume.invariants());
        doctor.register(compute.invariants());
        work.start();
        events.start();

        if (first) {
            FirstImage.make(database, image, made);
        }
        Desk desk = new Desk(compute.desk(), volume.desk());
        Optional<HostAgent> agent =
                host.map(
                        local ->
                                closing.add(
                                        local.agent(
                                                desk,
                                                cloudId(database),
                                                image::content,
                                                () -> proxies(database, network, local))));
        agent.ifPresent(HostAgent::start);
        host.ifPresent(local -> doctor.register(leftovers(local, agent.orElseThrow())));
        if (simulated) {
            simulate(desk, clock);
        }
        closing.add(
                new UnixHttp(
                        home.run("metadata.sock"),
                        "rw-rw-rw-",
                        new Metadata(compute.metadata())::answer));

        origin = origin();
        String metricsToken = Passwords.metricsToken(home);
        Policy policy = policy(apis);
        HttpServer http =
                closing.add(
                        new HttpServer(
                                new HttpSettings(
                                        listen.host(),
                                        listen.port(),
                                        settings.get(WelkinSettings.HTTP_IDLE)),
                                new Dispatcher(
                                        apis,
                                        policy,
                                        database,
                                        identity.authenticator(),
                                        origin,
                                        requests),
                                server ->
                                        List.of(
                                                new Pages(
                                                        () -> answers(database),
                                                        telemetry,
                                                        agent.map(HostAgent::statistics)
                                                                .map(GuestMetrics::new)
                                                                .<Supplier<String>>map(
                                                                        guests -> guests::scrape)
                                                                .orElse(() -> ""),
                                                        metricsToken,
                                                        apis),
                                                new ConsolePages(compute.consoleTokens(), consoles)
                                                        .on(server))));
        Control control = new Control(() -> parts(database), doctor, policy.rules());
        closing.add(new UnixHttp(home.run("control.sock"), "rw-------", control::answer));
        ClientFiles.write(home, origin, passwords.admin(), passwords.demo());
        http.start();
        log.info(
                "cloud up at {} after {} ms",
                origin,
                Duration.ofNanos(System.nanoTime() - began).toMillis());
    }

    String origin() {
        String set = settings.get(WelkinSettings.PUBLIC_URL);
        return set.equals("auto") ? "http://" + listen.authority(listen.port()) : set;
    }

    private Database database() throws IOException, InterruptedException {
        String url = settings.get(WelkinSettings.DATABASE_URL);
        DatabaseAddress address;
        if (url.equals("embedded")) {
            EmbeddedPostgres postgres =
                    closing.add(
                            EmbeddedPostgres.start(
                                    home.postgres(), home.log("postgres.log"), Map.of()));
            address = postgres.database("welkin");
        } else {
            String password = settings.get(WelkinSettings.DATABASE_PASSWORD);
            address =
                    new DatabaseAddress.Jdbc(
                            url,
                            Optional.of(settings.get(WelkinSettings.DATABASE_USER)),
                            password.isEmpty() ? Optional.empty() : Optional.of(password));
        }
        Database database =
                closing.add(
                        Database.open(address, settings.get(WelkinSettings.DATABASE_CONNECTIONS)));
        if (!answers(database)) {
            throw new Refused("the database does not answer: " + address);
        }
        Migrations.run(database.dataSource(), SCHEMAS);
        return database;
    }

    /**
     * Whether nobody has started this cloud to its end before; asked once, in the transaction that
     * answers.
     */
    private static boolean isFirstStart(Tx tx) {
        return tx.sql()
                        .execute(
                                "update kernel.cloud set started_at = now() where started_at is null")
                > 0;
    }

    /** Hosts that run nothing, each as large as a big machine. */
    private void simulate(Desk desk, Clock clock) {
        for (int i = 1; i <= settings.get(WelkinSettings.SIMULATED_HOSTS); i++) {
            closing.add(
                            new SimulatedHost(
                                    new HostName("simulated-%05d".formatted(i)),
                                    desk,
                                    clock,
                                    256,
                                    4_194_304,
                                    1_000_000))
                    .start();
        }
    }

    private static Invariant leftovers(LocalHost local, HostAgent agent) {
        return new Invariant(
                "nothing on the host belongs to nobody",
                "host",
                "Domains, folders, taps, ports and namespaces of guests and networks that are gone hold"
                        + " resources.",
                () ->
                        Stream.concat(
                                        agent.leftovers().stream(),
                                        local.engines().leftovers().stream()
                                                .map(left -> left.kind() + " " + left.name()))
                                .map(
                                        left ->
                                                new Finding(
                                                        "left over on the host",
                                                        List.of(left),
                                                        "the host's next full comparison, within 30 s"))
                                .toList());
    }

    private static String cloudId(Database database) {
        return database.read(
                tx -> String.valueOf(tx.sql().fetchValue("select id::text from kernel.cloud")));
    }

    private static List<MetadataProxy> proxies(
            Database database, NetworkService network, LocalHost local) {
        return database.write(tx -> network.networks().metadataPorts(tx, local.name())).stream()
                .map(
                        port ->
                                new MetadataProxy(
                                        port.network().toString(),
                                        port.port().toString(),
                                        port.mac(),
                                        port.addresses()))
                .toList();
    }

    /** OVN on the host's engines; nothing where hosts are simulated. */
    private Backbone backbone(Database database, PortStatuses statuses, Work work, Clock clock) {
        return host.<Backbone>map(
                        local ->
                                closing.add(
                                        new OvnBackbone(
                                                database,
                                                statuses,
                                                work.reconcilers(),
                                                clock,
                                                () -> Optional.of(local.ovn()))))
                .orElseGet(SimulatedBackbone::new);
    }

    private Policy policy(List<Api> apis) throws IOException {
        List<PolicyRule> rules = new ArrayList<>();
        apis.forEach(api -> rules.addAll(api.rules()));
        return Policy.of(rules, PolicyFile.read(home.policy()));
    }

    private static boolean answers(Database database) {
        try {
            return database.read(tx -> tx.sql().fetchValue("select 1") != null);
        } catch (DatabaseUnavailable e) {
            return false;
        }
    }

    private List<Control.Part> parts(Database database) {
        List<Control.Part> parts = new ArrayList<>();
        parts.add(new Control.Part("program", true, origin));
        parts.add(
                new Control.Part(
                        "database", answers(database), settings.get(WelkinSettings.DATABASE_URL)));
        host.ifPresent(
                local ->
                        local.engines()
                                .parts()
                                .forEach(
                                        (name, well) ->
                                                parts.add(new Control.Part(name, well, ""))));
        return parts;
    }

    @Override
    public void close() {
        closing.close();
    }
}
