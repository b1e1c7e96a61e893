package cloud.welkin.identity.api;

import cloud.welkin.database.Tx;
import cloud.welkin.identity.Session;
import cloud.welkin.identity.auth.AuthRequest;
import cloud.welkin.identity.auth.Authentication;
import cloud.welkin.identity.auth.CertificateMapping;
import cloud.welkin.identity.auth.Proof;
import cloud.welkin.identity.auth.SignIn;
import cloud.welkin.identity.domain.AssignmentTarget;
import cloud.welkin.identity.domain.Certificates;
import cloud.welkin.identity.domain.Project;
import cloud.welkin.identity.domain.TokenPayload;
import cloud.welkin.identity.domain.User;
import cloud.welkin.identity.federation.MappedCertificate;
import cloud.welkin.identity.federation.MappingReader;
import cloud.welkin.identity.store.Stores;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Exchange;
import cloud.welkin.kernel.api.Forms;
import cloud.welkin.kernel.api.Operation;
import cloud.welkin.kernel.api.OperationGroup;
import cloud.welkin.kernel.api.Query;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.failure.FailureKind;
import cloud.welkin.kernel.id.ProjectId;
import cloud.welkin.kernel.id.UserId;
import cloud.welkin.kernel.json.Json;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keystone's tokens by OAuth 2.0's grant of client credentials (RFC 6749, 4.4): the client is an
 * application credential with its secret, or a user with a certificate, to which the token is bound
 * then (RFC 8705). Errors are in OAuth's form.
 */
final class ClientCredentialsOperations implements OperationGroup {
    private static final Logger log = LoggerFactory.getLogger(ClientCredentialsOperations.class);
    private static final String CERTIFICATE_METHOD = "oauth2_credential";

    private final IdentityApi.Parts parts;
    private final Clock clock;
    private final Authentication authentication;
    private final Stores stores;
    private final CertificateMapping mapping;

    ClientCredentialsOperations(IdentityApi.Parts parts, CertificateMapping mapping) {
        this.parts = parts;
        this.clock = parts.clock();
        this.authentication = parts.authentication();
        this.stores = parts.stores();
        this.mapping = mapping;
    }

    private record Refusal(int status, String error, String description) {}

    private record Client(String id, Optional<String> secret) {}

    @Override
    public List<Operation> operations() {
        return List.of(
                Operation.post("/OS-OAUTH2/token")
                        .openToAll()
                        .doc("Gives a token for client credentials (OAuth 2.0).")
                        .streams(this::token));
    }

    private void token(Call call, Exchange exchange) {
        Query form;
        try {
            form = Forms.read(call, exchange);
        } catch (Failure e) {
            refuse(exchange, new Refusal(e.kind().status(), "invalid_request", e.text()));
            return;
        }
        Optional<String> grant = form.text("grant_type");
        if (grant.isEmpty()) {
            refuse(
                    exchange,
                    new Refusal(400, "invalid_request", "The parameter grant_type is required."));
            return;
        }
        if (!grant.get().equals("client_credentials")) {
            refuse(
                    exchange,
                    new Refusal(
                            400,
                            "unsupported_grant_type",
                            "The parameter grant_type is not supported."));
            return;
        }
        try {
            answer(exchange, session(call, exchange, form));
        } catch (Failure e) {
            log.info("client credentials refused: {}", e.text());
            call.note("why", e.reason().orElseGet(e::text));
            refuse(
                    exchange,
                    e.kind() == FailureKind.BAD_REQUEST
                            ? new Refusal(400, "invalid_request", e.text())
                            : new Refusal(401, "invalid_client", "Client authentication failed."));
        }
    }

