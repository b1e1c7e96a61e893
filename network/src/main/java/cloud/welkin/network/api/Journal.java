package cloud.welkin.network.api;

import cloud.welkin.database.Tx;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.event.Event;
import cloud.welkin.kernel.event.Events;
import cloud.welkin.kernel.id.ProjectId;
import cloud.welkin.kernel.json.Json;
import cloud.welkin.kernel.policy.Caller;
import cloud.welkin.kernel.quota.QuotaExceeded;
import cloud.welkin.kernel.quota.QuotaResource;
import cloud.welkin.kernel.quota.Quotas;
import cloud.welkin.network.domain.Refusals;
import cloud.welkin.network.work.Backbone;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;

/**
 * What every change of this service does besides changing its rows: tell of it, have it brought
 * into the world, and count it. The count comes last in a transaction, since its row is what
 * transactions of one project wait for each other on.
 */
public final class Journal {
    private static final String SERVICE = "network";
    public static final QuotaResource NETWORK = new QuotaResource(SERVICE, "network", 100);
    public static final QuotaResource SUBNET = new QuotaResource(SERVICE, "subnet", 100);
    public static final QuotaResource SUBNET_POOL =
            new QuotaResource(SERVICE, "subnetpool", Quotas.UNLIMITED);
    public static final QuotaResource PORT = new QuotaResource(SERVICE, "port", 500);
    public static final QuotaResource ROUTER = new QuotaResource(SERVICE, "router", 10);
    public static final QuotaResource FLOATING_IP = new QuotaResource(SERVICE, "floatingip", 50);
    public static final QuotaResource SECURITY_GROUP =
            new QuotaResource(SERVICE, "security_group", 10);
    public static final QuotaResource SECURITY_GROUP_RULE =
            new QuotaResource(SERVICE, "security_group_rule", 100);

    private final Events events;
    private final Quotas quotas;
    private final Backbone backbone;
    private final Clock clock;

    private final List<BiConsumer<Tx, UUID>> portWatchers = new CopyOnWriteArrayList<>();

    /** Who does something, and by which request. */
    public record Actor(String user, String request) {
        static Actor of(Call call) {
            return new Actor(call.caller().user().value(), call.requestId());
        }

        public static Actor of(Caller caller) {
            return new Actor(caller.user().value(), "");
        }
    }

    public Journal(Events events, Quotas quotas, Backbone backbone, Clock clock) {
        this.events = events;
        this.quotas = quotas;
        this.backbone = backbone;
        this.clock = clock;
    }

    /** The time as rows can hold it. */
    public Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }

    public Backbone backbone() {
        return backbone;
    }

    /** Tells that something happened; whatever it was, the backbone may have to follow. */
    void happened(Tx tx, Actor actor, String type, ProjectId project, UUID thing, Object payload) {
        backbone.changed(tx);
        told(tx, actor, type, project, thing, payload);
    }

    /** Tells that something happened of which the backbone knows nothing. */
    void told(Tx tx, Actor actor, String type, ProjectId project, UUID thing, Object payload) {
        events.publish(
                tx,
                new Event(
                        UUID.randomUUID(),
                        now(),
                        type,
                        project.value(),
                        actor.user(),
                        thing.toString(),
                        actor.request(),
                        Json.tree(payload)));
    }

    /** Hears, in the same transaction, of ports whose addresses, floating IPs or groups changed. */
    void watchPorts(BiConsumer<Tx, UUID> watcher) {
        portWatchers.add(watcher);
    }

    void portChanged(Tx tx, UUID port) {
        portWatchers.forEach(watcher -> watcher.accept(tx, port));
    }

    void count(Tx tx, ProjectId project, QuotaResource resource, long delta) {
        count(tx, project, Map.of(resource, delta));
    }

    /** Takes or frees quota; to be called last. */
    void count(Tx tx, ProjectId project, Map<QuotaResource, Long> deltas) {
        if (project.value().isEmpty() || deltas.isEmpty()) {
            return;
        }
        try {
            quotas.take(tx, project.value(), deltas);
        } catch (QuotaExceeded e) {
            throw Refusals.conflict(
                    "OverQuota",
                    "Quota exceeded for resources: %s.",
                    e.refusals().stream()
                            .map(refusal -> "'" + refusal.resource().name() + "'")
                            .sorted()
                            .collect(Collectors.joining(", ", "[", "]")));
        }
    }
}
