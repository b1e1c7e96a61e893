package cloud.welkin.identity.api;

import cloud.welkin.database.Database;
import cloud.welkin.database.Tx;
import cloud.welkin.identity.Session;
import cloud.welkin.identity.Sessions;
import cloud.welkin.identity.auth.OauthSignatures;
import cloud.welkin.identity.auth.SignedRequest;
import cloud.welkin.identity.domain.AssignmentTarget;
import cloud.welkin.identity.domain.OauthConsumer;
import cloud.welkin.identity.domain.OauthToken;
import cloud.welkin.identity.domain.Role;
import cloud.welkin.identity.store.OauthStore;
import cloud.welkin.identity.store.ProjectStore;
import cloud.welkin.identity.store.RoleStore;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Exchange;
import cloud.welkin.kernel.api.Operation;
import cloud.welkin.kernel.api.OperationGroup;
import cloud.welkin.kernel.api.Times;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.id.Ids;
import cloud.welkin.kernel.id.ProjectId;
import cloud.welkin.kernel.id.UserId;
import cloud.welkin.kernel.validate.Items;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How a consumer of OAuth 1 gets an access token: it asks for a request token, a user grants that,
 * and the consumer exchanges it. Requests of consumers have no token of ours but a signature (RFC
 * 5849).
 */
final class OauthFlowOperations implements OperationGroup {
    /** Keystone's defaults. */
    private static final Duration REQUEST_LIFETIME = Duration.ofHours(8);

    private static final Duration ACCESS_LIFETIME = Duration.ofDays(1);

    /** Without those that look alike, since people read it to one another. */
    private static final String VERIFIER = "abcdefghkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";

    private final Database database;
    private final Clock clock;
    private final SecureRandom random;
    private final Sessions sessions;
    private final OauthStore store;
    private final ProjectStore projects;
    private final RoleStore roles;
    private final OauthSignatures signatures;

    OauthFlowOperations(IdentityApi.Parts parts) {
        this.database = parts.database();
        this.clock = parts.clock();
        this.random = parts.random();
        this.sessions = parts.sessions();
        this.store = parts.stores().oauth();
        this.projects = parts.stores().projects();
        this.roles = parts.stores().roles();
        this.signatures = new OauthSignatures(clock, store);
    }

    record Grant(@Items(max = 100) List<RoleName> roles) {}

    record RoleName(Optional<String> id, Optional<String> name) {}

    @Override
    public List<Operation> operations() {
        return List.of(
                Operation.post("/OS-OAUTH1/request_token")
                        .openToAll()
                        .doc("Gives a consumer, by its signature, a request token for a project.")
                        .streams(this::request),
                Operation.put("/OS-OAUTH1/authorize/{request_token_id}")
                        .policy("identity:authorize_request_token")
                        .doc("Grants a request token some of the caller's roles.")
                        .body(Grant.class)
                        .writes(this::grant),
                Operation.post("/OS-OAUTH1/access_token")
                        .openToAll()
                        .doc("Exchanges, by the consumer's signature, a granted request token.")
                        .streams(this::exchange));
    }

    private void request(Call call, Exchange exchange) {
        SignedRequest request = SignedRequest.of(call);
        requireSigned(request, List.of("oauth_consumer_key"));
        ProjectId project =
                call.header("Requested-Project-Id")
                        .map(ProjectId::new)
                        .orElseThrow(
                                () ->
                                        Failure.badRequest(
                                                "Expecting to find Requested-Project-Id in"
                                                        + " request."));
        OauthToken token =
                database.write(
                        tx -> {
                            OauthConsumer consumer =
                                    signatures.check(tx, request, Optional.empty());
                            if (projects.find(tx, project).filter(p -> !p.isDomain()).isEmpty()) {
                                throw ProjectForm.noProject(project.value());
                            }
                            OauthToken made =
                                    new OauthToken(
                                            Ids.hex(),
                                            false,
                                            consumer.id(),
                                            Ids.hex(),
                                            project,
                                            Optional.empty(),
                                            List.of(),
                                            Optional.empty(),
                                            Optional.of(now().plus(REQUEST_LIFETIME)));
                            store.insert(tx, made);
                            return told(tx, call, made);
                        });
        answer(exchange, token);
    }

    private static OauthToken told(Tx tx, Call call, OauthToken made) {
        call.note("made", made.id());
        call.told(tx, cloud.welkin.kernel.api.Reply.empty().status(201));
        return made;
    }

