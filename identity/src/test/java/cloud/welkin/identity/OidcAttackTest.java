package cloud.welkin.identity;

import static cloud.welkin.identity.OidcFixture.BACK;
import static cloud.welkin.identity.OidcFixture.OIDC;
import static cloud.welkin.identity.OidcFixture.authorize;
import static org.assertj.core.api.Assertions.assertThat;

import cloud.welkin.testing.ApiTester;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.oauth2.sdk.pkce.CodeVerifier;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** What RFC 9700 and RFC 6819 warn of, tried on the provider. */
@TestInstance(Lifecycle.PER_CLASS)
class OidcAttackTest {
    private final OidcFixture oidc = new OidcFixture();

    @AfterAll
    void close() {
        oidc.close();
    }

    @Test
    void openRedirect() {
        OidcFixture.Client client = oidc.confidential();
        for (String evil :
                List.of(
                        "https://evil.example/cb",
                        BACK + "&y=2",
                        BACK + "#f",
                        "https://app.example/cb",
                        "https://app.example/cb/../x?x=1",
                        "https://APP.example/cb?x=1",
                        "//evil.example",
                        "javascript:alert(1)",
                        "")) {
            Map<String, String> request = oidc.request(client);
            request.put("redirect_uri", evil);
            ApiTester.Response page = oidc.browser().open(authorize(request)).expect(400);
            assertThat(page.headers()).as(evil).doesNotContainKey("location");
        }
        Map<String, String> unknown = oidc.request(client);
        unknown.put("client_id", "nobody");
        assertThat(oidc.browser().open(authorize(unknown)).expect(400).headers())
                .doesNotContainKey("location");
        oidc.browser()
                .open(authorize(oidc.request(client)) + "&redirect_uri=https://evil")
                .expect(400);
    }

    @Test
    void openRedirectThroughTheSignInForm() {
        Browser browser = oidc.browser();
        ApiTester.Response page = browser.open(authorize(oidc.request(oidc.confidential())));
        Map<String, String> filled =
                new LinkedHashMap<>(
                        Map.of("user", "erika", "domain", "Default", "password", "geheim"));
        filled.put("to", "https://evil.example/");
        browser.submit(page, filled).expect(400);
        filled.put("to", "authorize");
        filled.put("query", "\r\nLocation: https://evil.example/\r\n&//evil.example");
        assertThat(Browser.location(browser.submit(page, filled)))
                .startsWith("http://cloud.test" + OIDC + "/authorize?")
                .doesNotContain("\r", "\n");
    }

    @Test
    void openRedirectAfterSigningOut() {
        ApiTester.Response out =
                oidc.browser()
                        .open(
                                OIDC
                                        + "/logout?"
                                        + Browser.encoded(
                                                Map.of(
                                                        "client_id",
                                                        oidc.confidential().id(),
                                                        "post_logout_redirect_uri",
                                                        "https://evil.example/")));
        assertThat(out.expect(200).headers()).doesNotContainKey("location");
    }

    @Test
    void codeInjection() {
        OidcFixture.Client client = oidc.confidential();
        String stolen = oidc.code(client);
        Map<String, String> form = new LinkedHashMap<>();
        form.put("grant_type", "authorization_code");
        form.put("code", stolen);
        form.put("redirect_uri", BACK);
        form.put("code_verifier", new CodeVerifier().getValue());
        assertThat(oidc.tokens(client, form).expect(400).text("/error")).isEqualTo("invalid_grant");
        // The attempt has used the code up.
        oidc.tokens(client, stolen).expect(400);

        form.put("code", oidc.code(client));
        form.remove("code_verifier");
        oidc.tokens(client, form).expect(400);
    }

    @Test
    void pkceCannotBeLeftOutOrWeakened() {
        Map<String, String> bare = oidc.request(oidc.open());
        bare.remove("code_challenge");
        bare.remove("code_challenge_method");
        assertThat(Browser.parameter(oidc.browser().open(authorize(bare)), "error"))
                .isEqualTo("invalid_request");
        Map<String, String> plain = oidc.request(oidc.open());
        plain.put("code_challenge_method", "plain");
        assertThat(Browser.parameter(oidc.browser().open(authorize(plain)), "error"))
                .isEqualTo("invalid_request");
        plain.remove("code_challenge_method");
        assertThat(Browser.parameter(oidc.browser().open(authorize(plain)), "error"))
                .isEqualTo("invalid_request");
        Map<String, String> neither = oidc.request(oidc.confidential());
        neither.keySet().removeAll(List.of("nonce", "code_challenge", "code_challenge_method"));
        assertThat(Browser.parameter(oidc.browser().open(authorize(neither)), "error"))
                .isEqualTo("invalid_request");
    }

