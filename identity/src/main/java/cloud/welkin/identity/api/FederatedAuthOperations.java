package cloud.welkin.identity.api;

import cloud.welkin.database.Database;
import cloud.welkin.identity.Catalogue;
import cloud.welkin.identity.Session;
import cloud.welkin.identity.domain.FederationProtocol;
import cloud.welkin.identity.domain.Verification;
import cloud.welkin.identity.federation.FederatedSignIn;
import cloud.welkin.identity.federation.OidcTokens;
import cloud.welkin.identity.saml.SamlAssertion;
import cloud.welkin.identity.saml.SamlProvider;
import cloud.welkin.identity.saml.SamlRefused;
import cloud.welkin.identity.saml.SamlResponses;
import cloud.welkin.identity.saml.SamlServiceMetadata;
import cloud.welkin.identity.saml.SamlSigner;
import cloud.welkin.identity.store.FederationStore;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Exchange;
import cloud.welkin.kernel.api.Forms;
import cloud.welkin.kernel.api.Operation;
import cloud.welkin.kernel.api.OperationGroup;
import cloud.welkin.kernel.api.Reply;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.json.Json;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Signing in by an identity provider: /v3/OS-FEDERATION/identity_providers/ID/protocols/ID/auth.
 * With an access token of an OpenID provider as Bearer (what keystoneauth's {@code v3oidc…} plugins
 * do), or with a SAML response, as a form or, by enhanced clients ({@code v3k2k}), as PAOS. Gives
 * an unscoped token.
 */
final class FederatedAuthOperations implements OperationGroup {
    private static final Logger log = LoggerFactory.getLogger(FederatedAuthOperations.class);
    private static final String PROTOCOL =
            IdentityProviderOperations.PATH + "/{idp_id}/protocols/{protocol_id}";
    private static final String AUTH = PROTOCOL + "/auth";
    private static final String PAOS = "application/vnd.paos+xml";
    private static final int LARGEST = 1 << 18;

    private final Database database;
    private final Clock clock;
    private final FederationStore store;
    private final FederatedSignIn signIn;
    private final OidcTokens oidc;
    private final Catalogue catalogue;
    private final SamlSigner signer;

    FederatedAuthOperations(
            Database database,
            Clock clock,
            FederationStore store,
            FederatedSignIn signIn,
            OidcTokens oidc,
            Catalogue catalogue,
            SamlSigner signer) {
        this.database = database;
        this.clock = clock;
        this.store = store;
        this.signIn = signIn;
        this.oidc = oidc;
        this.catalogue = catalogue;
        this.signer = signer;
    }

    @Override
    public List<Operation> operations() {
        return List.of(
                Operation.get(AUTH)
                        .openToAll()
                        .doc("Gives a token for an access token of an OpenID provider.")
                        .replies(TokenView.class)
                        .status(201)
                        .computes((call, body) -> bearer(call)),
                Operation.post(AUTH)
                        .openToAll()
                        .doc("Gives a token for an access token, or for a SAML response as a form.")
                        .streams(this::post),
                Operation.get(PROTOCOL + "/metadata")
                        .openToAll()
                        .doc("What a SAML identity provider wants to know of this cloud.")
                        .streams(this::metadata));
    }

    private Object bearer(Call call) {
        Session session = byAccessToken(call);
        return Reply.of(TokenView.of(session, catalogue, call.origin(), true))
                .status(201)
                .header("X-Subject-Token", session.caller().token().text());
    }

    private Session byAccessToken(Call call) {
        String token =
                call.header("Authorization")
                        .filter(value -> value.regionMatches(true, 0, "Bearer ", 0, 7))
                        .map(value -> value.substring(7).strip())
                        .orElseThrow(Failure::unauthorized);
        FederationProtocol protocol = protocol(call);
        Verification.Oidc trusted =
                protocol.verification()
                        .flatMap(Verification::oidc)
                        .orElseThrow(Failure::unauthorized);
        return noted(call, signIn.signIn(protocol, oidc.attributes(trusted, token)));
    }

