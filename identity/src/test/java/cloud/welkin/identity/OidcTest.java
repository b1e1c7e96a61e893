package cloud.welkin.identity;

import static cloud.welkin.identity.OidcFixture.BACK;
import static cloud.welkin.identity.OidcFixture.OIDC;
import static cloud.welkin.identity.OidcFixture.authorize;
import static org.assertj.core.api.Assertions.assertThat;

import cloud.welkin.testing.ApiTester;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jwt.JWT;
import com.nimbusds.jwt.JWTParser;
import com.nimbusds.oauth2.sdk.id.ClientID;
import com.nimbusds.oauth2.sdk.id.Issuer;
import com.nimbusds.oauth2.sdk.token.BearerAccessToken;
import com.nimbusds.openid.connect.sdk.Nonce;
import com.nimbusds.openid.connect.sdk.claims.AccessTokenHash;
import com.nimbusds.openid.connect.sdk.claims.IDTokenClaimsSet;
import com.nimbusds.openid.connect.sdk.op.OIDCProviderMetadata;
import com.nimbusds.openid.connect.sdk.validators.IDTokenValidator;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** Signing in to applications with the cloud's accounts, as a client of Nimbus' sees it. */
@TestInstance(Lifecycle.PER_CLASS)
class OidcTest {
    private final OidcFixture oidc = new OidcFixture();

    @AfterAll
    void close() {
        oidc.close();
    }

    @Test
    void aClientFindsEverythingFromTheIssuer() throws Exception {
        ApiTester.Response found =
                oidc.keystone.api.get(OIDC + "/.well-known/openid-configuration").send();
        OIDCProviderMetadata metadata =
                OIDCProviderMetadata.parse(new String(found.body(), StandardCharsets.UTF_8));
        assertThat(metadata.getIssuer().getValue()).isEqualTo("http://cloud.test" + OIDC);
        assertThat(metadata.getTokenEndpointURI().getPath()).isEqualTo(OIDC + "/token");
        assertThat(metadata.getIDTokenJWSAlgs()).doesNotContain(new JWSAlgorithm("none"));
        assertThat(keys().getKeys()).hasSize(4).noneMatch(key -> key.isPrivate());
    }

    @Test
    void somebodySignsInAndTheClientLearnsWhatWasAgreed() throws Exception {
        OidcFixture.Client client = oidc.confidential();
        ApiTester.Response tokens = oidc.tokens(client, oidc.code(client)).expect(200);
        String access = tokens.text("/access_token");

        IDTokenClaimsSet id = validated(tokens.text("/id_token"), client, JWSAlgorithm.RS256);
        assertThat(id.getSubject().getValue()).isEqualTo(oidc.user);
        assertThat(id.getStringClaim("preferred_username")).isEqualTo("erika");
        assertThat(id.getAccessTokenHash())
                .isEqualTo(
                        AccessTokenHash.compute(
                                new BearerAccessToken(access), JWSAlgorithm.RS256, null));
        ApiTester.Response info = oidc.userinfo(access).expect(200);
        assertThat(info.text("/sub")).isEqualTo(oidc.user);
        assertThat(info.text("/projects/0/name")).isEqualTo("web");
        assertThat(info.json().at("/projects/0/roles").toString()).contains("member", "reader");
        assertThat(tokens.headers()).containsEntry("cache-control", "no-store");
    }

    @Test
    void aClientMayHaveEs256() throws Exception {
        OidcFixture.Client client =
                oidc.register("'client_name': 'ec', 'id_token_signed_response_alg': 'ES256'");
        ApiTester.Response tokens = oidc.tokens(client, oidc.code(client)).expect(200);
        validated(tokens.text("/id_token"), client, JWSAlgorithm.ES256);
    }

    @Test
    void consentIsAskedOnce() {
        OidcFixture.Client client = oidc.confidential();
        Browser browser = oidc.browser();
        oidc.agreed(browser, client);
        assertThat(Browser.parameter(browser.open(authorize(oidc.request(client))), "code"))
                .isNotEmpty();

        Map<String, String> again = oidc.request(client);
        again.put("prompt", "consent");
        browser.open(authorize(again)).expect(200);
    }