    /** keystoneauth's v3oidcdeviceauthz sends a challenge too. */
    @Test
    void aDevicesCodeWithoutWhatItsChallengeWants() {
        OidcFixture.Client client = oidc.open();
        Map<String, String> request = oidc.request(client);
        assertThat(
                        oidc.form(
                                        client,
                                        "/device_authorization",
                                        Map.of("code_challenge", request.get("code_challenge")))
                                .expect(400)
                                .text("/error"))
                .as("plain, since no method is named")
                .isEqualTo("invalid_request");
        request.keySet().retainAll(List.of("code_challenge", "code_challenge_method"));
        ApiTester.Response begun = oidc.form(client, "/device_authorization", request).expect(200);
        Browser browser = oidc.browser();
        ApiTester.Response page = browser.open(begun.text("/verification_uri_complete"));
        ApiTester.Response consent =
                browser.open(Browser.location(browser.signIn(page, "erika", "geheim")));
        browser.submit(consent, Map.of("decision", "allow")).expect(200);
        Map<String, String> ask = new LinkedHashMap<>();
        ask.put("grant_type", "urn:ietf:params:oauth:grant-type:device_code");
        ask.put("device_code", begun.text("/device_code"));
        assertThat(oidc.tokens(client, ask).expect(400).text("/error")).isEqualTo("invalid_grant");
        for (String wrong : List.of("x", new CodeVerifier().getValue())) {
            ask.put("code_verifier", wrong);
            assertThat(oidc.tokens(client, ask).expect(400).text("/error"))
                    .isEqualTo("invalid_grant");
        }
        ask.put("code_verifier", oidc.verifier.getValue());
        oidc.tokens(client, ask).expect(200);
    }

    @Test
    void aVerifierForACodeWithoutAChallenge() {
        OidcFixture.Client client = oidc.confidential();
        Map<String, String> request = oidc.request(client);
        request.keySet().removeAll(List.of("code_challenge", "code_challenge_method"));
        Browser browser = oidc.browser();
        ApiTester.Response page = browser.open(authorize(request));
        ApiTester.Response consent =
                browser.open(Browser.location(browser.signIn(page, "erika", "geheim")));
        String code =
                Browser.parameter(browser.submit(consent, Map.of("decision", "allow")), "code");
        oidc.tokens(client, code).expect(400);
    }

    @Test
    void aReplayedCodeEndsWhatCameOfIt() {
        OidcFixture.Client client = oidc.confidential();
        String code = oidc.code(client);
        ApiTester.Response tokens = oidc.tokens(client, code).expect(200);
        assertThat(oidc.tokens(client, code).expect(400).text("/error")).isEqualTo("invalid_grant");
        oidc.userinfo(tokens.text("/access_token")).expect(401);
        oidc.refresh(client, tokens.text("/refresh_token")).expect(400);
    }

    @Test
    void anOldCode() {
        OidcFixture.Client client = oidc.confidential();
        String code = oidc.code(client);
        oidc.keystone.clock.move(Duration.ofSeconds(61));
        oidc.tokens(client, code).expect(400);
    }

    @Test
    void anotherClientsCodeAndRefreshToken() {
        OidcFixture.Client client = oidc.confidential();
        OidcFixture.Client other = oidc.confidential();
        String code = oidc.code(client);
        assertThat(oidc.tokens(other, code).expect(400).text("/error")).isEqualTo("invalid_grant");
        String refresh = oidc.tokens(client, code).expect(200).text("/refresh_token");
        oidc.refresh(other, refresh).expect(400);
        oidc.refresh(client, refresh).expect(200);
    }

    @Test
    void mixedUpRedirect() {
        OidcFixture.Client client = oidc.confidential();
        Map<String, String> form = new LinkedHashMap<>();
        form.put("grant_type", "authorization_code");
        form.put("code", oidc.code(client));
        form.put("redirect_uri", "https://app.example/bye");
        form.put("code_verifier", oidc.verifier.getValue());
        oidc.tokens(client, form).expect(400);
        form.put("code", oidc.code(client));
        form.remove("redirect_uri");
        oidc.tokens(client, form).expect(400);
    }

    @Test
    void aWrongSecretAndAConfidentialClientWithoutOne() {
        OidcFixture.Client client = oidc.confidential();
        String code = oidc.code(client);
        ApiTester.Response wrong =
                oidc.tokens(new OidcFixture.Client(client.id(), "wrong"), code).expect(401);
        assertThat(wrong.text("/error")).isEqualTo("invalid_client");
        oidc.tokens(new OidcFixture.Client(client.id(), ""), code).expect(401);
        oidc.tokens(client, code).expect(200);
    }

    @Test
    void algNone() {
        OidcFixture.Client client = oidc.confidential();
        Browser browser = oidc.browser();
        oidc.agreed(browser, client);
        String forged =
                new PlainJWT(
                                new JWTClaimsSet.Builder()
                                        .issuer("http://cloud.test" + OIDC)
                                        .subject(oidc.user)
                                        .audience(client.id())
                                        .build())
                        .serialize();
        // Were it believed, the browser would be signed out without being asked.
        ApiTester.Response asked =
                browser.open(OIDC + "/logout?id_token_hint=" + forged).expect(200);
        assertThat(Browser.text(asked)).contains("<button>Sign out</button>");
        oidc.userinfo(forged).expect(401);
        oidc.keystone
                .api
                .post(OIDC + "/register")
                .header("X-Auth-Token", oidc.keystone.admin())
                .json(
                        "{'client_name': 'x', 'redirect_uris': ['https://a'],"
                                + " 'id_token_signed_response_alg': 'none'}")
                .send()
                .expect(400);
    }

