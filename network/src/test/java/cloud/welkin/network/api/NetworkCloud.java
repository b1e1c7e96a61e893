package cloud.welkin.network.api;

import cloud.welkin.database.Database;
import cloud.welkin.kernel.event.Events;
import cloud.welkin.kernel.id.ProjectId;
import cloud.welkin.kernel.policy.Caller;
import cloud.welkin.kernel.quota.Quotas;
import cloud.welkin.network.NetworkService;
import cloud.welkin.network.NetworkSettings;
import cloud.welkin.network.work.PortStatuses;
import cloud.welkin.network.work.SimulatedBackbone;
import cloud.welkin.testing.ApiTester;
import cloud.welkin.testing.Callers;
import cloud.welkin.testing.TestDatabase;
import java.time.Clock;
import java.time.Duration;
import java.util.Random;

/** The network service on a database of its own, with an external network, and requests to it. */
public final class NetworkCloud implements AutoCloseable {
    final TestDatabase testDatabase = TestDatabase.with("kernel", NetworkService.SCHEMA);
    public final Callers callers = new Callers();
    public final Caller admin = callers.inNewProject("admin");
    public final Caller member = callers.inNewProject("member");
    public final Caller other = callers.inNewProject("member");
    public final PortStatuses statuses = new PortStatuses(Clock.systemUTC());
    public final NetworkService service;
    public final ApiTester api;

    public NetworkCloud() {
        Quotas quotas = new Quotas(database());
        NetworkService.quotas().forEach(quotas::register);
        service =
                new NetworkService(
                        database(),
                        new Events(database(), Duration.ofDays(1), Clock.systemUTC()),
                        quotas,
                        new SimulatedBackbone(),
                        statuses,
                        NetworkSettings.defaults(),
                        Clock.systemUTC(),
                        new Random(7));
        database()
                .change(tx -> service.bootstrap(tx, new ProjectId(admin.requireProject().value())));
        api = new ApiTester(database(), callers, service.apis());
    }

    public Database database() {
        return testDatabase.database();
    }

    public ApiTester.Response get(Caller by, String path) {
        return api.get("/network/v2.0" + path).by(by).send();
    }

    public ApiTester.Response post(Caller by, String path, String json) {
        return api.post("/network/v2.0" + path).by(by).json(json).send();
    }

    public ApiTester.Response put(Caller by, String path, String json) {
        return api.put("/network/v2.0" + path).by(by).json(json).send();
    }

    public ApiTester.Response delete(Caller by, String path) {
        return api.delete("/network/v2.0" + path).by(by).send();
    }

    public String network(Caller by) {
        return post(by, "/networks", "{'network': {'name': 'net'}}")
                .expect(201)
                .text("/network/id");
    }

    public String subnet(Caller by, String network, String cidr) {
        return post(
                        by,
                        "/subnets",
                        "{'subnet': {'network_id': '"
                                + network
                                + "', 'ip_version': 4, 'cidr': '"
                                + cidr
                                + "'}}")
                .expect(201)
                .text("/subnet/id");
    }

    public String port(Caller by, String network) {
        return post(by, "/ports", "{'port': {'network_id': '" + network + "'}}")
                .expect(201)
                .text("/port/id");
    }

    public String publicNetwork() {
        return get(admin, "/networks?router:external=True").expect(200).text("/networks/0/id");
    }

    /** What the doctor would find. */
    public java.util.List<String> findings() {
        return service.invariants().stream()
                .flatMap(i -> i.check().get().stream())
                .map(f -> f.wrong())
                .toList();
    }

    @Override
    public void close() {
        testDatabase.close();
    }
}
