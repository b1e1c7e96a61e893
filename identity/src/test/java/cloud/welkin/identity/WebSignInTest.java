package cloud.welkin.identity;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.welkin.identity.store.AuditStore;
import cloud.welkin.kernel.api.Query;
import cloud.welkin.testing.ApiTester.Response;
import com.nimbusds.jwt.JWTClaimsSet;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** People who sign in to a dashboard by an OpenID provider, with a browser. */
class WebSignInTest {
    private static final String ONE =
            "/auth/OS-FEDERATION/identity_providers/acme/protocols/openid/websso";
    private static final String ANY = "/auth/OS-FEDERATION/websso/openid";
    private static final String BACK = "/auth/OS-FEDERATION/oidc_redirect";

    /** A browser on its way to the provider. */
    private record Away(String cookie, Query query) {
        String text(String name) {
            return query.text(name).orElseThrow();
        }
    }

    private final Keystone keystone = new Keystone();
    private final OpenIdProvider acme = new OpenIdProvider();
    private final String admin = keystone.admin();

    @AfterEach
    void close() {
        acme.close();
        keystone.close();
    }

    @BeforeEach
    void acmeIsTrusted() {
        put(
                "/OS-FEDERATION/identity_providers/acme",
                "{'identity_provider': {'enabled': true, 'remote_ids': ['" + acme.issuer() + "']}}",
                201);
        put(
                "/OS-FEDERATION/mappings/acme",
                "{'mapping': {'rules': [{'local': [{'user': {'id': '{0}', 'name': '{1}'}}],"
                        + " 'remote': [{'type': 'OIDC-sub'}, {'type':"
                        + " 'OIDC-preferred_username'}]}]}}",
                201);
        protocol("acme", "openid");
    }

    private void protocol(String provider, String id) {
        String path = "/OS-FEDERATION/identity_providers/" + provider + "/protocols/" + id;
        put(path, "{'protocol': {'mapping_id': 'acme', 'remote_id_attribute': 'OIDC-iss'}}", 201);
        put(
                path + "/verification",
                "{'verification': {'oidc': {'issuer': '"
                        + acme.issuer()
                        + "', 'audience': 'welkin', 'client_secret': 's3cret'}}}",
                200);
    }

    private void put(String path, String json, int status) {
        keystone.as(admin, "PUT", path).json(json).send().expect(status);
    }

    private Response begun(String method, String path, String origin) {
        return keystone.api
                .method(
                        method,
                        Keystone.V3
                                + path
                                + "?origin="
                                + URLEncoder.encode(origin, StandardCharsets.UTF_8))
                .send();
    }

    private Away away() {
        return away(begun("GET", ONE, Keystone.DASHBOARD).expect(302));
    }

    private static Away away(Response begun) {
        String cookie = Objects.requireNonNull(begun.headers().get("set-cookie"));
        assertThat(cookie).contains("HttpOnly", "SameSite=Lax", "Path=/identity/v3/auth");
        return new Away(
                cookie.split(";", 2)[0],
                Query.parse(
                        Optional.of(
                                URI.create(Objects.requireNonNull(begun.headers().get("location")))
                                        .getRawQuery())));
    }

    private void gives(Away away, JWTClaimsSet.Builder claims) {
        acme.given =
                "{\"access_token\": \"x\", \"token_type\": \"Bearer\", \"id_token\": \""
                        + acme.signed(claims.claim("nonce", away.text("nonce")))
                        + "\"}";
    }

    private JWTClaimsSet.Builder claims() {
        return acme.claims().issueTime(Date.from(Instant.now()));
    }

    private Response back(Away away, String state) {
        return keystone.api
                .get(Keystone.V3 + BACK + "?code=abc&state=" + state)
                .header("Cookie", "other=1; " + away.cookie())
                .send();
    }

    private static String posted(Response page) {
        Matcher token = Pattern.compile("name=\"token\" value=\"([^\"]+)\"").matcher(text(page));
        assertThat(token.find()).isTrue();
        return token.group(1);
    }

    private static String text(Response page) {
        return new String(page.body(), StandardCharsets.UTF_8);
    }

    @Test
    void theDashboardIsGivenATokenOfWhoSignedIn() throws GeneralSecurityException {
        for (Response begun :
                List.of(
                        begun("GET", ONE, Keystone.DASHBOARD),
                        begun("POST", ONE, Keystone.DASHBOARD),
                        begun("GET", ANY, Keystone.DASHBOARD))) {
            Away away = away(begun.expect(302));
            assertThat(begun.headers().get("location")).startsWith(acme.issuer() + "/auth?");
            assertThat(away.text("response_type")).isEqualTo("code");
            assertThat(away.text("client_id")).isEqualTo("welkin");
            assertThat(away.text("redirect_uri"))
                    .isEqualTo("http://cloud.test" + Keystone.V3 + BACK);
            gives(away, claims());
            Response page = back(away, away.text("state")).expect(200);
            assertThat(text(page))
                    .contains("action=\"" + Keystone.DASHBOARD.replace("&", "&amp;") + "\"");
            assertThat(page.headers().get("cache-control")).isEqualTo("no-store");
            assertThat(page.headers().get("content-security-policy"))
                    .contains("default-src 'none'", "form-action https://dashboard.test")
                    .contains(scriptHash(text(page)));
            String token = posted(page);
            assertThat(
                            keystone.as(token, "GET", "/auth/tokens")
                                    .header("X-Subject-Token", token)
                                    .send()
                                    .expect(200)
                                    .text("/token/user/name"))
                    .isEqualTo("joe");
        }
        assertThat(
                        keystone
                                .service
                                .audit()
                                .find(
                                        new AuditStore.Filter(
                                                Optional.empty(),
                                                Optional.of("authenticate"),
                                                Optional.empty(),
                                                Optional.empty(),
                                                Optional.empty(),
                                                1000))
                                .stream()
                                .filter(event -> event.contains("oidc_redirect")))
                .hasSize(3);
        // The code was shown with our secret and what only we know of the way there.
        Query asked = Query.parse(Optional.of(acme.asked.substring(acme.asked.indexOf("grant"))));
        assertThat(acme.asked).startsWith("Basic ");
        assertThat(asked.text("code_verifier").orElseThrow()).hasSizeGreaterThan(42);
    }