    private void post(Call call, Exchange exchange) {
        Session session =
                call.header("Authorization").isPresent()
                        ? byAccessToken(call)
                        : byResponse(call, exchange);
        answer(
                exchange,
                201,
                Map.of(
                        "Content-Type", "application/json",
                        "Vary", "X-Auth-Token",
                        "X-Subject-Token", session.caller().token().text()),
                Json.bytes(TokenView.of(session, catalogue, call.origin(), true)));
    }

    private Session byResponse(Call call, Exchange exchange) {
        if (call.header("Content-Type").filter(type -> type.startsWith(PAOS)).isPresent()) {
            byte[] envelope = envelope(exchange);
            return bySaml(
                    call,
                    (responses, provider) ->
                            responses.readEnveloped(envelope, provider, clock.instant()));
        }
        String response =
                Forms.read(call, exchange, SamlWebSignInOperations.LARGEST)
                        .text("SAMLResponse")
                        .orElseThrow(() -> Failure.badRequest("SAMLResponse is missing."));
        return bySaml(
                call, (responses, provider) -> responses.read(response, provider, clock.instant()));
    }

    private interface Reading {
        SamlAssertion by(SamlResponses responses, SamlProvider provider);
    }

    private static byte[] envelope(Exchange exchange) {
        try {
            byte[] bytes = exchange.body().readNBytes(LARGEST + 1);
            if (bytes.length > LARGEST) {
                throw Failure.tooLarge("The request body is larger than %d bytes.", LARGEST);
            }
            return bytes;
        } catch (IOException e) {
            throw Failure.badRequest("The request body could not be read.");
        }
    }

    private Session bySaml(Call call, Reading reading) {
        FederationProtocol protocol = protocol(call);
        Verification.Saml trusted =
                protocol.verification()
                        .flatMap(Verification::saml)
                        .orElseThrow(Failure::unauthorized);
        try {
            SamlAssertion assertion =
                    reading.by(
                            new SamlResponses(entityId(call), receiver(call)),
                            SamlProvider.of(trusted.metadata().getBytes(StandardCharsets.UTF_8)));
            return noted(
                    call,
                    signIn.signInOnce(
                            protocol, attributes(assertion), assertion.id(), assertion.endsAt()));
        } catch (SamlRefused e) {
            log.info("a response for {} is refused: {}", protocol.provider(), e.getMessage());
            throw Failure.unauthorized();
        }
    }

    /** As Apache's modules hand them to Keystone: mod_auth_mellon's names beside the bare ones. */
    static Map<String, List<String>> attributes(SamlAssertion assertion) {
        Map<String, List<String>> attributes = new HashMap<>(assertion.attributes());
        assertion.attributes().forEach((name, values) -> attributes.put("MELLON_" + name, values));
        for (String name : List.of("REMOTE_USER", "MELLON_NAME_ID")) {
            attributes.put(name, List.of(assertion.subject()));
        }
        for (String name : List.of("Shib-Identity-Provider", "MELLON_IDP")) {
            attributes.put(name, List.of(assertion.issuer()));
        }
        return attributes;
    }

    private void metadata(Call call, Exchange exchange) {
        protocol(call);
        answer(
                exchange,
                200,
                Map.of("Content-Type", "application/samlmetadata+xml"),
                new SamlServiceMetadata(
                                entityId(call),
                                receiver(call),
                                SamlWebSignInOperations.receiver(call),
                                signer)
                        .xml()
                        .getBytes(StandardCharsets.UTF_8));
    }

    private FederationProtocol protocol(Call call) {
        return database.read(tx -> FederationProtocolOperations.one(call, tx, store));
    }

    private static Session noted(Call call, Session session) {
        call.note("user", session.user().id().value());
        return session;
    }

    private static String entityId(Call call) {
        return call.origin() + Links.ROOT;
    }

    private static String receiver(Call call) {
        return entityId(call)
                + IdentityProviderOperations.PATH
                + "/"
                + call.path("idp_id")
                + "/protocols/"
                + call.path("protocol_id")
                + "/auth";
    }

    private static void answer(
            Exchange exchange, int status, Map<String, String> headers, byte[] body) {
        try (OutputStream out = exchange.answer(status, headers)) {
            out.write(body);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