    @Test
    void crossSiteRequestForgery() {
        OidcFixture.Client client = oidc.confidential();
        Browser browser = oidc.browser();
        ApiTester.Response page = browser.open(authorize(oidc.request(client)));
        Map<String, String> login = Browser.hidden(page);
        login.putAll(Map.of("user", "erika", "domain", "Default", "password", "geheim"));
        login.put("csrf", "guessed");
        assertThat(browser.post(OIDC + "/login", login).expect(403).headers())
                .doesNotContainKey("set-cookie");

        ApiTester.Response consent =
                browser.open(Browser.location(browser.signIn(page, "erika", "geheim")));
        Map<String, String> allow = Browser.hidden(consent);
        allow.put("decision", "allow");
        allow.put("csrf", Browser.hidden(page).getOrDefault("csrf", ""));
        browser.post(OIDC + "/consent", allow).expect(403);
        allow.put("csrf", Browser.hidden(consent).getOrDefault("csrf", ""));
        // The token is of this browser: in another it is nothing.
        oidc.browser().post(OIDC + "/consent", allow).expect(403);
        Map<String, String> device = new LinkedHashMap<>(allow);
        device.put("csrf", "");
        browser.post(OIDC + "/device", device).expect(403);
        assertThat(Browser.parameter(browser.post(OIDC + "/consent", allow), "code")).isNotEmpty();
    }

    @Test
    void scriptsInNames() {
        String evil = "<script>alert(1)</script>";
        OidcFixture.Client client = oidc.register("'client_name': '" + evil + "'");
        Browser browser = oidc.browser();
        Map<String, String> request = oidc.request(client);
        request.put("login_hint", "\"><script>alert(2)</script>");
        request.put("state", "\"><script>alert(3)</script>");
        ApiTester.Response page = browser.open(authorize(request));
        ApiTester.Response consent =
                browser.open(Browser.location(browser.signIn(page, "erika", "geheim")));
        assertThat(Browser.text(page)).doesNotContain("<script");
        assertThat(Browser.text(consent))
                .doesNotContain("<script")
                .contains("&lt;script&gt;alert(1)&lt;/script&gt;");
        for (ApiTester.Response shown : List.of(page, consent)) {
            assertThat(shown.headers().get("content-security-policy"))
                    .startsWith("default-src 'none';")
                    .contains("frame-ancestors 'none'")
                    .contains("form-action 'self' https://app.example;")
                    .doesNotContain("unsafe");
            assertThat(shown.headers()).containsEntry("x-frame-options", "DENY");
        }
        assertThat(browser.open(OIDC + "/device?user_code=" + "%3Cscript%3E").expect(400).body())
                .asString()
                .doesNotContain("<script>");
    }

    @Test
    void aClientWhosePasswordsAreWrongLearnsNothingOfUsers() {
        Browser browser = oidc.browser();
        ApiTester.Response page = browser.open(authorize(oidc.request(oidc.confidential())));
        String known = Browser.text(browser.signIn(page, "erika", "wrong").expect(401));
        String unknown = Browser.text(browser.signIn(page, "nobody", "wrong").expect(401));
        assertThat(unknown.replace("nobody", "erika")).isEqualTo(known);
    }

    @Test
    void registeringIsForAdministratorsAndForAddressesThatAreSafe() {
        String token =
                oidc.keystone.token(
                        "erika", "geheim", "{'project': {'id': '" + oidc.project + "'}}");
        oidc.keystone
                .api
                .post(OIDC + "/register")
                .header("X-Auth-Token", token)
                .json("{'client_name': 'x', 'redirect_uris': ['https://a']}")
                .send()
                .expect(403);
        for (String evil :
                List.of(
                        "javascript:alert(1)",
                        "data:text/html,x",
                        "http://app.example/cb",
                        "https://user@app.example/",
                        "https://app.example/#x",
                        "https://app.example/;script-src *",
                        "/cb",
                        "cb")) {
            oidc.keystone
                    .api
                    .post(OIDC + "/register")
                    .header("X-Auth-Token", oidc.keystone.admin())
                    .json("{'client_name': 'x', 'redirect_uris': ['" + evil + "']}")
                    .send()
                    .expect(400);
        }
    }

    @Test
    void secretsAreNotInTheDatabase() {
        OidcFixture.Client client = oidc.confidential();
        ApiTester.Response tokens = oidc.tokens(client, oidc.code(client)).expect(200);
        String all =
                oidc.keystone
                        .database
                        .database()
                        .read(
                                tx ->
                                        tx.sql()
                                                .fetch(
                                                        "select row_to_json(c)::text from identity.oidc_client c"
                                                                + " union all select row_to_json(t)::text from"
                                                                + " identity.oidc_token t union all select"
                                                                + " row_to_json(k)::text from identity.oidc_key k")
                                                .formatCSV());
        assertThat(all)
                .doesNotContain(client.secret())
                .doesNotContain(tokens.text("/access_token"))
                .doesNotContain(tokens.text("/refresh_token"))
                .doesNotContain("\"d\"");
    }
}