    private static String scriptHash(String page) throws GeneralSecurityException {
        String script = page.replaceAll("(?s).*<script>(.*)</script>.*", "$1");
        return Base64.getEncoder()
                .encodeToString(
                        MessageDigest.getInstance("SHA-256")
                                .digest(script.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void onlyTrustedDashboardsAreGivenTokens() {
        for (String origin :
                List.of(
                        "https://evil.test/",
                        Keystone.DASHBOARD + "/",
                        Keystone.DASHBOARD.toUpperCase(java.util.Locale.ROOT),
                        "https://dashboard.test/",
                        "javascript:alert(1)")) {
            begun("GET", ONE, origin).expect(401);
            begun("GET", ANY, origin).expect(401);
        }
        keystone.api.get(Keystone.V3 + ONE).send().expect(400);
    }

    @Test
    void whoComesBackIsWhoSetOutAndOnlyOnce() {
        Away away = away();
        Away other = away();
        gives(away, claims());
        back(new Away("welkin_websso=" + "x".repeat(43), away.query()), away.text("state"))
                .expect(401);
        // Even a wrong attempt has used the state up.
        back(away, away.text("state")).expect(401);
        back(other, away.text("state")).expect(401);
        back(away, "made-up").expect(401);
        keystone.api.get(Keystone.V3 + BACK).send().expect(401);

        gives(other, claims());
        back(other, other.text("state")).expect(200);
        back(other, other.text("state")).expect(401);

        Away late = away();
        gives(late, claims());
        keystone.clock.move(Duration.ofMinutes(11));
        back(late, late.text("state")).expect(401);
    }

    @Test
    void noMoreAreUnderWayThanMayBe() {
        for (int i = 0; i < 50; i++) {
            away();
        }
        begun("GET", ONE, Keystone.DASHBOARD).expect(429);
        keystone.clock.move(Duration.ofMinutes(11));
        away();
    }

    @Test
    void anIdTokenThatIsNotForThisSignInIsRefused() {
        List<JWTClaimsSet.Builder> wrong =
                List.of(
                        claims().issuer("https://evil.test"),
                        claims().audience("another"),
                        claims().audience(List.of("welkin", "another")),
                        claims().claim("azp", "another"),
                        claims().expirationTime(Date.from(Instant.EPOCH)),
                        claims().subject(null));
        for (JWTClaimsSet.Builder claims : wrong) {
            Away away = away();
            gives(away, claims);
            back(away, away.text("state")).expect(401);
        }
        Away away = away();
        gives(away(), claims());
        back(away, away.text("state")).expect(401);
        Away forged = away();
        acme.given =
                "{\"access_token\": \"x\", \"token_type\": \"Bearer\", \"id_token\": \""
                        + OpenIdProvider.signed(
                                claims().claim("nonce", forged.text("nonce")),
                                OpenIdProvider.key("one"))
                        + "\"}";
        back(forged, forged.text("state")).expect(401);
        Away refused = away();
        acme.given = "{\"error\": \"invalid_grant\"}";
        back(refused, refused.text("state")).expect(401);
        Away denied = away();
        keystone.api
                .get(Keystone.V3 + BACK + "?error=access_denied&state=" + denied.text("state"))
                .header("Cookie", denied.cookie())
                .send()
                .expect(401);
    }

    @Test
    void aProtocolOfSeveralProvidersIsNobodysAndOneOfSamlIsNoneOfOpenId() {
        put("/OS-FEDERATION/identity_providers/b", "{'identity_provider': {'enabled': true}}", 201);
        protocol("b", "openid");
        begun("GET", ANY, Keystone.DASHBOARD).expect(400);
        begun("GET", ANY + "x", Keystone.DASHBOARD).expect(404);
        begun("GET", ONE, Keystone.DASHBOARD).expect(302);
        put(
                "/OS-FEDERATION/identity_providers/b/protocols/saml2",
                "{'protocol': {'mapping_id': 'acme'}}",
                201);
        begun(
                        "GET",
                        "/auth/OS-FEDERATION/identity_providers/b/protocols/saml2/websso",
                        Keystone.DASHBOARD)
                .expect(403);
    }
}
