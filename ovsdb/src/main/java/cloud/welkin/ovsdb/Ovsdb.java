package cloud.welkin.ovsdb;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * A client of one OVSDB database with a live replica of the tables that {@link
 * OvsdbSettings#tables} names.
 *
 * <p>One connection is held; when it is lost it is made again, with growing pauses, by the next
 * remote in turn. Each new connection starts from a whole copy which replaces the replica;
 * listeners are told what differs, so that they see one history without gaps. While disconnected
 * the replica keeps its last state and {@link #transact} waits for a connection.
 *
 * <p>When {@link #transact} has returned, the replica shows what it wrote: the server sends updates
 * before the answer.
 *
 * <p>All methods may be called from any thread; those that wait are bounded. Failures are {@link
 * OvsdbException}s.
 */
public final class Ovsdb implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Ovsdb.class);
    private static final String NO_TRANSACTION = "00000000-0000-0000-0000-000000000000";

    private final OvsdbSettings settings;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final List<Listening> listeners = new CopyOnWriteArrayList<>();
    private final Thread keeper;

    // The four below are guarded by the lock.
    private @Nullable Session session;
    private @Nullable Replica replica;
    private @Nullable RuntimeException lastFailure;
    private boolean closed;

    private Ovsdb(OvsdbSettings settings) {
        this.settings = settings;
        this.keeper = Thread.ofVirtual().name("ovsdb-" + settings.database()).unstarted(this::keep);
    }

    /**
     * Connects and returns when the replica is whole.
     *
     * @throws OvsdbException.Unavailable when no server answered within {@link
     *     OvsdbSettings#patience}
     * @throws OvsdbException.Incompatible when the server lacks the database, a table or a column
     */
    public static Ovsdb open(OvsdbSettings settings) {
        var client = new Ovsdb(settings);
        client.keeper.start();
        try {
            client.connected(settings.patience(), true);
            return client;
        } catch (OvsdbException e) {
            client.close();
            throw e;
        }
    }

    /** The rows of a replicated table at this moment. */
    public Table table(String name) {
        return read(() -> known().table(name));
    }

    /** Reads several tables of the same moment: no update comes between. To be short. */
    public <T> T read(Supplier<T> reading) {
        lock.lock();
        try {
            return reading.get();
        } finally {
            lock.unlock();
        }
    }

    public Schema schema() {
        return read(() -> known().schema());
    }

    public boolean isConnected() {
        return read(() -> session != null);
    }

    /** Commits all operations or none; waits no longer than {@link OvsdbSettings#patience}. */
    public List<Result> transact(List<Operation> operations) {
        return transact(operations, settings.patience());
    }

    /**
     * Commits all operations or none.
     *
     * @return one result per operation
     * @throws OvsdbRefusal when the server refused; nothing was done
     * @throws OvsdbException.Unavailable when there was no connection in time; nothing was sent
     * @throws OvsdbException.OutcomeUnknown when the answer did not come: look at the replica
     */
    public List<Result> transact(List<Operation> operations, Duration patience) {
        if (operations.isEmpty()) {
            return List.of();
        }
        long deadline = System.nanoTime() + patience.toNanos();
        var current = connected(patience, false);
        var params =
                JsonNodeFactory.instance.arrayNode(operations.size() + 1).add(settings.database());
        operations.forEach(operation -> params.add(Wire.json(operation)));
        var left = Duration.ofNanos(Math.max(deadline - System.nanoTime(), 1_000_000));
        return Wire.results(operations, current.call("transact", params, left), schema());
    }

    public List<Result> transact(Operation... operations) {
        return transact(List.of(operations));
    }

    /** Waits until the replica holds a row that satisfies the condition. */
    public Row awaitRow(String table, Predicate<Row> condition, Duration patience) {
        return await(() -> table(table).first(condition), patience, "a row of " + table);
    }

    /**
     * Waits until the reading, tried whenever the replica changes, has a result.
     *
     * @throws OvsdbException.WaitedTooLong naming {@code what}
     */
    public <T> T await(Supplier<Optional<T>> reading, Duration patience, String what) {
        long left = patience.toNanos();
        lock.lock();
        try {
            while (true) {
                var result = reading.get();
                if (result.isPresent()) {
                    return result.get();
                }
                if (closed || left <= 0) {
                    throw new OvsdbException.WaitedTooLong(
                            "no %s within %s".formatted(what, patience));
                }
                left = changed.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new OvsdbException.WaitedTooLong("interrupted while waiting for " + what);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Listens to changes of these tables (of all, if none is named), in a thread of the listener's
     * own.
     */
    public Subscription listen(Set<String> tables, Consumer<Event> listener) {
        var listening = new Listening(tables, listener, listeners::remove);
        listening.start();
        lock.lock();
        try {
            listeners.add(listening);
        } finally {
            lock.unlock();
        }
        return listening;
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            if (session != null) {
                session.close();
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        keeper.interrupt();
        List.copyOf(listeners).forEach(Listening::close);
    }

    private Replica known() {
        if (replica == null) {
            throw new OvsdbException.Unavailable(settings.remotes() + " never answered");
        }
        return replica;
    }

    private Session connected(Duration patience, boolean failEarly) {
        long left = patience.toNanos();
        lock.lock();
        try {
            while (session == null) {
                if (closed) {
                    throw new OvsdbException.Unavailable("this client is closed");
                }
                if (failEarly && lastFailure instanceof OvsdbException.Incompatible incompatible) {
                    throw incompatible;
                }
                if (left <= 0) {
                    var message =
                            "%s: no connection within %s".formatted(settings.remotes(), patience);
                    throw lastFailure == null
                            ? new OvsdbException.Unavailable(message)
                            : new OvsdbException.Unavailable(message, lastFailure);
                }
                left = changed.awaitNanos(left);
            }
            return session;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new OvsdbException.Unavailable("interrupted while waiting for a connection", e);
        } finally {
            lock.unlock();
        }
    }

    private void keep() {
        var pause = settings.firstBackoff();
        for (int turn = 0; !read(() -> closed); turn++) {
            var remote = settings.remotes().get(turn % settings.remotes().size());
            try (var attempt = new Session(remote, settings.patience(), this::notified)) {
                resynchronise(attempt);
                pause = settings.firstBackoff();
                disconnected(attempt.awaitEnd(settings.probe()));
            } catch (IOException e) {
                failed(new OvsdbException.Unavailable(remote + ": " + e.getMessage(), e));
            } catch (OvsdbException e) {
                failed(e);
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException e) {
                failed(
                        new OvsdbException.Incompatible(
                                remote + " sent what this client does not understand: " + e));
            }
            try {
                long millis = pause.toMillis();
                TimeUnit.MILLISECONDS.sleep(
                        millis / 2 + ThreadLocalRandom.current().nextLong(millis / 2 + 1));
            } catch (InterruptedException e) {
                return;
            }
            var doubled = pause.multipliedBy(2);
            pause =
                    doubled.compareTo(settings.longestBackoff()) < 0
                            ? doubled
                            : settings.longestBackoff();
        }
    }

    private void resynchronise(Session attempt) {
        var nodes = JsonNodeFactory.instance;
        Schema schema;
        try {
            schema =
                    Wire.schema(
                            attempt.call(
                                    "get_schema",
                                    nodes.arrayNode().add(settings.database()),
                                    settings.patience()));
        } catch (OvsdbRefusal e) {
            throw new OvsdbException.Incompatible(
                    "database %s: %s".formatted(settings.database(), e.getMessage()));
        }
        var fresh = new Replica(schema, settings.tables());
        if (settings.tables().isEmpty()) {
            adopt(attempt, fresh, nodes.objectNode());
            return;
        }
        var requests = nodes.objectNode();
        fresh.columns()
                .forEach(
                        (table, columns) ->
                                requests.putArray(table)
                                        .addObject()
                                        .set("columns", Wire.texts(List.copyOf(columns))));
        var params = nodes.arrayNode().add(settings.database()).add("replica").add(requests);
        try {
            attempt.call(
                    "monitor_cond_since",
                    params.deepCopy().add(NO_TRANSACTION),
                    settings.patience(),
                    answer -> adopt(attempt, fresh, answer.path(2)));
        } catch (OvsdbRefusal e) {
            // A server older than Open vSwitch 2.12 does not know it.
            attempt.call(
                    "monitor_cond",
                    params,
                    settings.patience(),
                    answer -> adopt(attempt, fresh, answer));
        }
    }

    private void adopt(Session attempt, Replica fresh, JsonNode whole) {
        lock.lock();
        try {
            var inserted = fresh.apply(whole);
            var changes = replica == null ? inserted : fresh.since(replica);
            replica = fresh;
            session = attempt;
            lastFailure = null;
            if (closed) {
                attempt.close();
            }
            changed.signalAll();
            tell(changes);
            listeners.forEach(each -> each.tell(new Event.Connected()));
        } finally {
            lock.unlock();
        }
        log.debug("connected to {} ({})", settings.database(), settings.remotes());
    }

    private void notified(Session from, JsonNode message) {
        var params = message.path("params");
        switch (message.path("method").asString("")) {
            case "update2" -> update(from, params.path(1));
            case "update3" -> update(from, params.path(2));
            default -> log.debug("{} is not of interest", message.path("method"));
        }
    }

    private void update(Session from, JsonNode updates) {
        lock.lock();
        try {
            if (from != session) {
                return; // the last words of a connection that has been replaced
            }
            tell(known().apply(updates));
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void tell(List<Change> changes) {
        if (!changes.isEmpty()) {
            var event = new Event.Changed(changes);
            listeners.forEach(each -> each.tell(event));
        }
    }

    private void disconnected(String reason) {
        lock.lock();
        try {
            session = null;
            if (!closed) {
                log.info("lost {} ({}): {}", settings.database(), settings.remotes(), reason);
                listeners.forEach(each -> each.tell(new Event.Disconnected(reason)));
            }
        } finally {
            lock.unlock();
        }
    }

    private void failed(OvsdbException failure) {
        lock.lock();
        try {
            session = null;
            lastFailure = failure;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        log.debug("{}: {}", settings.database(), failure.getMessage());
    }
}
