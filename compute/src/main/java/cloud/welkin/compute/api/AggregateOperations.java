package cloud.welkin.compute.api;

import cloud.welkin.compute.domain.Aggregate;
import cloud.welkin.compute.domain.Host;
import cloud.welkin.compute.store.AggregateStore;
import cloud.welkin.compute.store.HostStore;
import cloud.welkin.compute.store.ServerStore;
import cloud.welkin.database.Tx;
import cloud.welkin.kernel.api.Bodies;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Operation;
import cloud.welkin.kernel.api.OperationGroup;
import cloud.welkin.kernel.api.Reply;
import cloud.welkin.kernel.api.Times;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.host.HostName;
import cloud.welkin.kernel.json.Field;
import cloud.welkin.kernel.policy.Target;
import cloud.welkin.kernel.validate.Length;
import cloud.welkin.kernel.validate.Matches;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Groups of hosts, which may make an availability zone: os-aggregates. */
final class AggregateOperations implements OperationGroup {
    private static final String A = ComputePolicy.P + "os-aggregates:";
    private static final String PATH = "/os-aggregates";
    private static final String ZONE = "availability_zone";

    private final AggregateStore aggregates;
    private final HostStore hosts;
    private final ServerStore servers;
    private final Clock clock;

    AggregateOperations(
            AggregateStore aggregates, HostStore hosts, ServerStore servers, Clock clock) {
        this.aggregates = aggregates;
        this.hosts = hosts;
        this.servers = servers;
        this.clock = clock;
    }

    record New(NewAggregate aggregate) {}

    record NewAggregate(
            @Length(min = 1, max = 255) String name,
            @Length(min = 1, max = 255) @Matches("[^:]*") Optional<String> availabilityZone) {}

    record Change(Changes aggregate) {}

    record Changes(
            @Length(min = 1, max = 255) Optional<String> name,
            @Length(min = 1, max = 255) @Matches("[^:]*") Field<String> availabilityZone) {}

    record HostRequest(@Length(min = 1, max = 255) String host) {}

    record MetadataRequest(ObjectNode metadata) {}

    @Override
    public List<Operation> operations() {
        return List.of(
                Operation.get(PATH)
                        .policy(A + "index")
                        .doc("Lists aggregates.")
                        .anyParam()
                        .reads(
                                (call, tx) ->
                                        Map.of(
                                                "aggregates",
                                                aggregates.all(tx).stream()
                                                        .map(each -> view(call, each))
                                                        .toList())),
                Operation.post(PATH)
                        .policy(A + "create")
                        .doc("Makes an aggregate without hosts.")
                        .body(New.class)
                        .status(200)
                        .writes((call, tx, body) -> create(call, tx, body.aggregate())),
                Operation.get(PATH + "/{aggregate_id}")
                        .policy(A + "show")
                        .doc("Shows an aggregate.")
                        .anyParam()
                        .reads((call, tx) -> shown(call, find(call, aggregates.all(tx)))),
                Operation.put(PATH + "/{aggregate_id}")
                        .policy(A + "update")
                        .doc("Changes an aggregate's name or zone.")
                        .body(Change.class)
                        .writes((call, tx, body) -> update(call, tx, body.aggregate())),
                Operation.delete(PATH + "/{aggregate_id}")
                        .policy(A + "delete")
                        .doc("Deletes an aggregate that has no hosts.")
                        .status(200)
                        .writes(
                                (call, tx, body) -> {
                                    Aggregate aggregate = find(call, aggregates.lockAll(tx));
                                    if (!aggregate.hosts().isEmpty()) {
                                        throw Failure.badRequest(
                                                "Cannot delete aggregate %d: it is not empty.",
                                                aggregate.number());
                                    }
                                    aggregates.delete(tx, aggregate.number());
                                    return Reply.empty();
                                }),
                Operation.post(PATH + "/{aggregate_id}/action")
                        .policy(A + "show")
                        .doc("Adds or removes a host, or sets metadata; each has its own rule too.")
                        .body(ObjectNode.class)
                        .status(200)
                        .writes(this::act));
    }

    private Object create(Call call, Tx tx, NewAggregate wanted) {
        Aggregate made =
                aggregates
                        .insert(tx, wanted.name(), wanted.availabilityZone(), clock.instant())
                        .orElseThrow(() -> taken(wanted.name()));
        Map<String, Object> view = view(call, made);
        view.remove("hosts");
        view.remove("metadata");
        return Map.of("aggregate", view);
    }

    private Object update(Call call, Tx tx, Changes change) {
        if (change.name().isEmpty() && !change.availabilityZone().isPresent()) {
            throw Failure.badRequest(
                    "Invalid input for field/attribute aggregate. It names no change.");
        }
        List<Aggregate> all = aggregates.lockAll(tx);
        Aggregate before = find(call, all);
        String name = change.name().orElse(before.name());
        if (aggregates.nameTaken(tx, name, before.number())) {
            throw taken(name);
        }
        return saved(
                call,
                tx,
                all,
                before,
                name,
                change.availabilityZone().over(before.zone()),
                before.metadata(),
                before.hosts());
    }

    private Object act(Call call, Tx tx, ObjectNode body) {
        if (body.size() != 1) {
            throw Failure.badRequest("The request body must name exactly one action.");
        }
        String name = body.propertyNames().iterator().next();
        JsonNode wanted = body.get(name);
        List<Aggregate> all = aggregates.lockAll(tx);
        return switch (name) {
            case "add_host" -> {
                call.require(A + "add_host", Target.NOTHING);
                String host = Bodies.read(wanted, HostRequest.class).host();
                yield withHosts(call, tx, all, added(tx, find(call, all), host));
            }
            case "remove_host" -> {
                call.require(A + "remove_host", Target.NOTHING);
                String host = Bodies.read(wanted, HostRequest.class).host();
                yield withHosts(call, tx, all, removed(find(call, all), host));
            }
            case "set_metadata" -> {
                call.require(A + "set_metadata", Target.NOTHING);
                yield setMetadata(
                        call, tx, all, Bodies.read(wanted, MetadataRequest.class).metadata());
            }
            default ->
                    throw Failure.badRequest(
                            "There is no such action: %s",
                            name.length() > 100 ? name.substring(0, 100) : name);
        };
    }