    private Object grant(Call call, Tx tx, Grant grant) {
        Session session = sessions.session(call.caller().token().text());
        if (session.payload().applicationCredential().isPresent()
                || session.payload().trust().isPresent()
                || !session.payload().marks().isEmpty()) {
            throw Failure.forbidden(
                    "A request token cannot be granted with a token that is itself delegated.");
        }
        OauthToken token =
                store.request(tx, call.path("request_token_id"))
                        .orElseThrow(() -> Failure.notFound("Request token not found"));
        if (token.expired(clock.instant())) {
            throw Failure.unauthorized("Request token is expired");
        }
        UserId user = call.caller().user();
        List<Role> held =
                roles.effective(tx, user, AssignmentTarget.project(token.project().value()));
        List<String> granted = new ArrayList<>();
        for (RoleName name : grant.roles()) {
            if (name.id().isPresent() == name.name().isPresent()) {
                throw Failure.badRequest("A role is named by its id or by its name.");
            }
            granted.add(
                    held.stream()
                            .filter(
                                    role ->
                                            name.id().map(role.id()::equals).orElse(true)
                                                    && name.name()
                                                            .map(role.name()::equals)
                                                            .orElse(true))
                            .findFirst()
                            .orElseThrow(
                                    () ->
                                            Failure.unauthorized(
                                                    "authorizing user does not have role required"))
                            .id());
        }
        String verifier = verifier();
        store.grant(tx, token.id(), user, granted, verifier);
        return cloud.welkin.kernel.api.Reply.of(Map.of("token", Map.of("oauth_verifier", verifier)))
                .status(200);
    }

    private void exchange(Call call, Exchange exchange) {
        SignedRequest request = SignedRequest.of(call);
        requireSigned(request, List.of("oauth_consumer_key", "oauth_token", "oauth_verifier"));
        OauthToken access = database.write(tx -> told(tx, call, exchanged(tx, request)));
        answer(exchange, access);
    }

    private OauthToken exchanged(Tx tx, SignedRequest request) {
        OauthToken token =
                store.request(tx, request.parameter("oauth_token").orElseThrow())
                        .orElseThrow(() -> Failure.notFound("Request token not found"));
        signatures.check(tx, request, Optional.of(token));
        Instant now = now();
        if (token.expired(now)) {
            throw Failure.unauthorized("Request token is expired");
        }
        UserId user =
                token.user()
                        .orElseThrow(
                                () ->
                                        Failure.unauthorized(
                                                "Request Token does not have an authorizing user"
                                                        + " id."));
        if (!same(
                token.verifier().orElseThrow(Failure::unauthorized),
                request.parameter("oauth_verifier").orElseThrow())) {
            throw Failure.unauthorized("Provided verifier does not match stored verifier");
        }
        if (!store.deleteToken(tx, token.id())) {
            throw Failure.notFound("Request token not found");
        }
        OauthToken access =
                new OauthToken(
                        Ids.hex(),
                        true,
                        token.consumer(),
                        Ids.hex(),
                        token.project(),
                        Optional.of(user),
                        token.roles(),
                        Optional.empty(),
                        Optional.of(now.plus(ACCESS_LIFETIME)));
        store.insert(tx, access);
        return access;
    }

    private static void requireSigned(SignedRequest request, List<String> parameters) {
        for (String name : parameters) {
            if (request.parameter(name).isEmpty()) {
                throw Failure.badRequest("Expecting to find %s in request.", name);
            }
        }
    }

    private static boolean same(String one, String other) {
        return MessageDigest.isEqual(
                one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));
    }

    private String verifier() {
        StringBuilder verifier = new StringBuilder();
        for (int i = 0; i < 8; i++) {
            verifier.append(VERIFIER.charAt(random.nextInt(VERIFIER.length())));
        }
        return verifier.toString();
    }

    /** As fine as the database keeps it: what is answered is what is shown later. */
    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }

    /** As a form, which is what OAuth 1 wants; colons are what they are, as clients read them. */
    private static void answer(Exchange exchange, OauthToken token) {
        String text =
                "oauth_token="
                        + token.id()
                        + "&oauth_token_secret="
                        + token.secret()
                        + token.expiresAt()
                                .map(end -> "&oauth_expires_at=" + Times.microsZ(end))
                                .orElse("");
        try (OutputStream out =
                exchange.answer(
                        201,
                        Map.of(
                                "Content-Type",
                                "application/x-www-form-urlencoded",
                                "Cache-Control",
                                "no-store"))) {
            out.write(text.getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
