package cloud.welkin.compute.work;

import cloud.welkin.compute.domain.Aggregate;
import cloud.welkin.compute.domain.Host;
import cloud.welkin.compute.store.AggregateStore;
import cloud.welkin.compute.store.HostStore;
import cloud.welkin.compute.store.ServerStore;
import cloud.welkin.database.Constraints;
import cloud.welkin.database.Tx;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.host.HostName;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import org.jooq.exception.IntegrityConstraintViolationException;

/**
 * Names hosts together, and by that puts them into availability zones. A host is in one zone only,
 * and in the same as long as servers run on it: a server's zone never changes under it.
 */
public final class Aggregates {
    private final AggregateStore store;
    private final HostStore hosts;
    private final ServerStore servers;

    public Aggregates(AggregateStore store, HostStore hosts, ServerStore servers) {
        this.store = store;
        this.hosts = hosts;
        this.servers = servers;
    }

    public Aggregate create(Tx tx, String name, Optional<String> zone, Instant now) {
        Map<String, String> metadata =
                zone.map(text -> Map.of(Aggregate.ZONE, text)).orElse(Map.of());
        int number = named(name, () -> store.insert(tx, name, metadata, now));
        return store.find(tx, number).orElseThrow();
    }

    /**
     * Changes name and metadata.
     *
     * @param refusal what to answer when the zone cannot change, given the reason
     */
    public Aggregate change(
            Tx tx,
            Aggregate aggregate,
            String name,
            Map<String, String> metadata,
            Function<String, Failure> refusal,
            Instant now) {
        Optional<String> zone = Optional.ofNullable(metadata.get(Aggregate.ZONE));
        if (!zone.equals(aggregate.zone())) {
            otherZone(tx, aggregate, aggregate.hosts(), zone)
                    .ifPresent(
                            others -> {
                                throw refusal.apply(inOtherZone(others));
                            });
            if (hasServers(tx, aggregate.hosts())) {
                throw refusal.apply("One or more hosts contain instances in this zone");
            }
        }
        int number = aggregate.number();
        named(
                name,
                () -> {
                    store.change(tx, number, name, metadata, now);
                    return number;
                });
        refreshZones(tx, aggregate.hosts());
        return store.find(tx, number).orElse(aggregate);
    }

    /**
     * @throws Failure 400 when it has hosts
     */
    public void delete(Tx tx, Aggregate aggregate) {
        if (!aggregate.hosts().isEmpty()) {
            throw Failure.badRequest(
                            "Cannot remove aggregate %d. Reason: Host aggregate is not empty.",
                            aggregate.number())
                    .as("InvalidAggregateActionDelete");
        }
        store.delete(tx, aggregate.number());
    }

    /**
     * @throws Failure 404 for an unknown host, 409 for one that is in it, in another zone, or would
     *     change its zone under servers
     */
    public Aggregate addHost(Tx tx, Aggregate aggregate, String name) {
        Host host =
                hosts.find(tx, new HostName(name))
                        .orElseThrow(
                                () ->
                                        Failure.notFound(
                                                        "Compute host %s could not be found.",
                                                        name.length() > 255 ? "" : name)
                                                .as("ComputeHostNotFound"));
        if (aggregate.hosts().contains(host.name())) {
            throw Failure.conflict("Aggregate %d already has host %s.", aggregate.number(), name)
                    .as("AggregateHostExists");
        }
        List<HostName> one = List.of(host.name());
        if (aggregate.zone().isPresent()) {
            otherZone(tx, aggregate, one, aggregate.zone())
                    .ifPresent(
                            others -> {
                                throw cannotAdd(aggregate, inOtherZone(others));
                            });
            if (!host.zone().equals(aggregate.zone().get()) && hasServers(tx, one)) {
                throw cannotAdd(
                        aggregate,
                        "The host has instances, and their availability zone cannot change");
            }
        }
        store.addHost(tx, aggregate.number(), host.name());
        refreshZones(tx, one);
        return store.find(tx, aggregate.number()).orElse(aggregate);
    }

    /**
     * @throws Failure 404 for a host that is not in it, 409 when its servers' zone would change
     */
    public Aggregate removeHost(Tx tx, Aggregate aggregate, String name) {
        HostName host = new HostName(name);
        if (!aggregate.hosts().contains(host)) {
            throw Failure.notFound(
                            "Cannot remove host %s in aggregate %d",
                            name.length() > 255 ? "" : name, aggregate.number())
                    .as("AggregateHostNotFound");
        }
        boolean leaves =
                aggregate.zone().isPresent()
                        && store.ofHost(tx, host).stream()
                                .noneMatch(
                                        other ->
                                                other.number() != aggregate.number()
                                                        && other.zone().isPresent());
        if (leaves && hasServers(tx, List.of(host))) {
            throw Failure.conflict(
                            "Cannot remove host from aggregate %d. Reason: The host has instances,"
                                    + " and their availability zone cannot change.",
                            aggregate.number())
                    .as("InvalidAggregateActionDelete");
        }
        store.removeHost(tx, aggregate.number(), host);
        refreshZones(tx, List.of(host));
        return store.find(tx, aggregate.number()).orElse(aggregate);
    }

    /** The metadata with changes: null takes an item away. */
    public static Map<String, String> changed(
            Map<String, String> before, Map<String, Optional<String>> changes) {
        Map<String, String> after = new TreeMap<>(before);
        changes.forEach(
                (key, value) ->
                        value.ifPresentOrElse(
                                text -> after.put(key, text), () -> after.remove(key)));
        return after;
    }

    /** Zones other than this in which others of the hosts' aggregates put them. */
    private Optional<List<String>> otherZone(
            Tx tx, Aggregate aggregate, Collection<HostName> of, Optional<String> zone) {
        List<String> others =
                of.stream()
                        .flatMap(host -> store.ofHost(tx, host).stream())
                        .filter(other -> other.number() != aggregate.number())
                        .flatMap(other -> other.zone().stream())
                        .filter(other -> zone.isPresent() && !other.equals(zone.get()))
                        .distinct()
                        .toList();
        return others.isEmpty() ? Optional.empty() : Optional.of(others);
    }

    private boolean hasServers(Tx tx, Collection<HostName> of) {
        Map<String, Integer> counts = servers.countByHost(tx);
        return of.stream().anyMatch(host -> counts.containsKey(host.value()));
    }

    /** Writes into the hosts' rows which zones their aggregates put them in. */
    private void refreshZones(Tx tx, Collection<HostName> of) {
        for (HostName host : of) {
            hosts.setZone(
                    tx,
                    host,
                    store.ofHost(tx, host).stream()
                            .flatMap(aggregate -> aggregate.zone().stream())
                            .findFirst()
                            .orElse(Aggregate.USUAL_ZONE));
        }
    }

    private static int named(String name, java.util.function.IntSupplier write) {
        try {
            return write.getAsInt();
        } catch (IntegrityConstraintViolationException e) {
            if (Constraints.violated(e, "aggregate_name")) {
                throw Failure.conflict("Aggregate %s already exists.", name)
                        .as("AggregateNameExists");
            }
            throw e;
        }
    }

    private static String inOtherZone(List<String> zones) {
        return "One or more hosts already in availability zone(s) " + zones;
    }

    private static Failure cannotAdd(Aggregate aggregate, String why) {
        return Failure.conflict(
                        "Cannot add host to aggregate %d. Reason: %s.", aggregate.number(), why)
                .as("InvalidAggregateActionAdd");
    }
}
