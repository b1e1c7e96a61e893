package cloud.welkin.image;

import cloud.welkin.kernel.event.Events;
import cloud.welkin.kernel.policy.Caller;
import cloud.welkin.kernel.quota.Quotas;
import cloud.welkin.kernel.work.Reconciler;
import cloud.welkin.testing.ApiTester;
import cloud.welkin.testing.Callers;
import cloud.welkin.testing.TestDatabase;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;

/** An image service on a database and a folder of its own. */
final class ImageFixture implements AutoCloseable {
    final TestDatabase database = TestDatabase.with("kernel", "image");
    final Quotas quotas = new Quotas(database.database());
    final ImageService service;
    final Callers callers = new Callers();
    final ApiTester api;
    final Caller member = callers.inNewProject("member");
    final Caller admin = callers.inNewProject("admin");

    ImageFixture(Path home) {
        service =
                new ImageService(
                        database.database(),
                        quotas,
                        new Events(database.database(), Duration.ofDays(1), Clock.systemUTC()),
                        (tx, name) -> {},
                        Clock.systemUTC(),
                        home,
                        Duration.ZERO);
        service.quotas().forEach(quotas::register);
        api = new ApiTester(database.database(), callers, service.apis());
    }

    /** A raw image of the member's with data. */
    String uploaded(String name, byte[] data) {
        String id =
                api.post("/image/v2/images")
                        .by(member)
                        .json(
                                "{'name': '"
                                        + name
                                        + "', 'disk_format': 'raw', 'container_format': 'bare'}")
                        .send()
                        .expect(201)
                        .text("/id");
        upload(id, data).expect(204);
        return id;
    }

    ApiTester.Response upload(String id, byte[] data) {
        return api.put("/image/v2/images/" + id + "/file")
                .by(member)
                .body("application/octet-stream", data)
                .send();
    }

    String status(String id) {
        return api.get("/image/v2/images/" + id).by(member).send().expect(200).text("/status");
    }

    /** Runs every reconciler once. */
    int reconcile() {
        return service.reconcilers().stream()
                .map(Reconciler::reconcile)
                .mapToInt(it -> it.changed())
                .sum();
    }

    @Override
    public void close() {
        database.close();
    }
}
