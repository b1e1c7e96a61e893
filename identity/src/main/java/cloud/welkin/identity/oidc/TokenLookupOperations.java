package cloud.welkin.identity.oidc;

import cloud.welkin.database.Tx;
import cloud.welkin.identity.Session;
import cloud.welkin.identity.domain.OidcClient;
import cloud.welkin.identity.domain.OidcGrant;
import cloud.welkin.identity.store.OidcGrantStore;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Exchange;
import cloud.welkin.kernel.api.Forms;
import cloud.welkin.kernel.api.Operation;
import cloud.welkin.kernel.api.OperationGroup;
import cloud.welkin.kernel.api.Query;
import cloud.welkin.kernel.failure.Failure;
import com.nimbusds.oauth2.sdk.OAuth2Error;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What tokens stand for: userinfo (OpenID Connect Core, 5.3), introspection (RFC 7662), revocation
 * (RFC 7009). A token is good as long as its user's account is as it was when the user signed in.
 */
final class TokenLookupOperations implements OperationGroup {
    private final Provider provider;
    private final OidcGrantStore grants;
    private final ClientProof clients;
    private final Claims claims;

    TokenLookupOperations(Provider provider) {
        this.provider = provider;
        this.grants = provider.stores().oidc().grants();
        this.clients = new ClientProof(provider.stores().oidc().clients());
        this.claims = new Claims(provider.stores());
    }

    private record Known(OidcGrant.Token token, OidcGrant grant, Session account) {}

    @Override
    public List<Operation> operations() {
        return List.of(
                Operation.get("/userinfo")
                        .openToAll()
                        .doc("What the client may know of the user, by the access token.")
                        .anyParam()
                        .streams(this::userinfo),
                Operation.post("/userinfo")
                        .openToAll()
                        .doc("What the client may know of the user, by the access token.")
                        .streams(this::userinfo),
                Operation.post("/introspect")
                        .openToAll()
                        .doc("Tells a client with a secret whether a token is good, and for what.")
                        .streams(this::introspect),
                Operation.post("/revoke")
                        .openToAll()
                        .doc("Ends a token that a client does not need any more.")
                        .streams(this::revoke));
    }

    private Optional<Known> known(Tx tx, String text) {
        return grants.token(tx, Opaque.hash(text))
                .filter(
                        token ->
                                !token.used()
                                        && provider.clock().instant().isBefore(token.expiresAt()))
                .flatMap(
                        token ->
                                grants.find(tx, token.grant())
                                        .flatMap(
                                                grant ->
                                                        provider.account(
                                                                        tx,
                                                                        grant.user(),
                                                                        grant.beganAt(),
                                                                        grant.methods())
                                                                .map(
                                                                        account ->
                                                                                new Known(
                                                                                        token,
                                                                                        grant,
                                                                                        account))));
    }

    private void userinfo(Call call, Exchange exchange) {
        Optional<Map<String, Object>> found =
                provider.database()
                        .read(
                                tx ->
                                        bearer(call)
                                                .flatMap(text -> known(tx, text))
                                                .filter(known -> !known.token().refresh())
                                                .filter(
                                                        known ->
                                                                known.token()
                                                                        .scopes()
                                                                        .contains("openid"))
                                                .map(
                                                        known ->
                                                                claims.of(
                                                                        tx,
                                                                        known.account().user(),
                                                                        known.token().scopes())));
        found.ifPresentOrElse(
                body -> Answers.json(exchange, 200, body), () -> Answers.badToken(exchange));
    }

    private static Optional<String> bearer(Call call) {
        return call.header("Authorization")
                .filter(value -> value.regionMatches(true, 0, "Bearer ", 0, 7))
                .map(value -> value.substring(7).strip());
    }

    private void introspect(Call call, Exchange exchange) {
        Query form;
        try {
            form = Forms.read(call, exchange);
        } catch (Failure e) {
            Answers.error(exchange, OAuth2Error.INVALID_REQUEST);
            return;
        }
        Optional<OidcClient> client =
                provider.database()
                        .read(tx -> clients.check(tx, call, form))
                        .client()
                        .filter(known -> !known.isPublic());
        if (client.isEmpty()) {
            Answers.error(exchange, OAuth2Error.INVALID_CLIENT);
            return;
        }
        // A refresh token is nobody's business but its client's.
        Optional<Known> found =
                provider.database()
                        .read(tx -> form.text("token").flatMap(text -> known(tx, text)))
                        .filter(
                                known ->
                                        !known.token().refresh()
                                                || known.grant()
                                                        .client()
                                                        .equals(client.get().id()));
        Answers.json(
                exchange,
                200,
                found.map(known -> description(call, known)).orElse(Map.of("active", false)));
    }

    private static Map<String, Object> description(Call call, Known known) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("active", true);
        body.put("scope", String.join(" ", known.token().scopes()));
        body.put("client_id", known.grant().client());
        body.put("username", known.account().user().name());
        body.put("token_type", known.token().refresh() ? "refresh_token" : "Bearer");
        body.put("exp", known.token().expiresAt().getEpochSecond());
        body.put("iat", known.token().issuedAt().getEpochSecond());
        body.put("sub", known.grant().user().value());
        body.put("aud", known.grant().client());
        body.put("iss", Provider.issuer(call));
        return body;
    }

    private void revoke(Call call, Exchange exchange) {
        Query form;
        try {
            form = Forms.read(call, exchange);
        } catch (Failure e) {
            Answers.error(exchange, OAuth2Error.INVALID_REQUEST);
            return;
        }
        Optional<OidcClient> client =
                provider.database().read(tx -> clients.check(tx, call, form)).client();
        if (client.isEmpty()) {
            Answers.error(exchange, OAuth2Error.INVALID_CLIENT);
            return;
        }
        form.text("token")
                .ifPresent(text -> provider.database().change(tx -> end(tx, client.get(), text)));
        Answers.json(exchange, 200, Map.of());
    }

    /** With a refresh token goes all that came of the same grant. */
    private void end(Tx tx, OidcClient client, String text) {
        Optional<OidcGrant.Token> token = grants.token(tx, Opaque.hash(text));
        boolean own =
                token.flatMap(found -> grants.find(tx, found.grant()))
                        .filter(grant -> grant.client().equals(client.id()))
                        .isPresent();
        if (!own) {
            return;
        }
        if (token.get().refresh()) {
            grants.delete(tx, token.get().grant());
        } else {
            grants.deleteToken(tx, token.get().hash());
        }
    }
}
