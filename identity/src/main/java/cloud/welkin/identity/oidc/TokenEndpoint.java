package cloud.welkin.identity.oidc;

import cloud.welkin.database.Tx;
import cloud.welkin.identity.Session;
import cloud.welkin.identity.domain.OidcClient;
import cloud.welkin.identity.domain.OidcDevice;
import cloud.welkin.identity.domain.OidcGrant;
import cloud.welkin.identity.domain.Sha256;
import cloud.welkin.identity.store.OidcStores;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Exchange;
import cloud.welkin.kernel.api.Forms;
import cloud.welkin.kernel.api.Operation;
import cloud.welkin.kernel.api.OperationGroup;
import cloud.welkin.kernel.api.Query;
import cloud.welkin.kernel.failure.Failure;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.oauth2.sdk.AuthorizationCodeGrant;
import com.nimbusds.oauth2.sdk.AuthorizationGrant;
import com.nimbusds.oauth2.sdk.ErrorObject;
import com.nimbusds.oauth2.sdk.GrantType;
import com.nimbusds.oauth2.sdk.OAuth2Error;
import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.oauth2.sdk.RefreshTokenGrant;
import com.nimbusds.oauth2.sdk.device.DeviceAuthorizationGrantError;
import com.nimbusds.oauth2.sdk.device.DeviceCodeGrant;
import com.nimbusds.oauth2.sdk.pkce.CodeVerifier;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where clients exchange what they were given for tokens (RFC 6749, 3.2). Codes and refresh tokens
 * are good once: whoever comes with one a second time ends everything that came of it, since one of
 * the two has stolen it (RFC 9700, 2.1.1 and 4.14). Such an end must stay although the request is
 * refused, so refusals are results here, not exceptions.
 */
final class TokenEndpoint implements OperationGroup {
    private static final Logger log = LoggerFactory.getLogger(TokenEndpoint.class);
    private static final Duration ACCESS_LIFETIME = Duration.ofHours(1);
    private static final Duration ID_LIFETIME = Duration.ofHours(1);
    private static final Duration SLOWER = Duration.ofSeconds(5);
    private static final String REFRESH = "refresh_token";

    private final Provider provider;
    private final OidcStores stores;
    private final ClientProof clients;
    private final Claims claims;

    TokenEndpoint(Provider provider) {
        this.provider = provider;
        this.stores = provider.stores().oidc();
        this.clients = new ClientProof(stores.clients());
        this.claims = new Claims(provider.stores());
    }

    private sealed interface Outcome {
        record Refused(ErrorObject error) implements Outcome {}

        record Granted(Map<String, Object> tokens) implements Outcome {}
    }

    @Override
    public List<Operation> operations() {
        return List.of(
                Operation.post("/token")
                        .openToAll()
                        .doc("Exchanges a code, a refresh token or a device's code for tokens.")
                        .streams(this::token));
    }

    private void token(Call call, Exchange exchange) {
        Outcome outcome;
        try {
            Query form = Forms.read(call, exchange);
            // Keys are made in a transaction of their own.
            provider.keys().current();
            outcome = provider.database().write(tx -> outcome(tx, call, form));
        } catch (Failure e) {
            outcome = refused(OAuth2Error.INVALID_REQUEST.setDescription(e.text()));
        }
        switch (outcome) {
            case Outcome.Refused(ErrorObject error) -> Answers.error(exchange, error);
            case Outcome.Granted(Map<String, Object> tokens) -> Answers.json(exchange, 200, tokens);
        }
    }

