package cloud.welkin.identity;

import cloud.welkin.testing.ApiTester;
import com.nimbusds.oauth2.sdk.pkce.CodeChallenge;
import com.nimbusds.oauth2.sdk.pkce.CodeChallengeMethod;
import com.nimbusds.oauth2.sdk.pkce.CodeVerifier;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;

/** A cloud with a user and clients of its OpenID Connect provider. */
final class OidcFixture implements AutoCloseable {
    static final String OIDC = "/identity/oidc";
    static final String BACK = "https://app.example/cb?x=1";

    final Keystone keystone = new Keystone();
    final CodeVerifier verifier = new CodeVerifier();
    final String user = keystone.user("erika", "geheim");
    final String project = keystone.project("web");

    /** A client and what it shows of itself. */
    record Client(String id, String secret) {
        boolean isPublic() {
            return secret.isEmpty();
        }
    }

    OidcFixture() {
        keystone.grant(user, project, "member");
    }

    Client confidential() {
        return register("'client_name': 'Shop'");
    }

    Client open() {
        return register("'client_name': 'Phone', 'token_endpoint_auth_method': 'none'");
    }

    Client register(String more) {
        ApiTester.Response made =
                keystone.api
                        .post(OIDC + "/register")
                        .header("X-Auth-Token", keystone.admin())
                        .json(
                                "{"
                                        + more
                                        + ", 'redirect_uris': ['"
                                        + BACK
                                        + "'], 'post_logout_redirect_uris': ['https://app.example/bye'],"
                                        + " 'grant_types': ['authorization_code', 'refresh_token',"
                                        + " 'urn:ietf:params:oauth:grant-type:device_code']}")
                        .send()
                        .expect(201);
        return new Client(made.text("/client_id"), made.json().path("client_secret").asString(""));
    }

    Map<String, String> request(Client client) {
        Map<String, String> request = new LinkedHashMap<>();
        request.put("client_id", client.id());
        request.put("response_type", "code");
        request.put("redirect_uri", BACK);
        request.put("scope", "openid profile email groups projects");
        request.put("state", "s t&a");
        request.put("nonce", "n-1");
        request.put(
                "code_challenge",
                CodeChallenge.compute(CodeChallengeMethod.S256, verifier).getValue());
        request.put("code_challenge_method", "S256");
        return request;
    }

    static String authorize(Map<String, String> request) {
        return OIDC + "/authorize?" + Browser.encoded(request);
    }

    Browser browser() {
        return new Browser(keystone.api);
    }

    /** Signs in, agrees if asked, and takes the code. */
    String code(Client client) {
        return Browser.parameter(agreed(browser(), client), "code");
    }

    ApiTester.Response agreed(Browser browser, Client client) {
        ApiTester.Response page = browser.open(authorize(request(client))).expect(200);
        ApiTester.Response next =
                browser.open(Browser.location(browser.signIn(page, "erika", "geheim")));
        return next.status() == 303 ? next : browser.submit(next, Map.of("decision", "allow"));
    }

    ApiTester.Response tokens(Client client, String code) {
        return tokens(
                client,
                Map.of(
                        "grant_type",
                        "authorization_code",
                        "code",
                        code,
                        "redirect_uri",
                        BACK,
                        "code_verifier",
                        verifier.getValue()));
    }

    ApiTester.Response tokens(Client client, Map<String, String> form) {
        return form(client, "/token", form);
    }

    ApiTester.Response form(Client client, String path, Map<String, String> form) {
        Map<String, String> all = new LinkedHashMap<>(form);
        ApiTester.Request request = keystone.api.post(OIDC + path);
        if (client.isPublic()) {
            all.put("client_id", client.id());
        } else {
            request.header(
                    "Authorization",
                    "Basic "
                            + Base64.getEncoder()
                                    .encodeToString(
                                            (client.id() + ":" + client.secret())
                                                    .getBytes(StandardCharsets.UTF_8)));
        }
        return request.form(Browser.encoded(all)).send();
    }

    ApiTester.Response refresh(Client client, String token) {
        return tokens(client, Map.of("grant_type", "refresh_token", "refresh_token", token));
    }

    ApiTester.Response userinfo(String access) {
        return keystone.api
                .get(OIDC + "/userinfo")
                .header("Authorization", "Bearer " + access)
                .send();
    }

    @Override
    public void close() {
        keystone.close();
    }
}