    @Test
    void whoDeniesSendsTheClientAway() {
        OidcFixture.Client client = oidc.confidential();
        Browser browser = oidc.browser();
        ApiTester.Response page = browser.open(authorize(oidc.request(client)));
        ApiTester.Response consent =
                browser.open(Browser.location(browser.signIn(page, "erika", "geheim")));
        ApiTester.Response back = browser.submit(consent, Map.of("decision", "deny"));
        assertThat(Browser.location(back)).startsWith(BACK + "&");
        assertThat(Browser.parameter(back, "error")).isEqualTo("access_denied");
        assertThat(Browser.parameter(back, "state")).isEqualTo("s t&a");
        assertThat(Browser.parameter(back, "iss")).isEqualTo("http://cloud.test" + OIDC);
    }

    @Test
    void silenceIsAnsweredToSilentRequests() {
        OidcFixture.Client client = oidc.confidential();
        Browser browser = oidc.browser();
        Map<String, String> silent = oidc.request(client);
        silent.put("prompt", "none");
        assertThat(Browser.parameter(browser.open(authorize(silent)), "error"))
                .isEqualTo("login_required");
        ApiTester.Response page = browser.open(authorize(oidc.request(client)));
        browser.signIn(page, "erika", "geheim");
        assertThat(Browser.parameter(browser.open(authorize(silent)), "error"))
                .isEqualTo("consent_required");
    }

    @Test
    void promptLoginAndMaxAgeAskForThePasswordAgain() {
        OidcFixture.Client client = oidc.confidential();
        Browser browser = oidc.browser();
        oidc.agreed(browser, client);
        Map<String, String> login = oidc.request(client);
        login.put("prompt", "login");
        ApiTester.Response page = browser.open(authorize(login)).expect(200);
        assertThat(Browser.text(page)).contains("name=\"password\"");
        assertThat(
                        Browser.parameter(
                                browser.open(
                                        Browser.location(browser.signIn(page, "erika", "geheim"))),
                                "code"))
                .isNotEmpty();
    }

    @Test
    void refreshTokensAreExchangedAndStolenOnesEndEverything() {
        OidcFixture.Client client = oidc.open();
        ApiTester.Response first = oidc.tokens(client, oidc.code(client)).expect(200);
        String old = first.text("/refresh_token");
        ApiTester.Response second = oidc.refresh(client, old).expect(200);
        oidc.userinfo(second.text("/access_token")).expect(200);

        assertThat(oidc.refresh(client, old).expect(400).text("/error")).isEqualTo("invalid_grant");
        oidc.refresh(client, second.text("/refresh_token")).expect(400);
        oidc.userinfo(second.text("/access_token")).expect(401);
    }

    @Test
    void aChangedPasswordEndsSessionsAndTokens() {
        OidcFixture.Client client = oidc.confidential();
        String id = oidc.keystone.user("max", "alt");
        Browser browser = oidc.browser();
        ApiTester.Response page = browser.open(authorize(oidc.request(client)));
        ApiTester.Response consent =
                browser.open(Browser.location(browser.signIn(page, "max", "alt")));
        String code =
                Browser.parameter(browser.submit(consent, Map.of("decision", "allow")), "code");
        ApiTester.Response tokens = oidc.tokens(client, code).expect(200);
        String other = Browser.parameter(browser.open(authorize(oidc.request(client))), "code");

        oidc.keystone
                .patch(oidc.keystone.admin(), "/users/" + id, "{'user': {'password': 'neu'}}")
                .expect(200);

        oidc.userinfo(tokens.text("/access_token")).expect(401);
        oidc.refresh(client, tokens.text("/refresh_token")).expect(400);
        oidc.tokens(client, other).expect(400);
        assertThat(Browser.text(browser.open(authorize(oidc.request(client))).expect(200)))
                .contains("name=\"password\"");
    }

