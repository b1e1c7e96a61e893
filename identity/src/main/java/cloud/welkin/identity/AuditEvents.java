package cloud.welkin.identity;

import cloud.welkin.identity.domain.AuditEvent;
import cloud.welkin.kernel.api.Operation;
import cloud.welkin.kernel.api.RequestObserver.Finished;
import cloud.welkin.kernel.api.Times;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.json.Json;
import cloud.welkin.kernel.policy.Caller;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Which requests the audit is about, and their CADF events (DSP0262). An event is made of what the
 * request was, never of its body, and of no more of the answer than the id of what was created: no
 * secret can get into it, and nothing in it is longer than {@link #LONGEST}.
 */
final class AuditEvents {
    static final String AUTHENTICATE = "authenticate";
    static final String UNKNOWN = "unknown";
    private static final String IDENTITY = "identity";
    private static final Set<String> SERVICES = Set.of(IDENTITY, "identity-oidc");
    private static final int LONGEST = 500;
    private static final Set<String> SIGNED = Set.of("/ec2tokens", "/s3tokens");

    /** What is refused for who asks, not for what is asked; in whichever service. */
    private static final Set<Integer> REFUSALS = Set.of(401, 403, 429);

    private AuditEvents() {}

    /** What is to be told of a request that has been answered; empty when nothing is. */
    static Optional<String> action(Finished request) {
        if (request.operation().isEmpty()) {
            return Optional.empty();
        }
        Operation operation = request.operation().get();
        if (REFUSALS.contains(request.status())) {
            return Optional.of(refused(operation, request));
        }
        return request.service().filter(SERVICES::contains).isPresent()
                ? action(operation, request)
                : Optional.empty();
    }

    private static String refused(Operation operation, Finished request) {
        boolean open = operation.access() instanceof Operation.Access.Open;
        return request.caller().isEmpty() || open ? AUTHENTICATE : byMethod(operation);
    }

    private static Optional<String> action(Operation operation, Finished request) {
        int status = request.status();
        String path = operation.path().text();
        boolean open = operation.access() instanceof Operation.Access.Open;
        if (open && path.equals("/auth/tokens")) {
            return status == 201 ? Optional.of(AUTHENTICATE) : Optional.empty();
        }
        if (SIGNED.contains(path)) {
            // A service asks who signed; the one that did is who is authenticated.
            return request.caller().isEmpty() ? Optional.empty() : Optional.of(AUTHENTICATE);
        }
        if (open && !path.endsWith("/password") && !path.startsWith("/OS-OAUTH1/")) {
            // Nobody changes anything without a token but by saying who it is, by whichever
            // method: browsers come back from an identity provider by GET.
            return request.notes().containsKey("user")
                    ? Optional.of(AUTHENTICATE)
                    : Optional.empty();
        }
        if (open ? status == 400 : request.caller().isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(byMethod(operation)).filter(action -> !action.equals("read"));
    }

    private static String byMethod(Operation operation) {
        String path = operation.path().text();
        return switch (operation.method()) {
            case "POST", "PUT" -> path.endsWith("/password") ? "update" : "create";
            case "PATCH" -> "update";
            case "DELETE" -> path.equals("/auth/tokens") ? "revoke" : "delete";
            default -> "read";
        };
    }

    private record Thing(String type, String id, Optional<String> path) {}

    static AuditEvent of(Instant now, String action, Finished request) {
        Optional<Caller> caller = request.caller();
        Optional<String> whom = Optional.ofNullable(request.notes().get("user"));
        String user = initiator(request);
        ObjectNode initiator = Json.mapper().createObjectNode();
        initiator.put("typeURI", "service/security/account/user");
        initiator.put("id", user);
        caller.flatMap(Caller::project)
                .ifPresent(project -> initiator.put("project_id", project.value()));
        caller.flatMap(known -> known.token().applicationCredential())
                .ifPresent(id -> initiator.put("application_credential_id", id));
        initiator.put("request_id", request.requestId());
        ObjectNode host = initiator.putObject("host").put("address", request.incoming().peer());
        request.incoming().header("User-Agent").ifPresent(agent -> host.put("agent", cut(agent)));
        AuditEvent event =
                event(
                        now,
                        action,
                        request.status() < 400,
                        user,
                        thing(action, whom.or(() -> caller.map(c -> c.user().value())), request),
                        initiator,
                        request.service().orElse(IDENTITY));
        ObjectNode cadf = (ObjectNode) event.cadf();
        ((ObjectNode) cadf.at("/target/addresses/0")).put("name", request.incoming().method());
        ObjectNode reason = cadf.putObject("reason");
        reason.put("reasonType", "HTTP").put("reasonCode", Integer.toString(request.status()));
        request.operation()
                .filter(operation -> !(operation.access() instanceof Operation.Access.Open))
                .ifPresent(
                        operation ->
                                reason.put("policyType", "oslo.policy")
                                        .put("policyId", operation.policyName()));
        request.failure()
                .flatMap(Failure::reason)
                .or(() -> Optional.ofNullable(request.notes().get("why")))
                .ifPresent(
                        why ->
                                cadf.putArray("attachments")
                                        .addObject()
                                        .put("name", "why")
                                        .put("contentType", "text/plain")
                                        .put("content", cut(why)));
        return event;
    }

    /** The id of the user that the request is of, as far as it is known. */
    static String initiator(Finished request) {
        return request.caller()
                .map(known -> known.user().value())
                .or(() -> Optional.ofNullable(request.notes().get("user")))
                .orElse(UNKNOWN);
    }

    /** What was done beside the API, by an operator or by the program itself. */
    static AuditEvent beside(Instant now, String action, String target, String initiator) {
        return event(
                now,
                action,
                true,
                initiator,
                new Thing("service/security", target, Optional.empty()),
                Json.mapper().createObjectNode().put("id", initiator),
                IDENTITY);
    }

    /** So many more like the first of them, in the time since then. */
    static AuditEvent repeated(Instant now, AuditEvent first, long number) {
        UUID id = UUID.randomUUID();
        ObjectNode cadf = (ObjectNode) first.cadf().deepCopy();
        cadf.put("id", id.toString());
        cadf.put("eventTime", Times.microsZ(now));
        return counted(
                new AuditEvent(
                        id,
                        now,
                        first.action(),
                        first.outcome(),
                        first.initiator(),
                        first.target(),
                        cadf),
                first.at(),
                number);
    }

    /** So many that were refused beyond those that are told of one by one. */
    static AuditEvent others(Instant now, Instant since, long number) {
        AuditEvent event =
                event(
                        now,
                        AUTHENTICATE,
                        false,
                        UNKNOWN,
                        new Thing("service/security", "", Optional.empty()),
                        Json.mapper()
                                .createObjectNode()
                                .put("typeURI", "service/security/account/user")
                                .put("id", UNKNOWN),
                        IDENTITY);
        return counted(event, since, number);
    }

    private static AuditEvent counted(AuditEvent event, Instant since, long number) {
        ObjectNode cadf = (ObjectNode) event.cadf();
        Duration over = Duration.ofSeconds(Duration.between(since, event.at()).toSeconds());
        cadf.put("duration", (over.isNegative() ? Duration.ZERO : over).toString());
        ObjectNode measurement = cadf.putArray("measurements").addObject();
        measurement.put("result", number);
        measurement
                .putObject("metric")
                .put("metricId", "repeated")
                .put("unit", "requests")
                .put("name", "more of the same");
        return event;
    }

    private static AuditEvent event(
            Instant now,
            String action,
            boolean well,
            String user,
            Thing thing,
            ObjectNode initiator,
            String service) {
        UUID id = UUID.randomUUID();
        String outcome = well ? "success" : "failure";
        ObjectNode cadf = Json.mapper().createObjectNode();
        cadf.put("typeURI", "http://schemas.dmtf.org/cloud/audit/1.0/event");
        cadf.put("id", id.toString());
        cadf.put("eventType", "activity");
        cadf.put("eventTime", Times.microsZ(now));
        cadf.put("action", action);
        cadf.put("outcome", outcome);
        cadf.set("initiator", initiator);
        ObjectNode target = cadf.putObject("target");
        target.put("typeURI", thing.type()).put("id", thing.id().isEmpty() ? UNKNOWN : thing.id());
        thing.path().ifPresent(path -> target.putArray("addresses").addObject().put("url", path));
        cadf.putObject("observer").put("typeURI", "service/security").put("id", service);
        return new AuditEvent(id, now, action, outcome, user, thing.id(), cadf);
    }

    /** What it was done to: the last thing that the path names, or what was made. */
    private static Thing thing(String action, Optional<String> user, Finished request) {
        String path = cut(request.incoming().rawPath());
        if (action.equals(AUTHENTICATE)) {
            return new Thing("data/security/account/user", user.orElse(""), Optional.of(path));
        }
        List<String> segments = List.of(path.split("/"));
        boolean made = request.operation().map(o -> !o.path().text().endsWith("}")).orElse(true);
        String last = segments.getLast();
        String before = segments.size() > 1 ? segments.get(segments.size() - 2) : last;
        String id = made ? made(request).orElse("") : last;
        return new Thing(type(made ? last : before), id, Optional.of(path));
    }

    private static String type(String plural) {
        String one =
                plural.endsWith("ies")
                        ? plural.substring(0, plural.length() - 3) + "y"
                        : plural.endsWith("s") ? plural.substring(0, plural.length() - 1) : plural;
        return one.equals("user") || one.equals("password")
                ? "data/security/account/user"
                : "data/security/" + one.toLowerCase(Locale.ROOT);
    }

    /** The id of what was created: a member of the one object that Keystone's answers hold. */
    private static Optional<String> made(Finished request) {
        if (request.status() >= 300 || request.answer().body().length == 0) {
            return Optional.ofNullable(request.notes().get("made"))
                    .or(() -> Optional.ofNullable(request.notes().get("user")));
        }
        try {
            for (JsonNode member : Json.mapper().readTree(request.answer().body())) {
                if (member.path("id").isString()) {
                    return Optional.of(cut(member.path("id").asString()));
                }
            }
        } catch (JacksonException e) {
            // An answer that is no JSON names nothing.
        }
        return Optional.empty();
    }

    private static String cut(String text) {
        return text.length() > LONGEST ? text.substring(0, LONGEST) : text;
    }
}