    private List<String> added(Tx tx, Aggregate aggregate, String host) {
        if (hosts.find(tx, new HostName(host)).isEmpty()) {
            throw Failure.notFound("Compute host %s could not be found.", host)
                    .as("ComputeHostNotFound");
        }
        if (aggregate.hosts().contains(host)) {
            throw Failure.conflict("Aggregate %d already has host %s.", aggregate.number(), host)
                    .as("AggregateHostExists");
        }
        List<String> more = new ArrayList<>(aggregate.hosts());
        more.add(host);
        return more;
    }

    private static List<String> removed(Aggregate aggregate, String host) {
        List<String> fewer = new ArrayList<>(aggregate.hosts());
        if (!fewer.remove(host)) {
            throw Failure.notFound("Aggregate %d has no host %s.", aggregate.number(), host)
                    .as("AggregateHostNotFound");
        }
        return fewer;
    }

    private Object withHosts(Call call, Tx tx, List<Aggregate> all, List<String> members) {
        Aggregate before = find(call, all);
        return saved(
                call, tx, all, before, before.name(), before.zone(), before.metadata(), members);
    }

    private Object setMetadata(Call call, Tx tx, List<Aggregate> all, ObjectNode wanted) {
        Aggregate before = find(call, all);
        Map<String, String> metadata = new TreeMap<>(before.metadata());
        Optional<String> zone = before.zone();
        for (Map.Entry<String, JsonNode> entry : wanted.properties()) {
            MetadataRules.checkKey(entry.getKey());
            Optional<String> value =
                    entry.getValue().isNull()
                            ? Optional.empty()
                            : Optional.of(text(entry.getKey(), entry.getValue()));
            if (entry.getKey().equals(ZONE)) {
                zone = value;
            } else if (value.isPresent()) {
                metadata.put(entry.getKey(), value.get());
            } else {
                metadata.remove(entry.getKey());
            }
        }
        return saved(call, tx, all, before, before.name(), zone, metadata, before.hosts());
    }

    private static String text(String key, JsonNode value) {
        String text = value.isString() ? value.asString() : "\0";
        MetadataRules.check(Map.of(key, text));
        return text;
    }

    private Object saved(
            Call call,
            Tx tx,
            List<Aggregate> all,
            Aggregate before,
            String name,
            Optional<String> zone,
            Map<String, String> metadata,
            List<String> members) {
        aggregates.update(tx, before.number(), name, zone, metadata, members, clock.instant());
        Map<String, Integer> busy = servers.countByHost(tx);
        for (Host host : hosts.all(tx)) {
            String is = host.name().value();
            if (!before.hosts().contains(is) && !members.contains(is)) {
                continue;
            }
            Optional<String> others =
                    all.stream()
                            .filter(each -> each.number() != before.number())
                            .filter(each -> each.hosts().contains(is))
                            .flatMap(each -> each.zone().stream())
                            .findFirst();
            Optional<String> own = members.contains(is) ? zone : Optional.empty();
            if (own.isPresent() && others.isPresent() && !own.equals(others)) {
                throw Failure.conflict(
                                "Cannot update aggregate %d: host %s is in availability zone %s"
                                        + " already.",
                                before.number(), is, others.get())
                        .as("InvalidAggregateAction");
            }
            String becomes = own.or(() -> others).orElse(Host.USUAL_ZONE);
            if (!becomes.equals(host.zone())) {
                if (busy.containsKey(is)) {
                    throw Failure.conflict(
                                    "Cannot update aggregate %d: host %s has servers and cannot"
                                            + " change its availability zone.",
                                    before.number(), is)
                            .as("InvalidAggregateAction");
                }
                hosts.setZone(tx, host.name(), becomes);
            }
        }
        return shown(call, aggregates.find(tx, before.number()).orElse(before));
    }

    private static Aggregate find(Call call, List<Aggregate> all) {
        String id = call.path("aggregate_id");
        return all.stream()
                .filter(each -> Integer.toString(each.number()).equals(id))
                .findFirst()
                .orElseThrow(
                        () ->
                                Failure.notFound(
                                                "Aggregate %s could not be found.",
                                                id.length() > 100 ? id.substring(0, 100) : id)
                                        .as("AggregateNotFound"));
    }

    private static Failure taken(String name) {
        return Failure.conflict("Aggregate %s already exists.", name).as("AggregateNameExists");
    }

    private static Object shown(Call call, Aggregate aggregate) {
        return Map.of("aggregate", view(call, aggregate));
    }

    private static Map<String, Object> view(Call call, Aggregate aggregate) {
        Map<String, String> metadata = new TreeMap<>(aggregate.metadata());
        aggregate.zone().ifPresent(zone -> metadata.put(ZONE, zone));
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("id", aggregate.number());
        if (call.version().atLeast("2.41")) {
            view.put("uuid", aggregate.id());
        }
        view.put("name", aggregate.name());
        view.put(ZONE, aggregate.zone());
        view.put("hosts", aggregate.hosts());
        view.put("metadata", metadata);
        view.put("created_at", Times.micros(aggregate.createdAt()));
        view.put("updated_at", aggregate.updatedAt().map(Times::micros));
        view.put("deleted", false);
        view.put("deleted_at", Optional.empty());
        return view;
    }
}