    private Session session(Call call, Exchange exchange, Query form) {
        Optional<X509Certificate> certificate = exchange.clientCertificate();
        Client client = client(call, form, certificate.isPresent());
        requireMethod(
                certificate.isPresent()
                        ? CertificateMapping.CERTIFICATE
                        : CertificateMapping.SECRET);
        if (certificate.isPresent()) {
            Proof proof =
                    parts.database().read(tx -> proof(tx, call, client.id(), certificate.get()));
            return authentication.issue(proof);
        }
        return authentication.authenticateAtOnce(
                new AuthRequest.Auth(
                        Json.mapper()
                                .convertValue(
                                        Map.of(
                                                "methods",
                                                List.of("application_credential"),
                                                "application_credential",
                                                Map.of(
                                                        "id",
                                                        client.id(),
                                                        "secret",
                                                        client.secret()
                                                                .orElseThrow(
                                                                        Failure::unauthorized))),
                                        AuthRequest.Identity.class),
                        Optional.empty()),
                SignIn.Asker.of(call, Optional.empty()));
    }

    private void requireMethod(String method) {
        if (!mapping.methods().contains(method)) {
            throw Failure.unauthorized("the method %s is not taken", method);
        }
    }

    /** By Basic, or in the form, as Keystone takes them. */
    private static Client client(Call call, Query form, boolean certified) {
        Optional<String> basic =
                call.header("Authorization")
                        .filter(value -> value.regionMatches(true, 0, "Basic ", 0, 6))
                        .filter(value -> !certified);
        if (basic.isEmpty()) {
            return new Client(
                    form.text("client_id").orElseThrow(Failure::unauthorized),
                    form.text("client_secret"));
        }
        try {
            String pair =
                    new String(
                            Base64.getDecoder().decode(basic.get().substring(6).strip()),
                            StandardCharsets.UTF_8);
            int colon = pair.indexOf(':');
            if (colon > 0) {
                return new Client(pair.substring(0, colon), Optional.of(pair.substring(colon + 1)));
            }
        } catch (IllegalArgumentException e) {
            // No Base64: the same as wrong credentials.
        }
        throw Failure.unauthorized();
    }

    private Proof proof(Tx tx, Call call, String id, X509Certificate certificate) {
        User user = stores.users().find(tx, new UserId(id)).orElseThrow(Failure::unauthorized);
        call.note("user", user.id().value());
        Project domain =
                stores.projects()
                        .find(tx, new ProjectId(user.domain().value()))
                        .orElseThrow(Failure::unauthorized);
        boolean own =
                stores.federation()
                        .mapping(tx, mapping.mapping())
                        .map(
                                stored ->
                                        MappedCertificate.isOf(
                                                certificate,
                                                user,
                                                domain,
                                                MappingReader.read(
                                                        stored.id(),
                                                        stored.version(),
                                                        stored.rules())))
                        .orElseGet(() -> mapping.isOf(certificate, user, domain));
        if (!own) {
            throw Failure.unauthorized("the certificate is not the user's");
        }
        ProjectId project =
                user.defaultProject()
                        .orElseThrow(() -> Failure.unauthorized("the user has no default project"));
        return new Proof(
                user.id(),
                Set.of(CERTIFICATE_METHOD),
                Instant.MAX,
                List.of(),
                Optional.empty(),
                false,
                Optional.of(AssignmentTarget.project(project.value())),
                Map.of(TokenPayload.THUMBPRINT, Certificates.thumbprint(certificate)));
    }

    private void answer(Exchange exchange, Session session) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("access_token", session.caller().token().text());
        body.put("token_type", "Bearer");
        body.put(
                "expires_in",
                Duration.between(clock.instant(), session.payload().expiresAt()).toSeconds());
        write(exchange, 200, body);
    }

    private static void refuse(Exchange exchange, Refusal refusal) {
        write(
                exchange,
                refusal.status(),
                Map.of("error", refusal.error(), "error_description", refusal.description()));
    }

    private static void write(Exchange exchange, int status, Object body) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Content-Type", "application/json");
        headers.put("Cache-Control", "no-store");
        headers.put("Pragma", "no-cache");
        if (status == 401) {
            headers.put("WWW-Authenticate", "Basic realm=\"identity\"");
        }
        try (OutputStream out = exchange.answer(status, headers)) {
            out.write(Json.bytes(body));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
