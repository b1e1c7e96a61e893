package cloud.welkin.kernel.work;

import cloud.welkin.database.Database;
import cloud.welkin.database.DatabaseUnavailable;
import cloud.welkin.database.Tx;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs reconcilers: each on the one replica that holds its lease, when poked or due. A poke is a
 * hint and is never awaited: the run that follows it starts after the poking transaction's commit
 * and sees what it wrote.
 */
public final class Reconcilers {

    private static final Logger log = LoggerFactory.getLogger(Reconcilers.class);

    /**
     * How long a replica waits before it first runs what another one ran before: the other notices
     * its loss in less.
     */
    private static final Duration TAKE_OVER = Duration.ofSeconds(2);

    private static final Duration RECORD_AT_LEAST_EVERY = Duration.ofSeconds(10);

    private final Database database;
    private final ReconcilerStore store;
    private final String replica;
    private final ReconcilerObserver observer;
    private final Clock clock;
    private final Consumer<String> tellOthers;
    private final Map<String, ReconcilerLoop> loops = new ConcurrentHashMap<>();
    private final Map<String, ReconcilerStatus> recorded = new ConcurrentHashMap<>();
    private final Leases leases;
    private Optional<Thread> keeper = Optional.empty();

    Reconcilers(
            Database database,
            ReconcilerStore store,
            String replica,
            ReconcilerObserver observer,
            Clock clock,
            Consumer<String> tellOthers) {
        this.database = database;
        this.store = store;
        this.replica = replica;
        this.observer = observer;
        this.clock = clock;
        this.tellOthers = tellOthers;
        this.leases = new Leases(database.dataSource(), this::lead, name -> loop(name).yieldLead());
    }

    /** Before the work starts. */
    public void register(Reconciler reconciler) {
        var loop = new ReconcilerLoop(reconciler, replica, clock, this::ran);
        if (loops.putIfAbsent(reconciler.name(), loop) != null) {
            throw new IllegalArgumentException("Two reconcilers are called " + reconciler.name());
        }
        leases.want(reconciler.name());
    }

    /**
     * Has the reconciler run once more, after the transaction's commit, on whichever replica runs
     * it.
     */
    public void poke(Tx tx, String name) {
        loop(name);
        tx.afterCommit(() -> poke(name));
    }

    /** The same at once, for facts that did not come by a transaction of ours. */
    public void poke(String name) {
        if (!loop(name).poke()) {
            tellOthers.accept(name);
        }
    }

    /**
     * The last run of each reconciler, wherever it ran; unremarkable runs are recorded every ten
     * seconds at most.
     */
    public List<ReconcilerStatus> status(Tx tx) {
        return store.all(tx);
    }

    /** The last run on this replica, if it ran here. */
    public Optional<ReconcilerStatus> lastRunHere(String name) {
        return loop(name).last();
    }

    void start() {
        loops.values().forEach(ReconcilerLoop::start);
        leases.check();
        keeper = Optional.of(Thread.ofVirtual().name("reconciler leases").start(this::keepLeases));
    }

    /** Another replica says that the reconciler is wanted. */
    void hear(String name) {
        Optional.ofNullable(loops.get(name)).ifPresent(ReconcilerLoop::poke);
    }

    /** Hints may have been missed. */
    void hearAnything() {
        loops.values().forEach(ReconcilerLoop::poke);
    }

    void close() {
        keeper.ifPresent(Thread::interrupt);
        loops.values().forEach(ReconcilerLoop::close);
        leases.close();
    }

    private void keepLeases() {
        try {
            while (true) {
                Thread.sleep(Leases.CHECK_EVERY);
                leases.check();
            }
        } catch (InterruptedException e) {
            log.debug("Leases are no longer kept");
        }
    }

    private void lead(String name) {
        Duration pause = Duration.ZERO;
        try {
            Optional<String> before = database.read(tx -> store.ranBy(tx, name));
            if (before.isPresent() && !before.get().equals(replica)) {
                pause = TAKE_OVER;
            }
        } catch (DatabaseUnavailable e) {
            pause = TAKE_OVER;
        }
        loop(name).lead(pause);
    }

    private void ran(ReconcilerStatus status) {
        observer.ran(status);
        ReconcilerStatus before = recorded.get(status.name());
        boolean remarkable =
                before == null
                        || status.report().changed() > 0
                        || status.failure().isPresent()
                        || before.failure().isPresent()
                        || before.startedAt()
                                .plus(RECORD_AT_LEAST_EVERY)
                                .isBefore(status.startedAt());
        if (!remarkable) {
            return;
        }
        try {
            database.change(tx -> store.record(tx, status));
            recorded.put(status.name(), status);
        } catch (RuntimeException e) {
            log.debug("The run of {} is not recorded", status.name(), e);
        }
    }

    private ReconcilerLoop loop(String name) {
        ReconcilerLoop loop = loops.get(name);
        if (loop == null) {
            throw new IllegalArgumentException("No reconciler is called " + name);
        }
        return loop;
    }
}
