package cloud.welkin.server;

import cloud.welkin.database.Database;
import cloud.welkin.database.DatabaseAddress;
import cloud.welkin.database.DatabaseUnavailable;
import cloud.welkin.database.EmbeddedPostgres;
import cloud.welkin.database.Migrations;
import cloud.welkin.database.Tx;
import cloud.welkin.host.agent.HostAgent;
import cloud.welkin.host.contained.MetadataProxy;
import cloud.welkin.identity.Bootstrap;
import cloud.welkin.kernel.api.Api;
import cloud.welkin.kernel.api.Dispatcher;
import cloud.welkin.kernel.doctor.Finding;
import cloud.welkin.kernel.doctor.Invariant;
import cloud.welkin.kernel.host.HostName;
import cloud.welkin.kernel.host.SimulatedHost;
import cloud.welkin.kernel.http.HttpServer;
import cloud.welkin.kernel.http.HttpSettings;
import cloud.welkin.kernel.http.TlsSettings;
import cloud.welkin.kernel.policy.Policy;
import cloud.welkin.kernel.policy.PolicyFile;
import cloud.welkin.kernel.policy.PolicyRule;
import cloud.welkin.kernel.settings.Settings;
import cloud.welkin.network.NetworkService;
import cloud.welkin.network.work.Backbone;
import cloud.welkin.network.work.OvnBackbone;
import cloud.welkin.network.work.PortStatuses;
import cloud.welkin.network.work.SimulatedBackbone;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Server;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The whole cloud, wired by hand: the table of contents of the program. Nothing is served before
 * everything is migrated, bootstrapped and started; a failure on the way ends what was begun.
 */
final class Cloud implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Cloud.class);

    private final Closing closing = new Closing();
    private final Home home;
    private final Settings settings;
    private final Listen listen;
    private Optional<LocalHost> host = Optional.empty();

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
        boolean simulated =
                settings.get(WelkinSettings.COMPUTE_DRIVER) == WelkinSettings.Driver.SIMULATED;
        boolean exposed = settings.get(WelkinSettings.NETWORK_EXPOSE);
        if (exposed
                && (simulated
                        || settings.get(WelkinSettings.HOST_MODE)
                                != WelkinSettings.HostMode.CONTAINED)) {
            throw new Refused("network.expose=true is for a contained host; this cloud has none");
        }
        LocalHost.check(settings.get(WelkinSettings.COMPUTE_DRIVER));
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
        Foundation kernel = Foundation.on(database, settings, closing);
        Consoles consoles = new Consoles(home);
        Services services =
                Services.on(
                        kernel,
                        home,
                        settings,
                        statuses -> backbone(kernel, statuses),
                        consoles,
                        closing);

        Passwords passwords =
                Passwords.of(home, Optional.ofNullable(System.getenv("WELKIN_ADMIN_PASSWORD")));
        Bootstrap.Made made = services.bootstrap(kernel, passwords);
        passwords.store(home);
        kernel.start();
        if (database.read(Cloud::isFirstStart)) {
            FirstImage.make(database, services.image(), made);
            database.change(Cloud::started);
        }

        Optional<HostAgent> agent = host.map(local -> agent(kernel, services, local));
        if (simulated) {
            simulate(services.desk(), kernel.clock());
        }
        closing.add(
                new UnixHttp(
                        home.run("metadata.sock"),
                        "rw-rw-rw-",
                        new Metadata(services.compute().metadata())::answer));
        ClientFiles.write(home, origin(), passwords.admin(), passwords.demo());
        serve(kernel, services, agent, consoles);
        log.info(
                "cloud up at {} after {} ms",
                origin(),
                Duration.ofNanos(System.nanoTime() - began).toMillis());
    }

    private HostAgent agent(Foundation kernel, Services services, LocalHost local) {
        HostAgent agent =
                closing.add(
                        local.agent(
                                services.desk(),
                                cloudId(kernel.database()),
                                services.image()::content,
                                () -> proxies(kernel.database(), services.network(), local)));
        agent.start();
        kernel.doctor().register(leftovers(local, agent));
        return agent;
    }

    /** Binds the port last: who connects finds everything there. */
    private void serve(
            Foundation kernel, Services services, Optional<HostAgent> agent, Consoles consoles)
            throws IOException {
        List<Api> apis = services.apis();
        Policy policy = policy(apis);
        Pages pages =
                new Pages(
                        () -> answers(kernel.database()),
                        kernel.telemetry(),
                        agent.map(HostAgent::statistics)
                                .map(GuestMetrics::new)
                                .<Supplier<String>>map(guests -> guests::scrape)
                                .orElse(() -> ""),
                        Passwords.metricsToken(home),
                        apis);
        HttpServer http =
                closing.add(
                        httpServer(
                                new HttpSettings(
                                        listen.host(),
                                        listen.port(),
                                        settings.get(WelkinSettings.HTTP_IDLE),
                                        tls()),
                                new Dispatcher(
                                        apis,
                                        policy,
                                        kernel.database(),
                                        kernel.telemetry()
                                                .timed(services.identity().authenticator()),
                                        origin(),
                                        kernel.requests().and(services.identity().audit())),
                                server ->
                                        List.of(
                                                pages,
                                                new ConsolePages(
                                                                services.compute().consoleTokens(),
                                                                consoles)
                                                        .on(server))));
        Control control =
                new Control(
                        () -> parts(kernel.database()),
                        kernel.doctor(),
                        new PolicyControl(
                                policy,
                                services.identity().authenticator(),
                                services.identity().accounts()),
                        new IdentityControl(services.identity(), kernel.clock()));
        closing.add(new UnixHttp(home.run("control.sock"), "rw-------", control::answer));
        http.start();
    }

    private static HttpServer httpServer(
            HttpSettings http, Dispatcher dispatcher, Function<Server, List<Handler>> pages) {
        try {
            return new HttpServer(http, dispatcher, pages);
        } catch (IllegalArgumentException e) {
            // A dispatcher of wrong declarations has failed before; this is about the certificate.
            throw new Refused(String.valueOf(e.getMessage()));
        }
    }

    private Optional<TlsSettings> tls() {
        String address = settings.get(WelkinSettings.TLS_LISTEN);
        if (address.equals("none")) {
            return Optional.empty();
        }
        Listen secure = Listen.parse(address);
        String certificate = settings.get(WelkinSettings.TLS_CERTIFICATE);
        String key = settings.get(WelkinSettings.TLS_KEY);
        if (certificate.isEmpty() || key.isEmpty()) {
            throw new Refused("http.tls.listen wants http.tls.certificate and http.tls.key");
        }
        return Optional.of(
                new TlsSettings(
                        secure.host(),
                        secure.port(),
                        Path.of(certificate),
                        Path.of(key),
                        Optional.of(settings.get(WelkinSettings.TLS_CLIENT_CA))
                                .filter(file -> !file.isEmpty())
                                .map(Path::of)));
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
        Migrations.run(database.dataSource(), Services.SCHEMAS);
        return database;
    }

    /** Whether nobody has started this cloud to its end before. */
    private static boolean isFirstStart(Tx tx) {
        return tx.sql().fetchValue("select started_at from kernel.cloud") == null;
    }

    private static void started(Tx tx) {
        tx.sql().execute("update kernel.cloud set started_at = now()");
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
    private Backbone backbone(Foundation kernel, PortStatuses statuses) {
        return host.<Backbone>map(
                        local ->
                                closing.add(
                                        new OvnBackbone(
                                                kernel.database(),
                                                statuses,
                                                kernel.work().reconcilers(),
                                                kernel.clock(),
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
        parts.add(new Control.Part("program", true, origin()));
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
