package cloud.welkin.kernel.event;

import cloud.welkin.database.Database;
import cloud.welkin.database.Tx;
import cloud.welkin.kernel.doctor.Finding;
import cloud.welkin.kernel.doctor.Invariant;
import cloud.welkin.kernel.work.Reconciler;
import cloud.welkin.kernel.work.Report;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The transactional outbox. {@link #publish} is one insert; subscribers read in the order of
 * transactions, each from its own durable cursor, which moves in the transaction in which its
 * handler writes.
 *
 * <p>A transaction that runs long holds back what came after it: the price for never passing by an
 * event.
 */
public final class Events implements AutoCloseable {

    private static final Duration LAG_LIMIT = Duration.ofMinutes(10);

    private final Database database;
    private final Duration keep;
    private final Clock clock;
    private final EventStore store = new EventStore();
    private final Map<String, Subscription> subscriptions = new ConcurrentHashMap<>();
    private final AtomicBoolean started = new AtomicBoolean();

    /**
     * @param keep how long events that everybody has read are kept
     */
    public Events(Database database, Duration keep, Clock clock) {
        this.database = database;
        this.keep = keep;
        this.clock = clock;
    }

    /** Tells of something that happens if, and only if, the transaction commits. */
    public void publish(Tx tx, Event event) {
        store.insert(tx, event);
        tx.afterCommit(this::wake);
    }

    /**
     * Hears what is published from the first subscription on. The name is kept in rows. Before
     * {@link #start}.
     */
    public void subscribe(String name, EventHandler handler) {
        subscribe(name, handler, false);
    }

    /** Hears also what is in the outbox already. */
    public void subscribeFromTheBeginning(String name, EventHandler handler) {
        subscribe(name, handler, true);
    }

    private void subscribe(String name, EventHandler handler, boolean fromTheBeginning) {
        if (subscriptions.putIfAbsent(name, new Subscription(database, store, name, handler))
                != null) {
            throw new IllegalArgumentException("Two subscribers are called " + name);
        }
        database.change(tx -> store.subscribe(tx, name, fromTheBeginning));
    }

    public void start() {
        database.change(store::rebase);
        started.set(true);
        subscriptions.values().forEach(Subscription::start);
    }

    /** Deletes old events that everybody has read. */
    public Reconciler housekeeping() {
        return new Housekeeping(database, store, keep);
    }

    public List<Invariant> invariants() {
        return List.of(
                new Invariant(
                        "every subscriber keeps up with events",
                        "kernel",
                        "An event that waits longer than %d minutes means a subscriber that fails, or a transaction that hangs."
                                .formatted(LAG_LIMIT.toMinutes()),
                        this::late));
    }

    @Override
    public void close() {
        if (started.get()) {
            subscriptions.values().forEach(Subscription::close);
        }
    }

    private void wake() {
        subscriptions.values().forEach(Subscription::wake);
    }

    private List<Finding> late() {
        var limit = clock.instant().minus(LAG_LIMIT);
        return database.read(store::lags).stream()
                .filter(lag -> lag.oldest().isBefore(limit))
                .map(
                        lag ->
                                new Finding(
                                        "%s has %d events to read, the oldest of %s"
                                                .formatted(
                                                        lag.subscriber(),
                                                        lag.waiting(),
                                                        lag.oldest()),
                                        List.of(lag.subscriber()),
                                        "The log says why the subscriber fails; delete its row in kernel.event_cursor if it is gone for good."))
                .toList();
    }

    private record Housekeeping(Database database, EventStore store, Duration keep)
            implements Reconciler {

        @Override
        public String name() {
            return "event housekeeping";
        }

        @Override
        public Duration every() {
            return Duration.ofMinutes(10);
        }

        @Override
        public Report reconcile() {
            int pruned = database.write(tx -> store.prune(tx, keep));
            return Report.changed(pruned, pruned + " pruned");
        }
    }
}
