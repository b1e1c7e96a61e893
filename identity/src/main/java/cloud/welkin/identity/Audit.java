package cloud.welkin.identity;

import cloud.welkin.database.Database;
import cloud.welkin.database.Tx;
import cloud.welkin.identity.domain.AuditEvent;
import cloud.welkin.identity.store.AuditStore;
import cloud.welkin.kernel.api.RequestObserver;
import cloud.welkin.kernel.json.Json;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The audit: CADF events as rows in the database, each the same as a line in the log.
 *
 * <p>A change of identity's is told of in the transaction that makes it: neither is without the
 * other, whenever the program dies. An authentication changes nothing; its event is written before
 * the answer leaves, without waiting for the disk: a crash of the machine can take those of its
 * last moment, which the log has.
 *
 * <p>Refusals – of who has no good token or may not do what it asks, in every service, and of
 * changes – have transactions of their own. Anybody can cause them, so they are told of by {@link
 * Refusals}: at most so many a minute of each replica, with how often each happened. The database
 * keeps a bounded number of them ({@link AuditStore#trimFailures}).
 */
public final class Audit implements RequestObserver, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger("cloud.welkin.audit");
    private static final Duration ROUND = Duration.ofMinutes(1);

    private final Database database;
    private final Clock clock;
    private final AuditStore store;
    private final Duration length;
    private final Refusals ofStrangers = new Refusals();
    private final Refusals ofUsers = new Refusals();
    private final Object timing = new Object();
    private @Nullable Thread round;

    public Audit(Database database, Clock clock, AuditStore store) {
        this(database, clock, store, ROUND);
    }

    /**
     * @param length of a round of refusals
     */
    Audit(Database database, Clock clock, AuditStore store, Duration length) {
        this.database = database;
        this.clock = clock;
        this.store = store;
        this.length = length;
    }

    /** The newest events that the filter lets through, as JSON, the oldest of them first. */
    public List<String> find(AuditStore.Filter filter) {
        return database.read(tx -> store.find(tx, filter));
    }

    @Override
    public void changing(Tx tx, Finished request) {
        AuditEvents.action(request)
                .map(action -> AuditEvents.of(clock.instant(), action, request))
                .ifPresent(event -> keep(tx, event));
    }

    @Override
    public void finished(Finished request) {
        if (request.told()) {
            return;
        }
        Optional<String> action = AuditEvents.action(request);
        if (action.isEmpty()) {
            return;
        }
        Instant now = clock.instant();
        if (request.status() < 400) {
            keep(List.of(AuditEvents.of(now, action.get(), request)));
            return;
        }
        // Strangers' flood hides nothing that users are refused.
        Refusals refusals = request.caller().isPresent() ? ofUsers : ofStrangers;
        List<AuditEvent> first =
                refusals.one(kind(request), now, () -> AuditEvents.of(now, action.get(), request));
        if (!first.isEmpty()) {
            keep(first);
            begin();
        }
    }

    /** Of who is known, each thing that is refused; of strangers, whose name they take. */
    private static Refusals.Kind kind(Finished request) {
        return new Refusals.Kind(
                request.incoming().peer(),
                AuditEvents.initiator(request),
                request.caller().isPresent()
                        ? request.incoming().method() + " " + request.incoming().rawPath()
                        : request.service().orElse(""),
                request.status());
    }

    /** What an operator did beside the API, in the transaction that does it. */
    void operator(Tx tx, String action, String target) {
        keep(tx, AuditEvents.beside(clock.instant(), action, target, "operator"));
    }

    /** What the program did because it was time, in the transaction that does it. */
    void program(Tx tx, String action, String target) {
        keep(tx, AuditEvents.beside(clock.instant(), action, target, "program"));
    }

    private void keep(Tx tx, AuditEvent event) {
        String line = Json.text(event.cadf());
        store.insert(tx, event, line);
        tx.afterCommit(() -> log.info("{}", line));
    }

    private void keep(List<AuditEvent> events) {
        for (AuditEvent event : events) {
            String line = Json.text(event.cadf());
            log.info("{}", line);
            try {
                database.once(tx -> store.insertLoosely(tx, event, line));
            } catch (RuntimeException e) {
                // Whatever is wrong with the database, the request has been answered for.
                log.warn("the event {} is in this log only: {}", event.id(), e.getMessage());
            }
        }
    }

    /** The round of refusals ends after a minute, also when nothing happens any more. */
    private void begin() {
        synchronized (timing) {
            if (round == null) {
                round = Thread.ofVirtual().name("audit-round").start(this::await);
            }
        }
    }

    private void await() {
        try {
            Thread.sleep(length);
        } catch (InterruptedException e) {
            return;
        }
        synchronized (timing) {
            round = null;
        }
        tellCounted();
    }

    /** Ends the round before its time. */
    void endRound() {
        synchronized (timing) {
            if (round != null) {
                round.interrupt();
                round = null;
            }
        }
        tellCounted();
    }

    /** Tells how often there was more of what was refused. */
    private void tellCounted() {
        Instant now = clock.instant();
        List<AuditEvent> counted = new ArrayList<>(ofStrangers.end(now));
        counted.addAll(ofUsers.end(now));
        if (!counted.isEmpty()) {
            keep(counted);
        }
    }

    @Override
    public void close() {
        endRound();
    }
}
