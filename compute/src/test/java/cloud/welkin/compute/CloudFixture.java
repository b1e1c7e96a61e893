package cloud.welkin.compute;

import cloud.welkin.image.ImageService;
import cloud.welkin.kernel.doctor.Doctor;
import cloud.welkin.kernel.event.Events;
import cloud.welkin.kernel.host.DesiredGuest;
import cloud.welkin.kernel.host.DesiredVolume;
import cloud.welkin.kernel.host.HostDesk;
import cloud.welkin.kernel.host.HostFacts;
import cloud.welkin.kernel.host.HostName;
import cloud.welkin.kernel.host.HostTask;
import cloud.welkin.kernel.host.ObservedGuest;
import cloud.welkin.kernel.host.ObservedVolume;
import cloud.welkin.kernel.host.SimulatedHost;
import cloud.welkin.kernel.policy.Caller;
import cloud.welkin.kernel.quota.Quotas;
import cloud.welkin.kernel.work.Work;
import cloud.welkin.kernel.work.WorkOptions;
import cloud.welkin.network.NetworkService;
import cloud.welkin.network.NetworkSettings;
import cloud.welkin.network.work.PortStatuses;
import cloud.welkin.network.work.SimulatedBackbone;
import cloud.welkin.placement.PlacementService;
import cloud.welkin.testing.ApiTester;
import cloud.welkin.testing.ApiTester.Response;
import cloud.welkin.testing.Callers;
import cloud.welkin.testing.TestDatabase;
import cloud.welkin.volume.VolumeService;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;

/**
 * A small cloud: compute with its real neighbours on one database, and simulated hosts that do one
 * round when told.
 */
final class CloudFixture implements AutoCloseable {
    static final String C = "/compute/v2.1";

    final TestDatabase database =
            TestDatabase.with("kernel", "placement", "image", "network", "volume", "compute");
    final Clock clock = Clock.systemUTC();
    final Quotas quotas = new Quotas(database.database());
    final Callers callers = new Callers();
    final Caller member = callers.inNewProject("member");
    final Caller other = callers.inNewProject("member");
    final Caller admin = callers.inNewProject("admin");
    final Work work;
    final ImageService images;
    final VolumeService volumes;
    final NetworkService networks;
    final PlacementService placement;
    final ComputeService compute;
    final ApiTester api;
    final List<SimulatedHost> hosts = new ArrayList<>();
    final HostDesk desk = new Desk();

    CloudFixture(Path home, int hostCount) {
        this(home, hostCount, ComputeService.Options.USUAL);
    }

    CloudFixture(Path home, int hostCount, ComputeService.Options options) {
        Events events = new Events(database.database(), Duration.ofDays(1), clock);
        work = Work.on(database.database(), WorkOptions.of("test"));
        images =
                new ImageService(
                        database.database(),
                        quotas,
                        events,
                        (tx, name) -> {},
                        clock,
                        home,
                        Duration.ZERO);
        volumes = new VolumeService(database.database(), quotas, events, images, clock, "nova");
        PortStatuses statuses = new PortStatuses(clock);
        networks =
                new NetworkService(
                        database.database(),
                        events,
                        quotas,
                        new SimulatedBackbone(),
                        statuses,
                        NetworkSettings.defaults(),
                        clock,
                        new Random(1));
        placement = new PlacementService(database.database());
        compute =
                new ComputeService(
                        database.database(),
                        work.sagas(),
                        events,
                        quotas,
                        clock,
                        new SecureRandom(),
                        images,
                        volumes,
                        networks.networks(),
                        placement,
                        new NoConsoles(),
                        options);
        images.quotas().forEach(quotas::register);
        volumes.quotas().forEach(quotas::register);
        NetworkService.quotas().forEach(quotas::register);
        ComputeService.quotas().forEach(quotas::register);
        compute.sagas().forEach(work.sagas()::register);
        database.database().change(compute::bootstrap);
        List<cloud.welkin.kernel.api.Api> apis = new ArrayList<>(compute.apis());
        apis.addAll(images.apis());
        apis.addAll(volumes.apis());
        apis.addAll(networks.apis());
        apis.addAll(placement.apis());
        api = new ApiTester(database.database(), callers, apis);
        for (int i = 1; i <= hostCount; i++) {
            SimulatedHost host =
                    new SimulatedHost(new HostName("host" + i), desk, clock, 16, 65_536, 1000);
            host.register();
            hosts.add(host);
        }
    }

