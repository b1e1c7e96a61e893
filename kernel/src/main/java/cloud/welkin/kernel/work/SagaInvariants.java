package cloud.welkin.kernel.work;

import cloud.welkin.database.Database;
import cloud.welkin.kernel.doctor.Finding;
import cloud.welkin.kernel.doctor.Invariant;
import java.time.Duration;
import java.util.List;

/** What must hold of sagas at any time. */
final class SagaInvariants {

    /** An undo that is retried for longer than this needs a person. */
    private static final Duration UNDO_LIMIT = Duration.ofMinutes(10);

    private final Database database;
    private final SagaStore store;
    private final SagaRegistry registry;

    SagaInvariants(Database database, SagaStore store, SagaRegistry registry) {
        this.database = database;
        this.store = store;
        this.registry = registry;
    }

    List<Invariant> all() {
        return List.of(
                new Invariant(
                        "no saga is stuck in an undo",
                        "kernel",
                        "An undo is retried for ever; one that fails for %d minutes needs a person."
                                .formatted(UNDO_LIMIT.toMinutes()),
                        this::stuckUndos),
                new Invariant(
                        "every active saga has its task",
                        "kernel",
                        "An active saga is run by a row of kernel.scheduled_task.",
                        this::withoutTask),
                new Invariant(
                        "every active saga is known",
                        "kernel",
                        "The program knows each saga that a row names; it may not after a downgrade.",
                        this::unknown));
    }

    private List<Finding> stuckUndos() {
        return database.read(tx -> store.unwindingLongerThan(tx, UNDO_LIMIT)).stream()
                .map(
                        saga ->
                                new Finding(
                                        "%s of %s: undo of %s was tried %d times since %s"
                                                .formatted(
                                                        saga.name(),
                                                        saga.subject(),
                                                        saga.step(),
                                                        saga.attempt(),
                                                        saga.stepStartedAt()),
                                        List.of(saga.subject().id(), saga.id().toString()),
                                        "Remove what the undo's failure names (kernel.saga_step); it is retried every minute."))
                .toList();
    }

    private List<Finding> withoutTask() {
        return database.read(store::withoutTask).stream()
                .map(
                        id ->
                                new Finding(
                                        "Saga %s has no task".formatted(id),
                                        List.of(id.toString()),
                                        "The reconciler '%s' gives it one."
                                                .formatted(SagaHousekeeping.NAME)))
                .toList();
    }

    private List<Finding> unknown() {
        return database.read(store::activeNames).stream()
                .filter(name -> registry.find(name).isEmpty())
                .map(
                        name ->
                                new Finding(
                                        "Sagas called '%s' are active, and this program does not know them"
                                                .formatted(name),
                                        List.of(name),
                                        "Run the release that wrote them until they have ended."))
                .toList();
    }
}