    @Test
    void aDisabledUserIsNobody() {
        OidcFixture.Client client = oidc.confidential();
        String id = oidc.keystone.user("eva", "pw");
        Browser browser = oidc.browser();
        ApiTester.Response page = browser.open(authorize(oidc.request(client)));
        ApiTester.Response consent =
                browser.open(Browser.location(browser.signIn(page, "eva", "pw")));
        ApiTester.Response tokens =
                oidc.tokens(
                        client,
                        Browser.parameter(
                                browser.submit(consent, Map.of("decision", "allow")), "code"));
        oidc.keystone
                .patch(oidc.keystone.admin(), "/users/" + id, "{'user': {'enabled': false}}")
                .expect(200);
        oidc.userinfo(tokens.text("/access_token")).expect(401);
        assertThat(introspected(client, tokens.text("/refresh_token"))).isFalse();
    }

    @Test
    void tokensCanBeLookedAtAndRevoked() {
        OidcFixture.Client client = oidc.confidential();
        ApiTester.Response tokens = oidc.tokens(client, oidc.code(client)).expect(200);
        String refresh = tokens.text("/refresh_token");
        assertThat(introspected(client, tokens.text("/access_token"))).isTrue();
        assertThat(introspected(oidc.confidential(), refresh)).isFalse();
        oidc.form(oidc.open(), "/introspect", Map.of("token", refresh)).expect(401);

        oidc.form(oidc.confidential(), "/revoke", Map.of("token", refresh)).expect(200);
        assertThat(introspected(client, refresh)).isTrue();
        oidc.form(client, "/revoke", Map.of("token", refresh)).expect(200);
        assertThat(introspected(client, refresh)).isFalse();
        oidc.userinfo(tokens.text("/access_token")).expect(401);
    }

    @Test
    void aDeviceGetsTokensWhenSomebodyAgreesElsewhere() {
        OidcFixture.Client client = oidc.open();
        ApiTester.Response begun =
                oidc.form(client, "/device_authorization", Map.of("scope", "openid profile"))
                        .expect(200);
        Map<String, String> ask =
                Map.of(
                        "grant_type",
                        "urn:ietf:params:oauth:grant-type:device_code",
                        "device_code",
                        begun.text("/device_code"));
        assertThat(oidc.tokens(client, ask).expect(400).text("/error"))
                .isEqualTo("authorization_pending");
        assertThat(oidc.tokens(client, ask).expect(400).text("/error")).isEqualTo("slow_down");

        Browser browser = oidc.browser();
        ApiTester.Response page = browser.open(begun.text("/verification_uri_complete"));
        ApiTester.Response consent =
                browser.open(Browser.location(browser.signIn(page, "erika", "geheim")));
        assertThat(Browser.text(consent)).contains("Phone");
        browser.submit(consent, Map.of("decision", "allow")).expect(200);

        oidc.keystone.clock.move(Duration.ofSeconds(11));
        ApiTester.Response tokens = oidc.tokens(client, ask).expect(200);
        assertThat(oidc.userinfo(tokens.text("/access_token")).expect(200).text("/name"))
                .isEqualTo("erika");
        oidc.tokens(client, ask).expect(400);
    }

    @Test
    void aDeviceThatIsDeniedOrForgottenGetsNothing() {
        OidcFixture.Client client = oidc.open();
        Browser browser = oidc.browser();
        ApiTester.Response begun = oidc.form(client, "/device_authorization", Map.of());
        ApiTester.Response page = browser.open(begun.text("/verification_uri_complete"));
        ApiTester.Response consent =
                browser.open(Browser.location(browser.signIn(page, "erika", "geheim")));
        browser.submit(consent, Map.of("decision", "deny")).expect(200);
        Map<String, String> ask = new LinkedHashMap<>();
        ask.put("grant_type", "urn:ietf:params:oauth:grant-type:device_code");
        ask.put("device_code", begun.text("/device_code"));
        assertThat(oidc.tokens(client, ask).expect(400).text("/error")).isEqualTo("access_denied");
        ask.put(
                "device_code",
                oidc.form(client, "/device_authorization", Map.of()).text("/device_code"));
        oidc.keystone.clock.move(Duration.ofMinutes(11));
        assertThat(oidc.tokens(client, ask).expect(400).text("/error")).isEqualTo("expired_token");
    }

