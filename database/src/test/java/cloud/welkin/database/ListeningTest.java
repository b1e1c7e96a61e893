package cloud.welkin.database;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.welkin.database.throwaway.ThrowawayPostgres;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ListeningTest {
    private final Database database =
            Database.open(ThrowawayPostgres.shared().create("listening"), 3);
    private final List<String> heard = new CopyOnWriteArrayList<>();

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void whatIsNotifiedIsHeardInOrderOnceItIsCommitted() throws Exception {
        try (var _ = database.listen("beds", heard::add)) {
            database.change(
                    tx -> {
                        tx.notify("beds", "1");
                        tx.notify("beds", "2");
                    });
            database.change(tx -> tx.notify("beds", "3"));
            Until.holds(() -> heard.size() == 3);
        }
        assertThat(heard).containsExactly("1", "2", "3");
    }

    @Test
    void whatIsRolledBackIsNeverHeard() throws Exception {
        try (var _ = database.listen("beds", heard::add)) {
            try {
                database.change(
                        tx -> {
                            tx.notify("beds", "lost");
                            throw new IllegalStateException();
                        });
            } catch (IllegalStateException expected) {
                database.change(tx -> tx.notify("beds", "kept"));
            }
            Until.holds(() -> !heard.isEmpty());
        }
        assertThat(heard).containsExactly("kept");
    }

    @Test
    void aChannelAddedLaterIsHeardFromTheMomentListenReturns() throws Exception {
        var other = new CopyOnWriteArrayList<String>();
        try (var _ = database.listen("beds", heard::add);
                var _ = database.listen("Odd \"Name\"", other::add)) {
            database.change(tx -> tx.notify("Odd \"Name\"", "at once"));
            database.change(tx -> tx.notify("beds", "as well"));
            Until.holds(() -> !other.isEmpty() && !heard.isEmpty());
        }
        assertThat(other).containsExactly("at once");
        assertThat(heard).containsExactly("as well");
    }

    @Test
    void anEndedSubscriptionHearsNothingMore() throws Exception {
        var ended = new CopyOnWriteArrayList<String>();
        try (var _ = database.listen("beds", heard::add)) {
            database.listen("beds", ended::add).close();
            database.change(tx -> tx.notify("beds", "1"));
            Until.holds(() -> heard.size() == 1);
        }
        assertThat(ended).isEmpty();
    }

    @Test
    void aFailingOrSlowListenerHindersNobody() throws Exception {
        var release = new CountDownLatch(1);
        try (var _ =
                        database.listen(
                                "beds",
                                payload -> {
                                    throw new IllegalStateException("fails on purpose");
                                });
                var _ = database.listen("beds", payload -> await(release));
                var _ = database.listen("beds", heard::add)) {
            for (int i = 0; i < 5; i++) {
                var payload = Integer.toString(i);
                database.change(tx -> tx.notify("beds", payload));
            }
            Until.holds(() -> heard.size() == 5);
            release.countDown();
        }
    }

    @Test
    void aListenerThatLagsFarBehindIsToldToLookAtEverything() throws Exception {
        var release = new CountDownLatch(1);
        var subscription =
                new Subscription(
                        "beds",
                        payload -> {
                            await(release);
                            heard.add(payload);
                        });
        for (int i = 0; i < 10_100; i++) {
            subscription.deliver(Integer.toString(i));
        }
        release.countDown();
        Until.holds(() -> heard.contains(""));
        Until.holds(() -> heard.contains("10099"));
        assertThat(heard).hasSizeLessThan(200);
        subscription.close();
    }

    @Test
    void afterTheConnectionIsLostEveryListenerLooksAtEverythingAndHearsOn() throws Exception {
        try (var _ = database.listen("beds", heard::add)) {
            database.change(
                    tx ->
                            tx.sql()
                                    .execute(
                                            "select pg_terminate_backend(pid) from pg_stat_activity"
                                                    + " where datname = current_database() and pid <>"
                                                    + " pg_backend_pid() and query ilike 'listen%'"));
            Until.holds(() -> heard.contains(""));
            database.change(tx -> tx.notify("beds", "again"));
            Until.holds(() -> heard.contains("again"));
        }
        assertThat(heard).containsExactly("", "again");
    }

    @Test
    void aConnectionThatFallsSilentIsGivenUp() throws Exception {
        try (var _ = database.listen("beds", heard::add)) {
            long backend =
                    database.read(
                            tx ->
                                    tx.sql()
                                            .fetchSingle(
                                                    "select pid from pg_stat_activity"
                                                            + " where datname = current_database()"
                                                            + " and pid <> pg_backend_pid()"
                                                            + " and query ilike 'listen%'")
                                            .get(0, Long.class));
            signal("STOP", backend);
            try {
                Until.holds(() -> heard.contains(""));
                database.change(tx -> tx.notify("beds", "again"));
                Until.holds(() -> heard.contains("again"));
            } finally {
                signal("CONT", backend);
            }
        }
    }

    private static void signal(String signal, long process) throws Exception {
        assertThat(new ProcessBuilder("kill", "-" + signal, "" + process).start().waitFor())
                .isZero();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
