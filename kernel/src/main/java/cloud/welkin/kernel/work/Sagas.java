package cloud.welkin.kernel.work;

import cloud.welkin.database.Tx;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Starts, wakes and cancels sagas, always inside the caller's transaction: rolled back with it,
 * acted upon after it.
 */
public final class Sagas {

    private final SagaStore store;
    private final SagaJson json;
    private final SagaRegistry registry;

    Sagas(SagaStore store, SagaJson json, SagaRegistry registry) {
        this.store = store;
        this.json = json;
        this.registry = registry;
    }

    /**
     * Makes a saga known, so that it can be started and, after a crash, resumed. Before the work
     * starts.
     */
    public void register(Saga<?> saga) {
        registry.add(saga);
    }

    /**
     * Begins a saga: its first step runs some milliseconds after the transaction commits.
     *
     * @throws SagaAlreadyActive if the saga is {@link Saga#onePerSubject} and one is active
     */
    public <I> SagaId start(Tx tx, Saga<I> saga, Subject subject, I input) {
        if (registry.find(saga.name()).isEmpty()) {
            throw new IllegalStateException("Saga " + saga.name() + " is not registered");
        }
        var id = new SagaId(UUID.randomUUID());
        Optional<String> key =
                saga.onePerSubject() ? Optional.of(saga.name() + " " + subject) : Optional.empty();
        String firstStep = saga.steps().declared().getFirst().name();
        if (!store.insert(tx, id, saga.name(), subject, firstStep, json.write(input), key)) {
            throw new SagaAlreadyActive(saga.name(), subject);
        }
        tx.afterCommit(registry::wake);
        return id;
    }

    /**
     * Says that something about the subject has changed: after the commit every waiting step of its
     * sagas runs again at once, and a step that is just running runs again if it comes back
     * waiting. Without sagas of the subject it does nothing.
     */
    public void signal(Tx tx, Subject subject) {
        if (store.signal(tx, subject) > 0) {
            tx.afterCommit(registry::wake);
        }
    }

    /**
     * Asks the running sagas of a subject to unwind with {@link SagaFailure.Cancelled}. A step that
     * is just running is not interrupted; it is undone when it returns. A saga whose end commits
     * first has ended and is not in the result; one that already unwinds goes on doing so and is
     * not either.
     *
     * @return the sagas that will unwind
     */
    public List<SagaId> cancel(Tx tx, Subject subject, String because) {
        List<SagaId> told = store.cancel(tx, subject, because);
        if (!told.isEmpty()) {
            tx.afterCommit(registry::wake);
        }
        return told;
    }

    /**
     * The sagas of a subject that have not ended, oldest first. Each end of one signals the
     * subject.
     */
    public List<ActiveSaga> active(Tx tx, Subject subject) {
        return store.active(tx, subject);
    }

    /** A saga with the history of its steps, until it is pruned some days after its end. */
    public Optional<SagaHistory> history(Tx tx, SagaId id) {
        return store.find(tx, id)
                .map(
                        row ->
                                new SagaHistory(
                                        id,
                                        row.name(),
                                        row.subject(),
                                        row.state(),
                                        row.failure(),
                                        store.history(tx, id)));
    }
}