    @Test
    void signingOutEndsTheSessionAndLeadsWhereTheClientHasRegistered() {
        OidcFixture.Client client = oidc.confidential();
        Browser browser = oidc.browser();
        ApiTester.Response tokens =
                oidc.tokens(client, Browser.parameter(oidc.agreed(browser, client), "code"));
        String out =
                OIDC
                        + "/logout?"
                        + Browser.encoded(
                                Map.of(
                                        "id_token_hint",
                                        tokens.text("/id_token"),
                                        "post_logout_redirect_uri",
                                        "https://app.example/bye",
                                        "state",
                                        "x"));
        assertThat(Browser.location(browser.open(out)))
                .isEqualTo("https://app.example/bye?state=x");
        assertThat(Browser.text(browser.open(authorize(oidc.request(client))).expect(200)))
                .contains("name=\"password\"");
    }

    @Test
    void keysAreStagedSignAndRetire() throws Exception {
        OidcFixture.Client client = oidc.confidential();
        JWKSet before = keys();
        String first = signedBy(client);
        assertThat(before.getKeys()).hasSize(4);
        oidc.keystone.clock.move(Duration.ofDays(29));
        assertThat(signedBy(client)).isEqualTo(first);
        oidc.keystone.clock.move(Duration.ofDays(2));
        String second = signedBy(client);
        // Who has read the keys before it signed knows it already.
        assertThat(before.getKeyByKeyId(second)).isNotNull();
        assertThat(second).isNotEqualTo(first);
        assertThat(keys().getKeys()).hasSize(6).containsAll(before.getKeys());
        oidc.keystone.clock.move(Duration.ofDays(3));
        assertThat(keys().getKeys()).hasSize(4);
        assertThat(keys().getKeyByKeyId(first)).isNull();
    }

    @Test
    void keysThatAreChangedByHandAreKnownToClientsAlready() throws Exception {
        OidcFixture.Client client = oidc.confidential();
        JWKSet before = keys();
        String first = signedBy(client);
        assertThat(rotated("{}").json().path("keys").size()).isEqualTo(before.getKeys().size() + 2);
        String second = signedBy(client);
        assertThat(second).isNotEqualTo(first);
        assertThat(before.getKeyByKeyId(second)).isNotNull();
        assertThat(keys().getKeyByKeyId(first)).isNotNull();

        assertThat(rotated("{'distrust': true}").json().path("keys").size()).isEqualTo(4);
        assertThat(keys().getKeys()).doesNotContainAnyElementsOf(before.getKeys());
    }

    private ApiTester.Response rotated(String body) {
        return oidc.keystone
                .api
                .post(OIDC + "/keys")
                .header("X-Auth-Token", oidc.keystone.admin())
                .json(body)
                .send()
                .expect(201);
    }

    private String signedBy(OidcFixture.Client client) throws Exception {
        JWT id = JWTParser.parse(oidc.tokens(client, oidc.code(client)).text("/id_token"));
        return ((com.nimbusds.jose.JWSHeader) id.getHeader()).getKeyID();
    }

    private boolean introspected(OidcFixture.Client client, String token) {
        return oidc.form(client, "/introspect", Map.of("token", token))
                .expect(200)
                .json()
                .path("active")
                .asBoolean();
    }

    private JWKSet keys() throws Exception {
        return JWKSet.parse(
                new String(
                        oidc.keystone.api.get(OIDC + "/jwks").send().body(),
                        StandardCharsets.UTF_8));
    }

    private IDTokenClaimsSet validated(
            String text, OidcFixture.Client client, JWSAlgorithm algorithm) throws Exception {
        IDTokenValidator validator =
                new IDTokenValidator(
                        new Issuer("http://cloud.test" + OIDC),
                        new ClientID(client.id()),
                        algorithm,
                        keys());
        validator.setMaxClockSkew((int) Duration.ofDays(60).toSeconds());
        return validator.validate(JWTParser.parse(text), new Nonce("n-1"));
    }
}
