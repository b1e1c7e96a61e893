package cloud.welkin.placement;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.welkin.database.Database;
import cloud.welkin.kernel.host.HostName;
import cloud.welkin.kernel.id.ProjectId;
import cloud.welkin.kernel.id.UserId;
import cloud.welkin.placement.Allocations.Inventory;
import cloud.welkin.testing.ApiTester;
import cloud.welkin.testing.Callers;
import cloud.welkin.testing.TestDatabase;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

class ClaimingTest {
    private static final Database DATABASE = TestDatabase.fresh("placement");
    private static final ProjectId PROJECT = new ProjectId("p");
    private static final UserId USER = new UserId("u");

    private final PlacementService placement = new PlacementService(DATABASE);
    private final HostName host = new HostName("host-" + UUID.randomUUID());

    @AfterAll
    static void close() {
        DATABASE.close();
    }

    private void provide(long vcpus, double ratio, long memory) {
        DATABASE.change(
                tx ->
                        placement.provide(
                                tx,
                                host,
                                Map.of(
                                        "VCPU", new Inventory(vcpus, 0, ratio),
                                        "MEMORY_MB", new Inventory(memory, 0, 1))));
    }

    private boolean claim(UUID consumer, long vcpus, long memory) {
        return DATABASE.write(
                tx ->
                        placement.claim(
                                tx,
                                consumer,
                                host,
                                Map.of("VCPU", vcpus, "MEMORY_MB", memory),
                                PROJECT,
                                USER));
    }

    private Map<String, Long> usage() {
        return DATABASE.read(tx -> placement.usage(tx, host));
    }

    @Test
    void aClaimThatDoesNotFitTakesNothing() {
        provide(4, 1, 100);
        assertThat(claim(UUID.randomUUID(), 1, 101)).isFalse();
        assertThat(claim(UUID.randomUUID(), 5, 1)).isFalse();
        assertThat(usage()).containsEntry("VCPU", 0L).containsEntry("MEMORY_MB", 0L);
    }

    @Test
    void theRatioAllowsAsMuchAsItSays() {
        provide(2, 4.0, 1000);
        assertThat(claim(UUID.randomUUID(), 8, 1)).isTrue();
        assertThat(claim(UUID.randomUUID(), 1, 1)).isFalse();
    }

    @Test
    void releasingGivesAllBackAndTwiceIsOnce() {
        provide(4, 1, 100);
        UUID consumer = UUID.randomUUID();
        claim(consumer, 2, 50);
        DATABASE.change(tx -> placement.release(tx, consumer));
        DATABASE.change(tx -> placement.release(tx, consumer));
        assertThat(usage()).containsEntry("VCPU", 0L).containsEntry("MEMORY_MB", 0L);
    }

    @Test
    void manyClaimsAtOnceNeverExceedWhatThereIs() throws Exception {
        provide(10, 1, 10_000);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<Boolean>> claims =
                    IntStream.range(0, 40)
                            .<Callable<Boolean>>mapToObj(i -> () -> claim(UUID.randomUUID(), 1, 7))
                            .toList();
            long won = 0;
            for (var result : threads.invokeAll(claims)) {
                won += result.get() ? 1 : 0;
            }
            assertThat(won).isEqualTo(10);
        }
        assertThat(usage()).containsEntry("VCPU", 10L).containsEntry("MEMORY_MB", 70L);
        assertThat(placement.invariants().getFirst().check().get()).isEmpty();
    }

    @Test
    void theEmptiestHostComesFirstAndAFullOneNotAtAll() {
        String run = UUID.randomUUID().toString();
        String resource = "CUSTOM_" + run.replace("-", "").toUpperCase(java.util.Locale.ROOT);
        for (int i = 0; i < 3; i++) {
            HostName name = new HostName(run + i);
            DATABASE.change(
                    tx -> placement.provide(tx, name, Map.of(resource, new Inventory(10, 0, 1))));
        }
        DATABASE.change(
                tx -> {
                    placement.claim(
                            tx,
                            UUID.randomUUID(),
                            new HostName(run + 0),
                            Map.of(resource, 5L),
                            PROJECT,
                            USER);
                    placement.claim(
                            tx,
                            UUID.randomUUID(),
                            new HostName(run + 1),
                            Map.of(resource, 10L),
                            PROJECT,
                            USER);
                });
        List<HostName> candidates =
                DATABASE.read(tx -> placement.candidates(tx, Map.of(resource, 1L), 10));
        assertThat(candidates).containsExactly(new HostName(run + 2), new HostName(run + 0));
    }

    @Test
    void anAdminSeesProvidersInventoriesAndUsages() {
        provide(4, 1, 100);
        UUID consumer = UUID.randomUUID();
        claim(consumer, 2, 50);
        Callers callers = new Callers();
        ApiTester api = new ApiTester(DATABASE, callers, placement.apis());
        var admin = callers.inNewProject("admin");
        String id =
                api.get("/placement/resource_providers?name=" + host)
                        .by(admin)
                        .send()
                        .expect(200)
                        .text("/resource_providers/0/uuid");
        assertThat(
                        api.get("/placement/resource_providers/" + id + "/usages")
                                .by(admin)
                                .send()
                                .expect(200)
                                .json()
                                .at("/usages/VCPU")
                                .asInt())
                .isEqualTo(2);
        assertThat(
                        api.get("/placement/allocations/" + consumer)
                                .by(admin)
                                .send()
                                .expect(200)
                                .json()
                                .at("/allocations/" + id + "/resources/MEMORY_MB")
                                .asInt())
                .isEqualTo(50);
        api.get("/placement/resource_providers")
                .by(callers.inNewProject("member"))
                .send()
                .expect(403);
    }
}
