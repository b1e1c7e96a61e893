package cloud.welkin.volume;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.welkin.image.ImageService;
import cloud.welkin.kernel.event.Events;
import cloud.welkin.kernel.quota.Quotas;
import cloud.welkin.testing.ApiContract;
import cloud.welkin.testing.ApiTester;
import cloud.welkin.testing.Callers;
import cloud.welkin.testing.TestDatabase;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(Lifecycle.PER_CLASS)
class VolumeContractTest {
    private final TestDatabase database = TestDatabase.with("kernel", "image", "volume");
    private final Callers callers = new Callers();

    @AfterAll
    void noOperationReadsATableFromEndToEnd() {
        database.close();
        // An operator makes a handful of types; their list has no order of its own.
        assertThat(database.readFromEndToEnd()).isSubsetOf("volume.types");
    }

    @TestFactory
    Stream<DynamicTest> everyOperationKeepsTheContract(@TempDir Path home) {
        Clock clock = Clock.systemUTC();
        Quotas quotas = new Quotas(database.database());
        Events events = new Events(database.database(), Duration.ofDays(1), clock);
        ImageService images =
                new ImageService(
                        database.database(),
                        quotas,
                        events,
                        (tx, n) -> {},
                        clock,
                        home,
                        Duration.ZERO);
        images.quotas().forEach(quotas::register);
        VolumeService service =
                new VolumeService(database.database(), quotas, events, images, clock, "nova");
        service.quotas().forEach(quotas::register);
        ApiTester tester = new ApiTester(database.database(), callers, service.apis());
        return service.apis().stream()
                .flatMap(
                        api ->
                                ApiContract.of(tester, api, callers.inNewProject("admin"))
                                        .caller("reader", callers.inNewProject("reader"))
                                        .caller("member", callers.inNewProject("member"))
                                        .caller("system reader", callers.ofSystem("reader"))
                                        .tests());
    }
}
