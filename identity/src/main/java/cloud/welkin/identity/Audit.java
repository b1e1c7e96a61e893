package cloud.welkin.identity;

import cloud.welkin.database.Database;
import cloud.welkin.database.DatabaseUnavailable;
import cloud.welkin.identity.domain.AuditEvent;
import cloud.welkin.identity.store.AuditStore;
import cloud.welkin.kernel.api.Operation;
import cloud.welkin.kernel.api.RequestObserver;
import cloud.welkin.kernel.api.Times;
import cloud.welkin.kernel.json.Json;
import cloud.welkin.kernel.policy.Caller;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The audit of identity: one CADF event (DSP0262) for each authentication and each change, allowed
 * or refused, as a line in the log and a row in the database before the answer leaves. Made of what
 * the request was, never of its body, and of no more of the answer than the id of what was created:
 * no secret can get into it.
 *
 * <p>Whoever has no good token changes nothing, and requests that make no sense or were held back
 * for their number are none of these: nobody fills the database from outside. The row of an
 * authentication is not waited for until it is on the disk: a crash of the machine can take those
 * of its last moment, which the log has.
 */
public final class Audit implements RequestObserver {
    private static final Logger log = LoggerFactory.getLogger("cloud.welkin.audit");
    private static final String SERVICE = "identity";
    private static final String AUTHENTICATE = "authenticate";
    private static final String UNKNOWN = "unknown";
    private static final int LONGEST = 500;
    private static final Set<String> SIGNED = Set.of("/ec2tokens", "/s3tokens");

    private final Database database;
    private final Clock clock;
    private final AuditStore store;

    public Audit(Database database, Clock clock, AuditStore store) {
        this.database = database;
        this.clock = clock;
        this.store = store;
    }

    /** The newest events that the filter lets through, as JSON, the oldest of them first. */
    public List<String> find(AuditStore.Filter filter) {
        return database.read(tx -> store.find(tx, filter));
    }

    @Override
    public void finished(Finished request) {
        if (request.service().filter(SERVICE::equals).isEmpty()) {
            return;
        }
        request.operation()
                .flatMap(operation -> action(operation, request))
                .ifPresent(action -> keep(event(action, request)));
    }

    /** Something that an operator did beside the API. */
    void operator(String action, String target) {
        Instant now = clock.instant();
        keep(
                event(
                        now,
                        action,
                        true,
                        "operator",
                        new Thing("service/security", target, Optional.empty()),
                        Json.mapper().createObjectNode().put("id", "operator")));
    }

    private static Optional<String> action(Operation operation, Finished request) {
        int status = request.status();
        boolean open = operation.access() instanceof Operation.Access.Open;
        if (open && operation.path().text().equals("/auth/tokens")) {
            return status == 201 || status == 401 || status == 403
                    ? Optional.of(AUTHENTICATE)
                    : Optional.empty();
        }
        if (SIGNED.contains(operation.path().text())) {
            // A service asks who signed; the one that did is who is authenticated.
            return request.caller().isEmpty() ? Optional.empty() : Optional.of(AUTHENTICATE);
        }
        if (open && operation.path().text().contains("/websso")) {
            // To set out changes nothing, by whichever method.
            return Optional.empty();
        }
        if (operation.path().text().endsWith("/saml2_post")) {
            return status == 200 || status == 401 || status == 403
                    ? Optional.of(AUTHENTICATE)
                    : Optional.empty();
        }
        if (open ? status == 400 || status == 429 : request.caller().isEmpty()) {
            return Optional.empty();
        }
        return switch (operation.method()) {
            case "POST", "PUT" -> Optional.of("create");
            case "PATCH" -> Optional.of("update");
            case "DELETE" ->
                    Optional.of(
                            operation.path().text().equals("/auth/tokens") ? "revoke" : "delete");
            // Browsers come back from an identity provider by GET.
            default ->
                    open && request.notes().containsKey("user")
                            ? Optional.of(AUTHENTICATE)
                            : Optional.empty();
        };
    }

    private record Thing(String type, String id, Optional<String> path) {}

    private AuditEvent event(String action, Finished request) {
        Optional<Caller> caller = request.caller();
        Optional<String> whom = Optional.ofNullable(request.notes().get("user"));
        Optional<String> user = caller.map(known -> known.user().value()).or(() -> whom);
        ObjectNode initiator = Json.mapper().createObjectNode();
        initiator.put("typeURI", "service/security/account/user");
        initiator.put("id", user.orElse(UNKNOWN));
        caller.flatMap(Caller::project)
                .ifPresent(project -> initiator.put("project_id", project.value()));
        caller.flatMap(known -> known.token().applicationCredential())
                .ifPresent(id -> initiator.put("application_credential_id", id));
        initiator.put("request_id", request.requestId());
        ObjectNode host = initiator.putObject("host").put("address", request.incoming().peer());
        request.incoming().header("User-Agent").ifPresent(agent -> host.put("agent", cut(agent)));
        boolean well = request.status() < 400;
        AuditEvent event =
                event(
                        clock.instant(),
                        action,
                        well,
                        user.orElse(UNKNOWN),
                        thing(action, whom.or(() -> user), request),
                        initiator);
        ObjectNode reason = ((ObjectNode) event.cadf()).putObject("reason");
        reason.put("reasonType", "HTTP").put("reasonCode", Integer.toString(request.status()));
        request.operation()
                .filter(operation -> !(operation.access() instanceof Operation.Access.Open))
                .ifPresent(
                        operation ->
                                reason.put("policyType", "oslo.policy")
                                        .put("policyId", operation.policyName()));
        return event;
    }

    private static AuditEvent event(
            Instant now,
            String action,
            boolean well,
            String user,
            Thing thing,
            ObjectNode initiator) {
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
        cadf.putObject("observer").put("typeURI", "service/security").put("id", SERVICE);
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
            return Optional.ofNullable(request.notes().get("user"));
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

    private void keep(AuditEvent event) {
        String line = Json.text(event.cadf());
        log.info("{}", line);
        try {
            database.change(
                    tx -> {
                        if (event.action().equals(AUTHENTICATE)) {
                            tx.sql().execute("set local synchronous_commit to off");
                        }
                        store.insert(tx, event);
                    });
        } catch (DatabaseUnavailable e) {
            log.warn("the event {} is in this log only: {}", event.id(), e.getMessage());
        }
    }
}