    private Outcome outcome(Tx tx, Call call, Query form) {
        ClientProof.Checked checked = clients.check(tx, call, form);
        if (checked.client().isEmpty()) {
            return refused(checked.error());
        }
        OidcClient client = checked.client().get();
        AuthorizationGrant grant;
        try {
            grant = AuthorizationGrant.parse(form.values());
        } catch (ParseException | IllegalArgumentException e) {
            return refused(
                    e instanceof ParseException parse && parse.getErrorObject() != null
                            ? parse.getErrorObject()
                            : OAuth2Error.INVALID_REQUEST);
        }
        if (!client.may(grant.getType().getValue())) {
            return refused(
                    List.of(
                                            GrantType.AUTHORIZATION_CODE,
                                            GrantType.REFRESH_TOKEN,
                                            GrantType.DEVICE_CODE)
                                    .contains(grant.getType())
                            ? OAuth2Error.UNAUTHORIZED_CLIENT
                            : OAuth2Error.UNSUPPORTED_GRANT_TYPE);
        }
        return switch (grant) {
            case AuthorizationCodeGrant code -> byCode(tx, call, client, code);
            case RefreshTokenGrant refresh -> byRefresh(tx, call, client, refresh, form);
            case DeviceCodeGrant device -> byDevice(tx, call, client, device, form);
            default -> refused(OAuth2Error.UNSUPPORTED_GRANT_TYPE);
        };
    }

    private Outcome byCode(Tx tx, Call call, OidcClient client, AuthorizationCodeGrant shown) {
        String hash = Opaque.hash(shown.getAuthorizationCode().getValue());
        Optional<OidcGrant.Code> code = stores.grants().code(tx, hash);
        Optional<OidcGrant> grant =
                code.flatMap(found -> stores.grants().find(tx, found.grant()))
                        .filter(found -> found.client().equals(client.id()));
        if (code.isEmpty() || grant.isEmpty()) {
            return refused(OAuth2Error.INVALID_GRANT);
        }
        boolean first = stores.grants().useCode(tx, hash);
        boolean right =
                first
                        && provider.clock().instant().isBefore(code.get().expiresAt())
                        && shown.getRedirectionURI() != null
                        && code.get().redirectUri().equals(shown.getRedirectionURI().toString())
                        && proves(
                                Optional.ofNullable(shown.getCodeVerifier())
                                        .map(CodeVerifier::getValue),
                                code.get().challenge());
        if (!right) {
            if (!first) {
                log.warn("a code of client {} was used again; its grant ends", client.id());
            }
            stores.grants().delete(tx, grant.get().id());
            return refused(OAuth2Error.INVALID_GRANT);
        }
        return tokens(tx, call, client, grant.get(), grant.get().scopes(), grant.get().nonce());
    }

    /** A verifier without a challenge is wrong too: the challenge was taken away on the way. */
    private static boolean proves(Optional<String> verifier, Optional<String> challenge) {
        if (verifier.isEmpty() || challenge.isEmpty()) {
            return verifier.isEmpty() && challenge.isEmpty();
        }
        return Opaque.same(Opaque.hash(verifier.get()), challenge.get());
    }

    private Outcome byRefresh(
            Tx tx, Call call, OidcClient client, RefreshTokenGrant shown, Query form) {
        String hash = Opaque.hash(shown.getRefreshToken().getValue());
        Optional<OidcGrant.Token> token =
                stores.grants().token(tx, hash).filter(OidcGrant.Token::refresh);
        Optional<OidcGrant> grant =
                token.flatMap(found -> stores.grants().find(tx, found.grant()))
                        .filter(found -> found.client().equals(client.id()));
        if (token.isEmpty() || grant.isEmpty()) {
            return refused(OAuth2Error.INVALID_GRANT);
        }
        List<String> scopes =
                form.text("scope")
                        .map(text -> Arrays.asList(text.strip().split(" +")))
                        .orElse(grant.get().scopes());
        if (!grant.get().scopes().containsAll(scopes)) {
            return refused(OAuth2Error.INVALID_SCOPE);
        }
        if (!provider.clock().instant().isBefore(token.get().expiresAt())) {
            return refused(OAuth2Error.INVALID_GRANT);
        }
        if (!stores.grants().useToken(tx, hash)) {
            log.warn("a refresh token of client {} was used again; its grant ends", client.id());
            stores.grants().delete(tx, grant.get().id());
            return refused(OAuth2Error.INVALID_GRANT);
        }
        return tokens(tx, call, client, grant.get(), scopes, Optional.empty());
    }

