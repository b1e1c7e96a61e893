package cloud.welkin.object;

import cloud.welkin.kernel.policy.Caller;
import cloud.welkin.kernel.work.Reconciler;
import cloud.welkin.object.engine.FileEngine;
import cloud.welkin.testing.ApiTester;
import cloud.welkin.testing.Callers;
import cloud.welkin.testing.TestDatabase;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicReference;

/** The object service with a database and a folder of its own. */
final class ObjectFixture implements AutoCloseable {
    final TestDatabase database = TestDatabase.with("kernel", ObjectService.SCHEMA);
    final Callers callers = new Callers();
    final Caller member = callers.inNewProject("member");
    final Caller reader = callers.inProject(member.requireProject(), "reader");
    final Caller stranger = callers.inNewProject("member");
    final AtomicReference<Instant> now =
            new AtomicReference<>(Instant.parse("2026-11-24T08:00:00Z"));

    /** Signs as the member's key, whose secret it knows. */
    final S3Signer signer = new S3Signer("access", "secret");

    final FileEngine engine;
    final ObjectService service;
    final ApiTester api;

    ObjectFixture(Path folder) {
        Clock clock = new Moving(now);
        engine = new FileEngine(folder, clock);
        service =
                new ObjectService(
                        database.database(),
                        engine,
                        (signed, day, region, service) ->
                                signer.signing(signed, day, region, service, member),
                        clock);
        api = new ApiTester(database.database(), callers, service.apis());
    }

    Instant time() {
        return java.util.Objects.requireNonNull(now.get());
    }

    /** The URL of something in the member's account. */
    String url(String path) {
        return "/object-store/v1/AUTH_" + member.requireProject().value() + path;
    }

    ApiTester.Response put(String path, String body) {
        return api.put(url(path))
                .by(member)
                .body("text/plain", body.getBytes(StandardCharsets.UTF_8))
                .send();
    }

    void container(String name) {
        put("/" + name, "").expect(201);
    }

    ApiTester.Response get(String path) {
        return api.get(url(path)).by(member).send();
    }

    String text(String path) {
        return new String(get(path).expect(200).body(), StandardCharsets.UTF_8);
    }

    /** Runs every reconciler once. */
    int reconcile() {
        return service.reconcilers().stream()
                .map(Reconciler::reconcile)
                .mapToInt(report -> report.changed())
                .sum();
    }

    long bodies() {
        java.util.concurrent.atomic.AtomicLong count = new java.util.concurrent.atomic.AtomicLong();
        engine.list(body -> count.incrementAndGet());
        return count.get();
    }

    @Override
    public void close() {
        service.close();
        database.close();
    }

    /** Time as the test has it; never twice the same moment. */
    private static final class Moving extends Clock {
        private final AtomicReference<Instant> now;

        Moving(AtomicReference<Instant> now) {
            this.now = now;
        }

        @Override
        public ZoneOffset getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(java.time.ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return now.updateAndGet(time -> time.plusNanos(1000));
        }
    }
}
