package cloud.welkin.compute.api;

import cloud.welkin.compute.domain.Aggregate;
import cloud.welkin.compute.store.AggregateStore;
import cloud.welkin.compute.work.Aggregates;
import cloud.welkin.database.Tx;
import cloud.welkin.kernel.api.Bodies;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Operation;
import cloud.welkin.kernel.api.OperationGroup;
import cloud.welkin.kernel.api.Reply;
import cloud.welkin.kernel.api.Times;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.json.Field;
import cloud.welkin.kernel.policy.Target;
import cloud.welkin.kernel.validate.Length;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Aggregates of hosts: /os-aggregates. */
final class AggregateOperations implements OperationGroup {
    private static final String A = ComputePolicy.P + "os-aggregates:";
    private static final String ONE = "/os-aggregates/{aggregate_id}";

    private final AggregateStore store;
    private final Aggregates aggregates;
    private final Clock clock;

    AggregateOperations(AggregateStore store, Aggregates aggregates, Clock clock) {
        this.store = store;
        this.aggregates = aggregates;
        this.clock = clock;
    }

    record NewBody(New aggregate) {}

    record New(
            @Length(min = 1, max = 255) String name,
            @Length(min = 1, max = 255) Optional<String> availabilityZone) {}

    record ChangeBody(Change aggregate) {}

    record Change(
            @Length(min = 1, max = 255) Optional<String> name,
            @Length(min = 1, max = 255) Field<String> availabilityZone) {}

    record HostBody(@Length(min = 1, max = 255) String host) {}

    record Metadata(Map<String, JsonNode> metadata) {}

    @Override
    public List<Operation> operations() {
        return List.of(
                Operation.get("/os-aggregates")
                        .policy(A + "index")
                        .doc("Lists aggregates of hosts.")
                        .anyParam()
                        .reads(
                                (call, tx) ->
                                        Map.of(
                                                "aggregates",
                                                store.all(tx).stream()
                                                        .map(one -> full(call, one))
                                                        .toList())),
                Operation.post("/os-aggregates")
                        .policy(A + "create")
                        .doc("Makes an aggregate, empty; with a zone it puts its hosts there.")
                        .body(NewBody.class)
                        .status(200)
                        .writes((call, tx, body) -> create(call, tx, body.aggregate())),
                Operation.get(ONE)
                        .policy(A + "show")
                        .doc("Shows an aggregate.")
                        .anyParam()
                        .reads((call, tx) -> Map.of("aggregate", full(call, find(call, tx)))),
                Operation.put(ONE)
                        .policy(A + "update")
                        .doc("Changes an aggregate's name or zone.")
                        .body(ChangeBody.class)
                        .writes((call, tx, body) -> update(call, tx, body.aggregate())),
                Operation.delete(ONE)
                        .policy(A + "delete")
                        .doc("Deletes an aggregate that has no hosts.")
                        .status(200)
                        .writes(
                                (call, tx, body) -> {
                                    aggregates.delete(tx, find(call, tx));
                                    return Reply.empty();
                                }),
                Operation.post(ONE + "/action")
                        .policy(A + "show")
                        .doc("Adds or removes a host, or sets metadata: each has its own rule.")
                        .body(ObjectNode.class)
                        .status(200)
                        .writes(this::act));
    }

    private Object create(Call call, Tx tx, New wanted) {
        wanted.availabilityZone().ifPresent(AggregateOperations::checkZone);
        Aggregate made =
                aggregates.create(
                        tx,
                        ServerRequest.name(wanted.name()),
                        wanted.availabilityZone(),
                        clock.instant());
        return Map.of("aggregate", brief(call, made));
    }

    private Object update(Call call, Tx tx, Change change) {
        if (change.name().isEmpty() && !change.availabilityZone().isPresent()) {
            throw Failure.badRequest(
                    "Invalid input for field/attribute aggregate. It must have a name or an"
                            + " availability_zone.");
        }
        Aggregate before = find(call, tx);
        Optional<String> zone = change.availabilityZone().over(before.zone());
        if (change.availabilityZone().isPresent()) {
            checkZone(zone.orElseThrow(() -> noZone(before).apply("update")));
        }
        return answer(
                call,
                aggregates.change(
                        tx,
                        before,
                        change.name().map(ServerRequest::name).orElse(before.name()),
                        Aggregates.changed(before.metadata(), Map.of(Aggregate.ZONE, zone)),
                        why ->
                                Failure.badRequest(
                                                "Cannot update aggregate %d. Reason: %s.",
                                                before.number(), why)
                                        .as("InvalidAggregateActionUpdate"),
                        clock.instant()));
    }

