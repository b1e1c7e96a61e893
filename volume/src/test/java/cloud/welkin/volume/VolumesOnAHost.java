package cloud.welkin.volume;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.welkin.image.ImageService;
import cloud.welkin.kernel.event.Events;
import cloud.welkin.kernel.host.DesiredVolume;
import cloud.welkin.kernel.host.HostFacts;
import cloud.welkin.kernel.host.HostName;
import cloud.welkin.kernel.host.ObservedGuest.Fault;
import cloud.welkin.kernel.host.ObservedVolume;
import cloud.welkin.kernel.policy.Caller;
import cloud.welkin.kernel.quota.Quotas;
import cloud.welkin.testing.ApiTester;
import cloud.welkin.testing.ApiTester.Response;
import cloud.welkin.testing.Callers;
import cloud.welkin.testing.TestDatabase;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/**
 * A volume service of a test's own with one host, which does what it shall when it is told to.
 * After each test every invariant must hold.
 */
abstract class VolumesOnAHost {
    static final String V3 = "/volume/v3";
    static final HostName HOST = new HostName("alpha");
    @TempDir Path home;
    final TestDatabase database = TestDatabase.with("kernel", "image", "volume");
    final Callers callers = new Callers();
    final Caller member = callers.inNewProject("member");
    final Caller admin = callers.inNewProject("admin");
    VolumeService service;
    ApiTester api;

    @BeforeEach
    void open() {
        Quotas quotas = new Quotas(database.database());
        Events events = new Events(database.database(), Duration.ofDays(1), Clock.systemUTC());
        ImageService images =
                new ImageService(
                        database.database(),
                        quotas,
                        events,
                        (tx, name) -> {},
                        Clock.systemUTC(),
                        home,
                        Duration.ZERO);
        images.quotas().forEach(quotas::register);
        service =
                new VolumeService(
                        database.database(), quotas, events, images, Clock.systemUTC(), "nova");
        service.quotas().forEach(quotas::register);
        var apis = new ArrayList<>(service.apis());
        apis.addAll(images.apis());
        api = new ApiTester(database.database(), callers, apis);
        service.desk()
                .register(
                        new HostFacts(
                                HOST,
                                "boot",
                                "simulated",
                                "QEMU",
                                1,
                                4,
                                4096,
                                100,
                                90,
                                "cpu",
                                "127.0.0.1",
                                Instant.EPOCH));
    }

    @AfterEach
    void everyInvariantHolds() {
        assertThat(service.invariants().stream().flatMap(it -> it.check().get().stream()))
                .isEmpty();
        database.close();
    }

    Response create(String fields) {
        return api.post(V3 + "/volumes").by(member).json("{'volume': {" + fields + "}}").send();
    }

    String made(String fields) {
        String id = create(fields).expect(202).text("/volume/id");
        converge();
        assertThat(status(id)).isEqualTo("available");
        return id;
    }

    String status(String id) {
        return api.get(V3 + "/volumes/" + id).by(member).send().expect(200).text("/volume/status");
    }

    Response action(Caller caller, String id, String body) {
        return api.post(V3 + "/volumes/" + id + "/action").by(caller).json(body).send();
    }

    /** A host that does at once what it shall. */
    List<DesiredVolume> converge() {
        List<DesiredVolume> pending = service.desk().pendingVolumes(HOST);
        for (DesiredVolume wanted : pending) {
            service.desk()
                    .report(
                            HOST,
                            new ObservedVolume(
                                    wanted.id(),
                                    wanted.generation(),
                                    wanted.present()
                                            ? Optional.of("/volumes/" + wanted.id())
                                            : Optional.empty(),
                                    Optional.empty()));
        }
        return pending;
    }

    void fail() {
        for (DesiredVolume wanted : service.desk().pendingVolumes(HOST)) {
            service.desk()
                    .report(
                            HOST,
                            new ObservedVolume(
                                    wanted.id(),
                                    wanted.generation(),
                                    Optional.empty(),
                                    Optional.of(new Fault("NoSpace", "full", "", false))));
        }
    }
}