    private Outcome byDevice(
            Tx tx, Call call, OidcClient client, DeviceCodeGrant shown, Query form) {
        String hash = Opaque.hash(shown.getDeviceCode().getValue());
        Optional<OidcDevice> found =
                stores.devices()
                        .find(tx, hash)
                        .filter(device -> device.client().equals(client.id()))
                        .filter(device -> proves(form.text("code_verifier"), device.challenge()));
        if (found.isEmpty()) {
            return refused(OAuth2Error.INVALID_GRANT);
        }
        OidcDevice device = found.get();
        Instant now = provider.clock().instant();
        if (!now.isBefore(device.expiresAt())) {
            return refused(DeviceAuthorizationGrantError.EXPIRED_TOKEN);
        }
        if (device.denied()) {
            return refused(OAuth2Error.ACCESS_DENIED.setHTTPStatusCode(400));
        }
        boolean hasty =
                device.polledAt()
                        .filter(last -> now.isBefore(last.plus(device.interval())))
                        .isPresent();
        if (hasty) {
            stores.devices().polled(tx, hash, now, device.interval().plus(SLOWER));
            return refused(DeviceAuthorizationGrantError.SLOW_DOWN);
        }
        if (device.grant().isEmpty()) {
            stores.devices().polled(tx, hash, now, device.interval());
            return refused(DeviceAuthorizationGrantError.AUTHORIZATION_PENDING);
        }
        Optional<OidcGrant> grant = stores.grants().find(tx, device.grant().get());
        return grant.isPresent() && stores.devices().delete(tx, hash)
                ? tokens(tx, call, client, grant.get(), grant.get().scopes(), Optional.empty())
                : refused(OAuth2Error.INVALID_GRANT);
    }

    private Outcome tokens(
            Tx tx,
            Call call,
            OidcClient client,
            OidcGrant grant,
            List<String> scopes,
            Optional<String> nonce) {
        Optional<Session> account =
                provider.account(tx, grant.user(), grant.beganAt(), grant.methods());
        if (account.isEmpty()) {
            stores.grants().delete(tx, grant.id());
            return refused(OAuth2Error.INVALID_GRANT);
        }
        Instant now = provider.clock().instant();
        String access = issue(tx, grant, scopes, false, now.plus(ACCESS_LIFETIME));
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("access_token", access);
        answer.put("token_type", "Bearer");
        answer.put("expires_in", ACCESS_LIFETIME.toSeconds());
        answer.put("scope", String.join(" ", scopes));
        if (client.may(REFRESH)) {
            answer.put(REFRESH, issue(tx, grant, grant.scopes(), true, grant.expiresAt()));
        }
        if (scopes.contains("openid")) {
            JWTClaimsSet.Builder id = new JWTClaimsSet.Builder();
            claims.of(tx, account.get().user(), scopes).forEach(id::claim);
            id.issuer(Provider.issuer(call))
                    .audience(client.id())
                    .issueTime(Date.from(now))
                    .expirationTime(Date.from(now.plus(ID_LIFETIME)))
                    .claim("auth_time", grant.beganAt().getEpochSecond())
                    .claim("amr", amr(grant.methods()))
                    .claim("at_hash", half(access));
            nonce.ifPresent(value -> id.claim("nonce", value));
            answer.put("id_token", provider.keys().sign(tx, id.build(), client.algorithm()));
        }
        call.note("user", grant.user().value());
        return new Outcome.Granted(answer);
    }

    private String issue(
            Tx tx, OidcGrant grant, List<String> scopes, boolean refresh, Instant end) {
        String token = Opaque.make(provider.random());
        stores.grants()
                .insert(
                        tx,
                        new OidcGrant.Token(
                                Opaque.hash(token),
                                grant.id(),
                                refresh,
                                scopes,
                                provider.clock().instant(),
                                end,
                                false));
        return token;
    }

    /** RFC 8176's words for Keystone's methods. */
    private static List<String> amr(List<String> methods) {
        return methods.stream()
                .map(
                        method ->
                                switch (method) {
                                    case "password" -> "pwd";
                                    case "totp" -> "otp";
                                    default -> method;
                                })
                .sorted()
                .toList();
    }

    /** at_hash (OpenID Connect Core, 3.1.3.6): both algorithms of ours go with SHA-256. */
    private static String half(String access) {
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(Arrays.copyOf(Sha256.of(access), 16));
    }

    private static Outcome refused(ErrorObject error) {
        return new Outcome.Refused(error);
    }
}
