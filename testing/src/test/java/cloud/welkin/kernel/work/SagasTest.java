package cloud.welkin.kernel.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.welkin.database.Database;
import cloud.welkin.database.DatabaseAddress;
import cloud.welkin.testing.Eventually;
import cloud.welkin.testing.TestDatabase;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class SagasTest {

    private static final class Hiccup extends RuntimeException implements Transient {
        Hiccup() {
            super("hiccup");
        }
    }

    private final DatabaseAddress address = TestDatabase.freshAddress();
    private final Database database = Database.open(address, 16);
    private final Building.World world = new Building.World();
    private final Building saga = new Building(world);
    private final Building only = new Building(world, true);
    private final Work work = Work.on(database, WorkOptions.of("here"));
    private final Subject house = Subject.of("house", UUID.randomUUID());
    private final Building.Plan plan = new Building.Plan(1, Duration.ofMinutes(10));

    @BeforeEach
    void start() {
        work.sagas().register(saga);
        work.sagas().register(only);
        work.start();
    }

    @AfterEach
    void stop() {
        work.close();
        database.close();
    }

    @Test
    void aSagaRunsToItsEndAndTellsItsHistory() {
        world.dry = true;
        SagaId id = begin();
        awaitState(id, SagaState.SUCCEEDED);
        assertThat(world.recorded).containsExactly("done " + house);
        assertThat(history(id).steps())
                .extracting(SagaHistory.Entry::step)
                .containsExactly("dig", "dry", "build");
        Eventually.holds("the task is gone", () -> tasks() == 0);
    }

    @Test
    void aSagaOfARolledBackTransactionNeverWas() {
        assertThatThrownBy(
                        () ->
                                database.change(
                                        tx -> {
                                            work.sagas().start(tx, saga, house, plan);
                                            throw new IllegalStateException("changed my mind");
                                        }))
                .hasMessage("changed my mind");
        var active = database.read(tx -> work.sagas().active(tx, house));
        assertThat(active).isEmpty();
        assertThat(tasks()).isZero();
    }

    @Test
    void aSignalWakesAWaitingStepAtOnce() {
        SagaId id = begin();
        Eventually.holds("it waits", () -> "waiting".equals(outcomeOf(id, "dry")));
        world.dry = true;
        database.change(tx -> work.sagas().signal(tx, house));
        awaitState(id, SagaState.SUCCEEDED);
    }

    @Test
    void signalsInAnyInstantAreNotLost() {
        for (int i = 0; i < 50; i++) {
            world.dry = false;
            Subject subject = Subject.of("house", UUID.randomUUID());
            SagaId id = database.write(tx -> work.sagas().start(tx, saga, subject, plan));
            // somewhere between the start and the wait
            long until = System.nanoTime() + i * 200_000L;
            while (System.nanoTime() < until) {
                Thread.onSpinWait();
            }
            world.dry = true;
            database.change(tx -> work.sagas().signal(tx, subject));
            awaitState(id, SagaState.SUCCEEDED);
        }
    }

    @Test
    void aFailureUnwindsInReverseAndIsRecordedOnce() {
        world.dry = true;
        world.failsOnce = Optional.of(new IllegalStateException("no bricks"));
        SagaId id = begin();
        awaitState(id, SagaState.FAILED);
        assertThat(world.things).isEmpty();
        assertThat(world.recorded).containsExactly("build: no bricks");
        assertThat(history(id).steps())
                .filteredOn(SagaHistory.Entry::undo)
                .extracting(SagaHistory.Entry::step)
                .containsExactly("build", "dig");
    }

    @Test
    void aTransientFailureIsRetried() {
        world.dry = true;
        world.failsOnce = Optional.of(new Hiccup());
        SagaId id = begin();
        awaitState(id, SagaState.SUCCEEDED);
        assertThat(history(id).steps().getLast().attempts()).isEqualTo(2);
    }

    @Test
    void anUndoIsRetriedUntilItSucceeds() {
        world.dry = true;
        world.undoFailures.set(3);
        world.failsOnce = Optional.of(new IllegalStateException("no bricks"));
        SagaId id = begin();
        awaitState(id, SagaState.FAILED);
        assertThat(world.things).isEmpty();
        assertThat(history(id).steps().getLast().attempts()).isEqualTo(4);
    }

    @Test
    void cancellingAWaitingSagaUnwindsIt() {
        SagaId id = begin();
        Eventually.holds("it waits", () -> "waiting".equals(outcomeOf(id, "dry")));
        assertThat(cancel()).isTrue();
        awaitState(id, SagaState.FAILED);
        assertThat(world.things).isEmpty();
        assertThat(world.recorded).containsExactly("cancelled: enough");
    }

    @Test
    void cancellingDuringAStepUndoesThatStepToo() throws InterruptedException {
        var inside = new CountDownLatch(1);
        var goOn = new CountDownLatch(1);
        world.dry = true;
        world.whileBuilding =
                () -> {
                    inside.countDown();
                    try {
                        goOn.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                };
        SagaId id = begin();
        inside.await();
        assertThat(cancel()).isTrue();
        goOn.countDown();
        awaitState(id, SagaState.FAILED);
        assertThat(world.things).isEmpty();
        assertThat(world.recorded).containsExactly("cancelled: enough");
    }

    @Test
    void whatHasEndedIsNotCancelled() {
        world.dry = true;
        SagaId id = begin();
        awaitState(id, SagaState.SUCCEEDED);
        assertThat(cancel()).isFalse();
        assertThat(state(id)).isEqualTo(SagaState.SUCCEEDED);
    }

    @Test
    void aSecondSagaOfAnExclusiveKindIsRefusedUntilTheFirstHasEnded() {
        SagaId first = database.write(tx -> work.sagas().start(tx, only, house, plan));
        assertThatThrownBy(() -> database.write(tx -> work.sagas().start(tx, only, house, plan)))
                .isInstanceOf(SagaAlreadyActive.class);
        world.dry = true;
        database.change(tx -> work.sagas().signal(tx, house));
        awaitState(first, SagaState.SUCCEEDED);
        database.write(tx -> work.sagas().start(tx, only, house, plan));
    }

    @Test
    void whatAKilledLifeOfTheReplicaWasRunningIsTakenUpAtOnce() {
        SagaId id;
        world.dry = true;
        try (Database elsewhere = Database.open(address, 4)) {
            // as a killed process leaves it: picked, its heart just beaten
            id =
                    database.write(
                            tx ->
                                    work.sagas()
                                            .start(
                                                    tx,
                                                    saga,
                                                    house,
                                                    new Building.Plan(1, Duration.ofHours(1))));
            awaitState(id, SagaState.SUCCEEDED);
            work.close();
            elsewhere.change(
                    tx -> {
                        tx.sql()
                                .execute(
                                        "update kernel.saga set state='running', position=2, step='build', ended_at=null");
                        tx.sql()
                                .execute(
                                        "insert into kernel.scheduled_task (task_name, task_instance, execution_time, picked,"
                                                + " picked_by, last_heartbeat, version) select 'saga', id::text, now(), true,"
                                                + " 'here', now(), 1 from kernel.saga on conflict (task_name, task_instance) do"
                                                + " update set picked = true, picked_by = 'here', last_heartbeat = now()");
                    });
            try (Work again = Work.on(elsewhere, WorkOptions.of("here"))) {
                again.sagas().register(new Building(world));
                again.start();
                awaitState(id, SagaState.SUCCEEDED);
            }
        }
    }

    @Test
    void endedSagasArePrunedAndActiveOnesKept() {
        world.dry = true;
        SagaId ended = begin();
        awaitState(ended, SagaState.SUCCEEDED);
        database.change(
                tx ->
                        tx.sql()
                                .execute(
                                        "update kernel.saga set ended_at = now() - interval '8 days'"));
        world.dry = false;
        SagaId active = begin();
        var housekeeping =
                new SagaHousekeeping(database, new SagaStore(new SagaJson()), Duration.ofDays(7));
        assertThat(housekeeping.reconcile().changed()).isEqualTo(1);
        assertThat(housekeeping.reconcile().changed()).isZero();
        var pruned = database.read(tx -> work.sagas().history(tx, ended));
        assertThat(pruned).isEmpty();
        assertThat(state(active)).isEqualTo(SagaState.RUNNING);
    }

    @Test
    void theDoctorFindsUndosThatFailForLong() {
        world.dry = true;
        world.undoFailures.set(Integer.MAX_VALUE);
        world.failsOnce = Optional.of(new IllegalStateException("no bricks"));
        SagaId id = begin();
        awaitState(id, SagaState.UNWINDING);
        Eventually.holds("the undo has failed", () -> "retrying".equals(undoOutcomeOf(id, "dig")));
        var stuck = work.invariants().getFirst();
        assertThat(stuck.check().get()).isEmpty();
        database.change(
                tx ->
                        tx.sql()
                                .execute(
                                        "update kernel.saga set step_started_at = now() - interval '11 minutes'"));
        assertThat(stuck.check().get())
                .singleElement()
                .satisfies(f -> assertThat(f.wrong()).contains("undo of dig"));
    }

    private SagaId begin() {
        return database.write(tx -> work.sagas().start(tx, saga, house, plan));
    }

    private boolean cancel() {
        return !database.write(tx -> work.sagas().cancel(tx, house, "enough")).isEmpty();
    }

    private SagaHistory history(SagaId id) {
        return database.read(tx -> work.sagas().history(tx, id)).orElseThrow();
    }

    private SagaState state(SagaId id) {
        return history(id).state();
    }

    private void awaitState(SagaId id, SagaState state) {
        Eventually.holds(id + " is " + state, () -> state(id) == state);
    }

    private String outcomeOf(SagaId id, String step) {
        return outcome(id, step, false);
    }

    private String undoOutcomeOf(SagaId id, String step) {
        return outcome(id, step, true);
    }

    private String outcome(SagaId id, String step, boolean undo) {
        return history(id).steps().stream()
                .filter(entry -> entry.step().equals(step) && entry.undo() == undo)
                .map(SagaHistory.Entry::outcome)
                .findFirst()
                .orElse("");
    }

    private int tasks() {
        return database.read(
                tx -> tx.sql().fetchCount(org.jooq.impl.DSL.table("kernel.scheduled_task")));
    }
}
