package cloud.welkin.kernel.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.welkin.database.Database;
import cloud.welkin.testing.Eventually;
import cloud.welkin.testing.TestDatabase;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.JsonNodeFactory;

final class EventsTest {

    private static final long SEED = 42;

    private final Database database = TestDatabase.fresh();
    private final Events events = new Events(database, Duration.ofDays(1), Clock.systemUTC());
    private final List<Event> heard = new CopyOnWriteArrayList<>();

    @AfterEach
    void close() {
        events.close();
        database.close();
    }

    @Test
    void anEventIsHeardAsItWasPublished() {
        listen();
        Event event = event("compute.instance.create.end");
        database.change(tx -> events.publish(tx, event));
        Eventually.holds("it is heard", () -> !heard.isEmpty());
        assertThat(heard).containsExactly(event);
    }

    @Test
    void anEventOfARolledBackTransactionNeverWas() {
        listen();
        assertThatThrownBy(
                        () ->
                                database.change(
                                        tx -> {
                                            events.publish(tx, event("lost"));
                                            throw new IllegalStateException("changed my mind");
                                        }))
                .isInstanceOf(IllegalStateException.class);
        Event kept = event("kept");
        database.change(tx -> events.publish(tx, kept));
        Eventually.holds("the other is heard", () -> !heard.isEmpty());
        assertThat(heard).containsExactly(kept);
    }

    @Test
    void aSlowTransactionBehindAFasterOneIsNotPassedBy() throws InterruptedException {
        listen();
        Event slow = event("slow");
        Event fast = event("fast");
        var published = new CountDownLatch(1);
        var mayCommit = new CountDownLatch(1);
        Thread writer =
                Thread.ofVirtual()
                        .start(
                                () ->
                                        database.change(
                                                tx -> {
                                                    events.publish(tx, slow);
                                                    published.countDown();
                                                    awaitQuietly(mayCommit);
                                                }));
        published.await();
        database.change(tx -> events.publish(tx, fast));
        mayCommit.countDown();
        writer.join();
        Eventually.holds("both are heard", () -> heard.size() >= 2);
        assertThat(heard).containsExactly(slow, fast);
    }

    @Test
    void withConcurrentWritersEveryEventIsHeardExactlyOnceByTransactionalHandlers() {
        listen();
        var published = new CopyOnWriteArrayList<UUID>();
        try (var writers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int writer = 0; writer < 8; writer++) {
                var random = new Random(SEED + writer);
                writers.execute(
                        () -> {
                            for (int i = 0; i < 50; i++) {
                                Event event = event("some");
                                int pause = random.nextInt(3);
                                database.change(
                                        tx -> {
                                            events.publish(tx, event);
                                            tx.sql().execute("select pg_sleep(?)", pause / 1000.0);
                                        });
                                published.add(event.id());
                            }
                        });
            }
        }
        assertThat(published).hasSize(400);
        Eventually.holds("all are heard", () -> heard.size() >= 400);
        assertThat(heard.stream().map(Event::id))
                .as("seed %d", SEED)
                .containsExactlyInAnyOrderElementsOf(published);
    }

    @Test
    void aFailingHandlerHearsTheSameAgain() {
        var failed = new AtomicBoolean();
        events.subscribe(
                "clumsy",
                (tx, batch) -> {
                    if (failed.compareAndSet(false, true)) {
                        throw new IllegalStateException("dropped it");
                    }
                    heard.addAll(batch);
                });
        events.start();
        Event event = event("fragile");
        database.change(tx -> events.publish(tx, event));
        Eventually.holds("it is heard at last", () -> !heard.isEmpty());
        assertThat(heard).containsExactly(event);
    }

    @Test
    void onlyWhatEverybodyHasReadIsPruned() {
        events.subscribe("idle", (tx, batch) -> {});
        database.change(tx -> events.publish(tx, event("old")));
        database.change(
                tx ->
                        tx.sql()
                                .execute(
                                        "update kernel.event set occurred_at = now() - interval '2 days'"));
        var housekeeping = events.housekeeping();
        assertThat(housekeeping.reconcile().changed()).isZero();
        assertThat(events.invariants().getFirst().check().get()).hasSize(1);
        events.start();
        Eventually.holds(
                "it is read", () -> events.invariants().getFirst().check().get().isEmpty());
        assertThat(housekeeping.reconcile().changed()).isEqualTo(1);
        assertThat(housekeeping.reconcile().changed()).isZero();
    }

    @Test
    void eventsOutliveARestoreThatCountsTransactionsFromTheBeginning() {
        events.subscribe("reader", (tx, batch) -> heard.addAll(batch));
        Event before = event("before");
        database.change(tx -> events.publish(tx, before));
        database.change(tx -> tx.sql().execute("update kernel.event set txid = txid + 1000000"));
        database.change(
                tx -> tx.sql().execute("update kernel.event_cursor set txid = txid + 1000000"));
        events.start();
        Event after = event("after");
        database.change(tx -> events.publish(tx, after));
        Eventually.holds("both are heard", () -> heard.size() == 2);
        assertThat(heard).containsExactly(before, after);
    }

    private void listen() {
        events.subscribe("test", (tx, batch) -> heard.addAll(batch));
        events.start();
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Event event(String type) {
        return new Event(
                UUID.randomUUID(),
                Instant.parse("2026-11-23T00:00:00Z"),
                type,
                "project",
                "user",
                "resource",
                "req-1",
                JsonNodeFactory.instance.objectNode().put("name", "a 'quoted' näme"));
    }
}