    private static final class NoConsoles implements GuestConsoles {
        @Override
        public Optional<String> tail(UUID server, int lines) {
            return Optional.of("one\ntwo\nlogin:\n");
        }

        @Override
        public Optional<Path> vncSocket(UUID server) {
            return Optional.empty();
        }
    }

    /** Each host does what is pending, until nothing is. */
    void settle() {
        for (int round = 0; round < 20; round++) {
            for (SimulatedHost host : hosts) {
                host.look(false);
            }
        }
    }

    String image() {
        String id =
                api.post("/image/v2/images")
                        .by(member)
                        .json("{'name': 'tiny', 'disk_format': 'raw', 'container_format': 'bare'}")
                        .send()
                        .expect(201)
                        .text("/id");
        api.put("/image/v2/images/" + id + "/file")
                .by(member)
                .body("application/octet-stream", new byte[4096])
                .send()
                .expect(204);
        return id;
    }

    String network(String name, String cidr) {
        String id =
                api.post("/network/v2.0/networks")
                        .by(member)
                        .json("{'network': {'name': '" + name + "'}}")
                        .send()
                        .expect(201)
                        .text("/network/id");
        api.post("/network/v2.0/subnets")
                .by(member)
                .json(
                        "{'subnet': {'network_id': '"
                                + id
                                + "', 'ip_version': 4, 'cidr': '"
                                + cidr
                                + "'}}")
                .send()
                .expect(201);
        return id;
    }

    String volume(int size) {
        String id =
                api.post("/volume/v3/volumes")
                        .by(member)
                        .json("{'volume': {'size': " + size + "}}")
                        .send()
                        .expect(202)
                        .text("/volume/id");
        settle();
        return id;
    }

    Response boot(String fields) {
        return post("/servers", "{'server': {'name': 'one', 'flavorRef': '42', " + fields + "}}");
    }

    String booted(String fields) {
        String id = boot(fields).expect(202).text("/server/id");
        settle();
        return id;
    }

    Response get(String path) {
        return api.get(C + path)
                .by(member)
                .header("OpenStack-API-Version", "compute latest")
                .send();
    }

    Response post(String path, String json) {
        return api.post(C + path)
                .by(member)
                .header("OpenStack-API-Version", "compute latest")
                .json(json)
                .send();
    }

    Response act(String id, String json) {
        return post("/servers/" + id + "/action", json);
    }

    Response delete(String path) {
        return api.delete(C + path)
                .by(member)
                .header("OpenStack-API-Version", "compute latest")
                .send();
    }

    String status(String id) {
        Response response = get("/servers/" + id);
        return response.status() == 404 ? "gone" : response.expect(200).text("/server/status");
    }

    String task(String id) {
        return get("/servers/" + id).expect(200).text("/server/OS-EXT-STS:task_state");
    }

    List<String> findings() {
        Doctor doctor = new Doctor();
        doctor.register(compute.invariants());
        doctor.register(placement.invariants());
        doctor.register(volumes.invariants());
        return doctor.examine().stream()
                .filter(diagnosis -> !diagnosis.healthy())
                .map(Object::toString)
                .toList();
    }

    @Override
    public void close() {
        work.close();
        compute.close();
        database.close();
    }

    private final class Desk implements HostDesk {
        @Override
        public void register(HostFacts facts) {
            compute.desk().register(facts);
            volumes.desk().register(facts);
        }

        @Override
        public List<DesiredGuest> guests(HostName host) {
            return compute.desk().guests(host);
        }

        @Override
        public List<DesiredGuest> pendingGuests(HostName host) {
            return compute.desk().pendingGuests(host);
        }

        @Override
        public void report(HostName host, ObservedGuest guest) {
            compute.desk().report(host, guest);
        }

        @Override
        public List<DesiredVolume> volumes(HostName host) {
            return volumes.desk().volumes(host);
        }

        @Override
        public List<DesiredVolume> pendingVolumes(HostName host) {
            return volumes.desk().pendingVolumes(host);
        }

        @Override
        public void report(HostName host, ObservedVolume volume) {
            volumes.desk().report(host, volume);
        }

        @Override
        public void foundVolumes(HostName host, java.util.Set<UUID> volumes) {}

        @Override
        public List<HostTask> tasks(HostName host) {
            return compute.desk().tasks(host);
        }

        @Override
        public void report(HostName host, HostTask.Done done) {
            compute.desk().report(host, done);
        }

        @Override
        public AutoCloseable onPending(HostName host, Runnable look) {
            return compute.desk().onPending(host, look);
        }
    }
}
