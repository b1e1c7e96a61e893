package cloud.welkin.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.welkin.database.throwaway.ThrowawayPostgres;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jooq.exception.DataAccessException;
import org.jooq.exception.IntegrityConstraintViolationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DatabaseTest {
    private static final int CONNECTIONS = 4;

    private final DatabaseAddress.UnixSocket address =
            ThrowawayPostgres.shared().create("transactions");
    private final Database database = Database.open(address, CONNECTIONS);

    @BeforeEach
    void migrate() {
        Migrations.run(database.dataSource(), List.of("garden"));
        add(1, "herbs");
        add(2, "roses");
    }

    @AfterEach
    void everyConnectionIsBack() throws Exception {
        // All of them at once: none was leaked, none is left in a transaction or read-only.
        var all = new ArrayList<java.sql.Connection>();
        for (int i = 0; i < CONNECTIONS; i++) {
            var connection = database.dataSource().getConnection();
            assertThat(connection.getAutoCommit()).isTrue();
            assertThat(connection.isReadOnly()).isFalse();
            all.add(connection);
        }
        for (var connection : all) {
            connection.close();
        }
        database.close();
    }

    @Test
    void whatWasWrittenIsThereAfterTheCommit() {
        assertThat(names()).containsExactly("herbs", "roses");
    }

    @Test
    void aFailureRollsBackEverythingAndPassesThrough() {
        var failure = new IllegalStateException("frost");

        assertThatThrownBy(
                        () ->
                                database.change(
                                        tx -> {
                                            tx.sql().execute("delete from garden.bed");
                                            throw failure;
                                        }))
                .isSameAs(failure);

        assertThat(names()).containsExactly("herbs", "roses");
    }

    @Test
    void anErrorRollsBackAsWell() {
        assertThatThrownBy(
                        () ->
                                database.change(
                                        tx -> {
                                            tx.sql().execute("delete from garden.bed");
                                            throw new StackOverflowError();
                                        }))
                .isInstanceOf(StackOverflowError.class);

        assertThat(names()).hasSize(2);
    }

    @Test
    void aFailureThatTheWorkSwallowedIsNotCommittedAsIfNothingHadBeen() {
        assertThatThrownBy(
                        () ->
                                database.change(
                                        tx -> {
                                            tx.sql().execute("delete from garden.bed");
                                            try {
                                                tx.sql().execute("select 1/0");
                                            } catch (DataAccessException swallowed) {
                                                return;
                                            }
                                        }))
                .isInstanceOf(DataAccessException.class);

        assertThat(names()).hasSize(2);
    }

    @Test
    void ofTwoInADeadlockBothSucceedBecauseTheLoserIsRunAgain() throws Exception {
        var bothHoldOne = new CyclicBarrier(2);
        var runs = new AtomicInteger();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var one = threads.submit(() -> growBoth(1, 2, bothHoldOne, runs));
            var other = threads.submit(() -> growBoth(2, 1, bothHoldOne, runs));
            assertThat(List.of(one.get(), other.get())).containsExactlyInAnyOrder("1", "2");
        }
        assertThat(runs).hasValue(3);
        assertThat(database.<Integer>read(tx -> sum(tx))).isEqualTo(6);
    }

    private String growBoth(int first, int second, CyclicBarrier barrier, AtomicInteger runs) {
        var hooks = new ArrayList<String>();
        database.change(
                tx -> {
                    tx.afterCommit(() -> hooks.add("" + first));
                    tx.sql().execute("update garden.bed set size = size + 1 where id = ?", first);
                    if (runs.incrementAndGet() <= 2) {
                        await(barrier);
                    }
                    tx.sql().execute("update garden.bed set size = size + 1 where id = ?", second);
                });
        // Exactly once, however often the work was run.
        return String.join(",", hooks);
    }

    @Test
    void aConflictThatNeverEndsIsGivenUpAsUnavailable() {
        var runs = new AtomicInteger();

        assertThatThrownBy(
                        () ->
                                database.change(
                                        tx -> {
                                            runs.incrementAndGet();
                                            tx.sql()
                                                    .execute(
                                                            "do $$ begin raise sqlstate '40001';"
                                                                    + " end $$");
                                        }))
                .isInstanceOf(DatabaseUnavailable.class);

        assertThat(runs).hasValue(10);
    }

    @Test
    void hooksRunAfterTheCommitInOrderAndAFailingOneHindersNobody() {
        var seen = new ArrayList<String>();

        database.change(
                tx -> {
                    tx.afterCommit(() -> seen.add("first of " + names().size()));
                    tx.afterCommit(
                            () -> {
                                throw new IllegalStateException("this hook fails on purpose");
                            });
                    tx.afterCommit(() -> seen.add("third"));
                    tx.sql().execute("insert into garden.bed values (3, 'kale')");
                    assertThat(seen).isEmpty();
                });

        assertThat(seen).containsExactly("first of 3", "third");
    }

    @Test
    void noHookRunsWhenTheTransactionFails() {
        var seen = new ArrayList<String>();

        assertThatThrownBy(
                        () ->
                                database.change(
                                        tx -> {
                                            tx.afterCommit(() -> seen.add("ran"));
                                            tx.sql().execute("select 1/0");
                                        }))
                .isInstanceOf(DataAccessException.class);

        assertThat(seen).isEmpty();
    }

    @Test
    void aReadHasNoCommitToHookOn() {
        assertThatThrownBy(() -> database.read(tx -> hook(tx)))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> database.snapshot(tx -> hook(tx)))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aViolatedConstraintIsToldByItsName() {
        assertThat(violation("insert into garden.bed values (9, 'herbs')"))
                .contains("bed_name_unique");
        assertThat(violation("insert into garden.bed values (9, 'x', 0)"))
                .contains("bed_size_positive");
        assertThat(violation("insert into garden.bed values (1, 'x')")).contains("bed_pkey");
    }

    @Test
    void aConstraintThatIsCheckedAtTheCommitIsToldInTheSameWay() {
        assertThat(violation("insert into garden.plant values (1, 99)")).contains("plant_bed");
    }

    private Optional<String> violation(String statement) {
        try {
            database.change(tx -> tx.sql().execute(statement));
            throw new AssertionError("nothing was violated");
        } catch (IntegrityConstraintViolationException failure) {
            return Constraints.violated(failure);
        }
    }

    @Test
    void otherFailuresViolateNoConstraint() {
        assertThat(Constraints.violated(new IllegalStateException())).isEmpty();
        assertThat(Constraints.violated(new SQLException("x", "23505"))).isEmpty();
    }

    @Test
    void aSnapshotSeesOneStateWhateverIsCommittedMeanwhile() {
        var seen =
                database.snapshot(
                        tx -> {
                            int before = count(tx);
                            add(3, "kale");
                            return List.of(before, count(tx));
                        });

        assertThat(seen).containsExactly(2, 2);
        assertThat(names()).hasSize(3);
    }

    @Test
    void eachStatementOfAReadSeesWhatIsCommitted() {
        var seen =
                database.read(
                        tx -> {
                            int before = count(tx);
                            add(3, "kale");
                            return List.of(before, count(tx));
                        });

        assertThat(seen).containsExactly(2, 3);
    }

    @Test
    void aSnapshotRefusesToWrite() {
        assertThatThrownBy(
                        () -> database.snapshot(tx -> tx.sql().execute("delete from garden.bed")))
                .isInstanceOf(DataAccessException.class)
                .hasMessageContaining("read-only");
    }

    @Test
    void aConnectionThatTheServerEndsIsUnavailableAndTheNextOneWorks() {
        assertThatThrownBy(
                        () ->
                                database.change(
                                        tx ->
                                                tx.sql()
                                                        .execute(
                                                                "select"
                                                                        + " pg_terminate_backend(pg_backend_pid())")))
                .isInstanceOf(DatabaseUnavailable.class);

        assertThat(names()).hasSize(2);
    }

    @Test
    void aPoolWhoseConnectionsAreAllTakenIsUnavailableNotStuck() throws Exception {
        try (var small = Database.open(address, 1, Duration.ofMillis(250));
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<?> waits =
                    small.read(
                            tx -> {
                                var second = threads.submit(() -> small.read(DatabaseTest::count));
                                assertThatThrownBy(() -> second.get(30, TimeUnit.SECONDS))
                                        .hasCauseInstanceOf(DatabaseUnavailable.class);
                                return second;
                            });
            assertThat(waits).isDone();
        }
    }

    @Test
    void aDatabaseThatIsNotThereIsUnavailableAtTheOpening() {
        assertThatThrownBy(
                        () ->
                                Database.open(
                                        new DatabaseAddress.UnixSocket(
                                                address.socket(), "no_such", address.user()),
                                        1))
                .isInstanceOf(DatabaseUnavailable.class);
        assertThatThrownBy(
                        () ->
                                Database.open(
                                        new DatabaseAddress.UnixSocket(
                                                java.nio.file.Path.of("/nowhere/.s.PGSQL.5432"),
                                                "x",
                                                "x"),
                                        1))
                .isInstanceOf(DatabaseUnavailable.class)
                .hasMessageContaining("/nowhere");
    }

    @Test
    void aStatementPreparedBeforeItsTableChangedIsPreparedAnew() {
        for (int i = 0; i < 4; i++) {
            everything();
        }
        database.change(tx -> tx.sql().execute("alter table garden.bed add column soil text"));

        for (int i = 0; i < CONNECTIONS; i++) {
            everything();
        }
    }

    private void everything() {
        database.change(tx -> tx.sql().fetch("select * from garden.bed where id > ?", 0));
    }

    @Test
    void anAddressNeverShowsItsPassword() {
        var jdbc =
                new DatabaseAddress.Jdbc(
                        "jdbc:postgresql://db/x?password=secret1&sslpassword=secret2",
                        Optional.of("u"),
                        Optional.of("secret3"));

        assertThat(jdbc.toString()).doesNotContain("secret").contains("//db/x");
        assertThatThrownBy(
                        () ->
                                new DatabaseAddress.Jdbc(
                                        "jdbc:mysql://x?password=secret",
                                        Optional.empty(),
                                        Optional.empty()))
                .hasMessageContaining("not a PostgreSQL URL")
                .hasMessageNotContaining("secret");
    }

    private void add(long id, String name) {
        database.change(tx -> tx.sql().execute("insert into garden.bed values (?, ?)", id, name));
    }

    private List<String> names() {
        return database.read(
                tx -> tx.sql().fetch("select name from garden.bed order by id").into(String.class));
    }

    private static boolean hook(Tx tx) {
        tx.afterCommit(() -> {});
        return true;
    }

    private static int count(Tx tx) {
        return tx.sql().fetch("select count(*)::int from garden.bed").getFirst().into(int.class);
    }

    private static int sum(Tx tx) {
        return tx.sql().fetch("select sum(size)::int from garden.bed").getFirst().into(int.class);
    }

    private static void await(CyclicBarrier barrier) {
        try {
            barrier.await(30, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