    private Object act(Call call, Tx tx, ObjectNode body) {
        if (body.size() != 1) {
            throw Failure.badRequest("The request body must name exactly one action.");
        }
        String name = body.propertyNames().iterator().next();
        JsonNode part = body.get(name);
        return switch (name) {
            case "add_host" -> {
                call.require(A + "add_host", Target.NOTHING);
                String host = Bodies.read(part, HostBody.class).host();
                yield answer(call, aggregates.addHost(tx, find(call, tx), host));
            }
            case "remove_host" -> {
                call.require(A + "remove_host", Target.NOTHING);
                String host = Bodies.read(part, HostBody.class).host();
                yield answer(call, aggregates.removeHost(tx, find(call, tx), host));
            }
            case "set_metadata" -> {
                call.require(A + "set_metadata", Target.NOTHING);
                yield setMetadata(call, tx, Bodies.read(part, Metadata.class).metadata());
            }
            default ->
                    throw Failure.badRequest(
                            "There is no such action: %s",
                            name.length() > 100 ? name.substring(0, 100) : name);
        };
    }

    private Object setMetadata(Call call, Tx tx, Map<String, JsonNode> given) {
        Map<String, Optional<String>> changes = new LinkedHashMap<>();
        given.forEach(
                (key, value) -> {
                    if (value.isNull()) {
                        MetadataRules.checkKey(key);
                        changes.put(key, Optional.empty());
                    } else if (value.isString()) {
                        MetadataRules.check(Map.of(key, value.stringValue()));
                        changes.put(key, Optional.of(value.stringValue()));
                    } else {
                        throw Loose.wrong("metadata", value, "is not a text");
                    }
                });
        Aggregate before = find(call, tx);
        if (changes.containsKey(Aggregate.ZONE)) {
            String zone =
                    changes.getOrDefault(Aggregate.ZONE, Optional.empty())
                            .filter(text -> !text.isEmpty())
                            .orElseThrow(() -> noZone(before).apply("update metadata of"));
            checkZone(zone);
        }
        return answer(
                call,
                aggregates.change(
                        tx,
                        before,
                        before.name(),
                        Aggregates.changed(before.metadata(), changes),
                        why ->
                                Failure.badRequest(
                                                "Cannot update metadata of aggregate %d. Reason:"
                                                        + " %s.",
                                                before.number(), why)
                                        .as("InvalidAggregateActionUpdateMeta"),
                        clock.instant()));
    }

    private static java.util.function.Function<String, Failure> noZone(Aggregate aggregate) {
        return verb ->
                Failure.badRequest(
                        "Cannot %s aggregate %d. Reason: Aggregate %s does not support empty"
                                + " named availability zone.",
                        verb, aggregate.number(), aggregate.name());
    }

    private static void checkZone(String zone) {
        if (zone.isBlank() || zone.indexOf(':') >= 0 || !zone.equals(zone.strip())) {
            throw Failure.badRequest(
                    "Invalid input for field/attribute availability_zone. Value: %s. A zone's name"
                            + " has no colon, and no space at its ends.",
                    zone);
        }
    }

    private Aggregate find(Call call, Tx tx) {
        String text = call.path("aggregate_id");
        if (!text.matches("-?[0-9]{1,18}")) {
            throw Failure.badRequest("id must be an integer").as("InvalidInput");
        }
        return Optional.of(Long.parseLong(text))
                .filter(number -> number > 0 && number <= Integer.MAX_VALUE)
                .flatMap(number -> store.lock(tx, number.intValue()))
                .orElseThrow(
                        () ->
                                Failure.notFound("Aggregate %s could not be found.", text)
                                        .as("AggregateNotFound"));
    }

    private static Object answer(Call call, Aggregate aggregate) {
        return Map.of("aggregate", full(call, aggregate));
    }

    private static Map<String, Object> full(Call call, Aggregate aggregate) {
        Map<String, Object> view = brief(call, aggregate);
        view.put("hosts", aggregate.hosts().stream().map(Object::toString).toList());
        view.put("metadata", aggregate.metadata());
        return view;
    }

    /** What the making of one answers: no hosts, no metadata. */
    private static Map<String, Object> brief(Call call, Aggregate aggregate) {
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("id", aggregate.number());
        if (call.version().atLeast("2.41")) {
            view.put("uuid", aggregate.id());
        }
        view.put("name", aggregate.name());
        view.put("availability_zone", aggregate.zone());
        view.put("created_at", Times.micros(aggregate.createdAt()));
        view.put("updated_at", aggregate.updatedAt().map(Times::micros));
        view.put("deleted", false);
        view.put("deleted_at", Optional.empty());
        return view;
    }
}
