package cloud.welkin.kernel.work;

import cloud.welkin.database.Database;
import cloud.welkin.kernel.doctor.Invariant;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All background work of this replica. Made first (services are given {@link #sagas} and {@link
 * #reconcilers} to start and poke work), started last, when everything is registered.
 *
 * <p>Needs three connections of the pool for itself (leases of reconcilers, listening,
 * db-scheduler's polling) and one for each step that is writing.
 */
public final class Work implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Work.class);
    private static final String SAGA_HINT = "saga";
    private static final String POKE_HINT = "poke ";

    private final Database database;
    private final SagaStore sagaStore;
    private final SagaRegistry registry;
    private final Sagas sagas;
    private final Reconcilers reconcilers;
    private final SagaScheduler scheduler;
    private final Herald herald;
    private final WorkOptions options;
    private final AtomicBoolean started = new AtomicBoolean();
    private final AtomicBoolean stopping = new AtomicBoolean();
    private Optional<AutoCloseable> listening = Optional.empty();

    private Work(
            Database database,
            WorkOptions options,
            Clock clock,
            SagaObserver sagaObserver,
            ReconcilerObserver reconcilerObserver) {
        this.database = database;
        this.options = options;
        var json = new SagaJson();
        this.sagaStore = new SagaStore(json);
        this.herald = new Herald(database);
        this.registry = new SagaRegistry(this::wakeSagas);
        this.sagas = new Sagas(sagaStore, json, registry);
        var runner =
                new SagaRunner(
                        database, sagaStore, json, registry, sagaObserver, clock, stopping::get);
        this.scheduler =
                new SagaScheduler(database, sagaStore, runner, options, clock, stopping::get);
        this.reconcilers =
                new Reconcilers(
                        database,
                        new ReconcilerStore(),
                        options.replica(),
                        reconcilerObserver,
                        clock,
                        name -> herald.tell(POKE_HINT + name));
        reconcilers.register(new SagaHousekeeping(database, sagaStore, options.keepEnded()));
    }

    public static Work on(
            Database database,
            WorkOptions options,
            Clock clock,
            SagaObserver sagaObserver,
            ReconcilerObserver reconcilerObserver) {
        return new Work(database, options, clock, sagaObserver, reconcilerObserver);
    }

    /** Unobserved, by the system's clock. */
    public static Work on(Database database, WorkOptions options) {
        return on(database, options, Clock.systemUTC(), SagaObserver.NONE, ReconcilerObserver.NONE);
    }

    public Sagas sagas() {
        return sagas;
    }

    public Reconcilers reconcilers() {
        return reconcilers;
    }

    /** What the doctor asks about background work. */
    public List<Invariant> invariants() {
        return new SagaInvariants(database, sagaStore, registry).all();
    }

    /** Takes up what was left, and waits for more. */
    public void start() {
        if (!started.compareAndSet(false, true)) {
            throw new IllegalStateException("The work has started already");
        }
        listening = Optional.of(database.listen(Herald.CHANNEL, this::hear));
        scheduler.start();
        reconcilers.start();
    }

    /** Interrupts what runs; nothing is lost, another replica or the next start goes on. */
    @Override
    public void close() {
        stopping.set(true);
        listening.ifPresent(
                listener -> {
                    try {
                        listener.close();
                    } catch (Exception e) {
                        log.debug("Closing the listener", e);
                    }
                });
        if (started.get()) {
            scheduler.close();
            reconcilers.close();
        }
    }

    private void wakeSagas() {
        if (started.get()) {
            scheduler.wake();
        }
        if (!started.get() || scheduler.full()) {
            herald.tell(SAGA_HINT);
        }
    }

    private void hear(String payload) {
        if (payload.isEmpty()) {
            // the connection was lost for a while: anything may have been said
            scheduler.wake();
            reconcilers.hearAnything();
        } else if (payload.equals(SAGA_HINT)) {
            scheduler.wake();
        } else if (payload.startsWith(POKE_HINT)) {
            reconcilers.hear(payload.substring(POKE_HINT.length()));
        }
    }
}
