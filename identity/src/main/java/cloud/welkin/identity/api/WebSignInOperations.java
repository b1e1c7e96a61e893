package cloud.welkin.identity.api;

import cloud.welkin.database.Database;
import cloud.welkin.database.Tx;
import cloud.welkin.identity.Session;
import cloud.welkin.identity.domain.FederationProtocol;
import cloud.welkin.identity.domain.IdentityProvider;
import cloud.welkin.identity.domain.Verification;
import cloud.welkin.identity.domain.WebSignIn;
import cloud.welkin.identity.federation.FederatedSignIn;
import cloud.welkin.identity.federation.OidcCodes;
import cloud.welkin.identity.oidc.Opaque;
import cloud.welkin.identity.store.FederationStore;
import cloud.welkin.identity.store.WebSignInStore;
import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Exchange;
import cloud.welkin.kernel.api.Operation;
import cloud.welkin.kernel.api.OperationGroup;
import cloud.welkin.kernel.api.Param;
import cloud.welkin.kernel.failure.Failure;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Signing in to dashboards by an OpenID provider (Keystone's WebSSO): the browser goes to the
 * provider and comes back, and a page posts an unscoped token to the dashboard, which must be one
 * of those that the operator trusts. Where Keystone leaves the way there and back to the web server
 * before it, it is gone here.
 *
 * <p>What comes back counts only in the browser that set out (its cookie), once, and for ten
 * minutes. Nonce and PKCE verifier are made of the state and the cookie, so that the database holds
 * nothing by which anybody could go on with it.
 */
final class WebSignInOperations implements OperationGroup {
    private static final Logger log = LoggerFactory.getLogger(WebSignInOperations.class);
    private static final String ROOT = "/auth/OS-FEDERATION";
    private static final String BACK = ROOT + "/oidc_redirect";
    private static final String COOKIE = "welkin_websso";
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    /** The only script of the page, named by its hash in the page's policy. */
    private static final String SCRIPT = "document.forms[0].submit()";

    private final Database database;
    private final Clock clock;
    private final SecureRandom random;
    private final List<String> dashboards;
    private final FederationStore federation;
    private final WebSignInStore store;
    private final FederatedSignIn signIn;
    private final OidcCodes codes;

    WebSignInOperations(IdentityApi.Parts parts, OidcCodes codes) {
        this.database = parts.database();
        this.clock = parts.clock();
        this.random = parts.random();
        this.dashboards = parts.partners().dashboards();
        this.federation = parts.stores().federation();
        this.store = parts.stores().webSignIns();
        this.signIn = parts.federated();
        this.codes = codes;
    }

    @Override
    public List<Operation> operations() {
        String any = ROOT + "/websso/{protocol_id}";
        String one = ROOT + "/identity_providers/{idp_id}/protocols/{protocol_id}/websso";
        Param origin = Param.text("origin", "The dashboard that the token is for.");
        return List.of(
                Operation.get(any)
                        .openToAll()
                        .doc("Sends a browser to the identity provider of the protocol.")
                        .params(origin)
                        .streams((call, exchange) -> begin(call, exchange, only(call))),
                Operation.post(any)
                        .openToAll()
                        .doc("The same, for dashboards that post.")
                        .params(origin)
                        .streams((call, exchange) -> begin(call, exchange, only(call))),
                Operation.get(one)
                        .openToAll()
                        .doc("Sends a browser to the identity provider.")
                        .params(origin)
                        .streams((call, exchange) -> begin(call, exchange, named(call))),
                Operation.post(one)
                        .openToAll()
                        .doc("The same, for dashboards that post.")
                        .params(origin)
                        .streams((call, exchange) -> begin(call, exchange, named(call))),
                Operation.get(BACK)
                        .openToAll()
                        .doc("Where browsers come back from an OpenID provider.")
                        .params(
                                Param.text("state", "Which of those that set out it is."),
                                Param.text("code", "What the provider gave it."),
                                Param.text("error", "Why it gave it none."))
                        .anyParam()
                        .streams(this::end));
    }

    private FederationProtocol named(Call call) {
        return database.read(tx -> FederationProtocolOperations.one(call, tx, federation));
    }

    /** The one provider that has such a protocol: nobody else can say which is meant. */
    private FederationProtocol only(Call call) {
        String id = call.path("protocol_id");
        List<FederationProtocol> found = database.read(tx -> having(tx, id));
        if (found.size() != 1) {
            throw found.isEmpty()
                    ? Failure.notFound("Could not find federation protocol: %s.", id)
                    : Failure.badRequest(
                            "Several identity providers have the protocol %s; name one of them.",
                            id);
        }
        return found.getFirst();
    }

    private List<FederationProtocol> having(Tx tx, String id) {
        return federation.providers(tx).stream()
                .filter(IdentityProvider::enabled)
                .flatMap(provider -> federation.protocol(tx, provider.id(), id).stream())
                .toList();
    }

    private void begin(Call call, Exchange exchange, FederationProtocol protocol) {
        String origin = dashboard(call);
        Verification.Oidc trusted = oidc(protocol);
        String state = Opaque.make(random);
        String browser = cookie(call).orElseGet(() -> Opaque.make(random));
        URI address = codes.address(trusted, back(call), secrets(state, browser));
        Instant now = clock.instant();
        database.change(
                tx ->
                        store.insert(
                                tx,
                                new WebSignIn(
                                        Opaque.hash(state),
                                        Opaque.hash(browser),
                                        protocol.provider(),
                                        protocol.id(),
                                        origin,
                                        now.plus(PATIENCE)),
                                now));
        Map<String, String> headers = headers();
        headers.put("Location", address.toASCIIString());
        headers.put(
                "Set-Cookie",
                COOKIE
                        + "="
                        + browser
                        + "; Path="
                        + Links.ROOT
                        + ROOT
                        + "; Max-Age="
                        + PATIENCE.toSeconds()
                        + "; HttpOnly; SameSite=Lax"
                        + (call.origin().startsWith("https:") ? "; Secure" : ""));
        answer(exchange, 302, headers, "");
    }

    /** Exactly as the operator has written it: a token is posted there. */
    private String dashboard(Call call) {
        String origin =
                call.query()
                        .text("origin")
                        .orElseThrow(
                                () ->
                                        Failure.badRequest(
                                                "Request must have an origin query parameter"));
        if (!dashboards.contains(origin)) {
            log.info("{} is not a trusted dashboard", origin);
            throw Failure.unauthorized("%s is not a trusted dashboard host", origin);
        }
        return origin;
    }

    private static Verification.Oidc oidc(FederationProtocol protocol) {
        return protocol.verification()
                .flatMap(Verification::oidc)
                .orElseThrow(
                        () ->
                                Failure.forbidden(
                                        "The protocol %s is not one of OpenID Connect.",
                                        protocol.id()));
    }

    private void end(Call call, Exchange exchange) {
        Optional<String> browser = cookie(call);
        Optional<String> state = call.query().text("state");
        WebSignIn begun =
                state.flatMap(text -> database.write(tx -> store.take(tx, Opaque.hash(text))))
                        .filter(found -> clock.instant().isBefore(found.endsAt()))
                        .filter(
                                found ->
                                        browser.filter(
                                                        value ->
                                                                Opaque.same(
                                                                        Opaque.hash(value),
                                                                        found.browser()))
                                                .isPresent())
                        .orElseThrow(Failure::unauthorized);
        call.query()
                .text("error")
                .ifPresent(
                        error -> {
                            log.info("{} signs somebody not in", begun.provider());
                            throw Failure.unauthorized();
                        });
        FederationProtocol protocol =
                database.read(tx -> federation.protocol(tx, begun.provider(), begun.protocol()))
                        .orElseThrow(Failure::unauthorized);
        Verification.Oidc trusted = oidc(protocol);
        if (call.query().text("iss").filter(iss -> !iss.equals(trusted.issuer())).isPresent()
                || !dashboards.contains(begun.origin())) {
            throw Failure.unauthorized();
        }
        Session session =
                signIn.signIn(
                        protocol,
                        codes.attributes(
                                trusted,
                                back(call),
                                call.query().text("code").orElseThrow(Failure::unauthorized),
                                secrets(state.orElseThrow(), browser.orElseThrow())));
        call.note("user", session.user().id().value());
        page(exchange, begun.origin(), session.caller().token().text());
    }

    private static void page(Exchange exchange, String origin, String token) {
        URI dashboard = URI.create(origin);
        Map<String, String> headers = headers();
        headers.put("Content-Type", "text/html; charset=utf-8");
        headers.put(
                "Content-Security-Policy",
                "default-src 'none'; base-uri 'none'; frame-ancestors 'none'; script-src 'sha256-"
                        + scriptHash()
                        + "'; form-action "
                        + dashboard.getScheme()
                        + "://"
                        + dashboard.getRawAuthority());
        answer(
                exchange,
                200,
                headers,
                """
                <!DOCTYPE html>
                <html lang="en"><head><meta charset="utf-8"><title>Signing in</title></head><body>
                <form id="sso" action="%s" method="post"><p>One moment …</p>
                <input type="hidden" name="token" value="%s">
                <noscript><input type="submit" value="Continue"></noscript></form>
                <script>%s</script></body></html>
                """
                        .formatted(escaped(origin), escaped(token), SCRIPT));
    }

    /** As policies name it; {@link Opaque#hash} has the other alphabet and no padding. */
    private static String scriptHash() {
        return Opaque.hash(SCRIPT).replace('-', '+').replace('_', '/') + "=";
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }

    private static URI back(Call call) {
        return URI.create(call.origin() + Links.ROOT + BACK);
    }

    private static OidcCodes.Secrets secrets(String state, String browser) {
        return new OidcCodes.Secrets(
                state,
                Opaque.hash("nonce " + state + " " + browser),
                Opaque.hash("verifier " + state + " " + browser));
    }

    private static Optional<String> cookie(Call call) {
        return call.header("Cookie")
                .flatMap(
                        all ->
                                Arrays.stream(all.split(";"))
                                        .map(String::strip)
                                        .filter(one -> one.startsWith(COOKIE + "="))
                                        .map(one -> one.substring(COOKIE.length() + 1))
                                        .filter(value -> value.matches("[\\w-]{43}"))
                                        .findFirst());
    }

    private static Map<String, String> headers() {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Cache-Control", "no-store");
        headers.put("Pragma", "no-cache");
        headers.put("X-Content-Type-Options", "nosniff");
        headers.put("X-Frame-Options", "DENY");
        headers.put("Referrer-Policy", "strict-origin");
        return headers;
    }

    private static void answer(
            Exchange exchange, int status, Map<String, String> headers, String body) {
        try (OutputStream out = exchange.answer(status, headers)) {
            out.write(body.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
