package cloud.welkin.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import tools.jackson.databind.JsonNode;

/**
 * Users of a certified OpenID provider that others wrote (panva's oidc-provider) sign in by
 * keystoneauth's plugins: where its access tokens are opaque, and where they are JWTs.
 */
@RealCloud
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OpenIdProviderTest {
    private static final String OPAQUE = "welkin";
    private static final String JWT = "welkin-jwt";
    private static final String BACK = "http://127.0.0.1:9/cb";

    private final Rest admin;
    private final SignIns signIns;
    private final String issuer;
    private final NodeProgram provider;
    private final String idp = Names.fresh("idp");
    private final String project = Names.fresh("project");

    OpenIdProviderTest(CloudUnderTest cloud) {
        admin = cloud.rest();
        signIns = new SignIns(cloud);
        int port = CloudUnderTest.freePort();
        issuer = "http://127.0.0.1:" + port;
        provider = new NodeProgram("provider.mjs", String.valueOf(port), BACK);
        String group = Names.fresh("group");
        String groupId = made("/groups", "{\"group\": {\"name\": \"%s\"}}".formatted(group));
        String projectId =
                made("/projects", "{\"project\": {\"name\": \"%s\"}}".formatted(project));
        String member =
                admin.get("/identity/v3/roles?name=member").json().findValue("id").asString("");
        put("/projects/%s/groups/%s/roles/%s".formatted(projectId, groupId, member), "");
        put(
                "/OS-FEDERATION/mappings/" + idp,
                """
                {"mapping": {"rules": [{"local": [{"user": {"name": "{0}"}},
                   {"group": {"name": "%s", "domain": {"id": "default"}}}],
                  "remote": [{"type": "OIDC-preferred_username"},
                   {"type": "OIDC-groups", "any_one_of": ["staff"]}]}]}}
                """
                        .formatted(group));
        for (String client : new String[] {OPAQUE, JWT}) {
            String base = "/OS-FEDERATION/identity_providers/" + idp(client);
            put(base, "{\"identity_provider\": {\"enabled\": true}}");
            put(
                    base + "/protocols/" + client,
                    "{\"protocol\": {\"mapping_id\": \"%s\"}}".formatted(idp));
            put(
                    base + "/protocols/" + client + "/verification",
                    "{\"verification\": {\"oidc\": {\"issuer\": \"%s\", \"audience\": \"%s\"%s}}}"
                            .formatted(
                                    issuer,
                                    OPAQUE,
                                    client.equals(OPAQUE)
                                            ? ", \"client_secret\": \"" + secret(OPAQUE) + "\""
                                            : ""));
        }
    }

    @AfterAll
    void close() {
        provider.close();
    }

    /** One for each client: a user of each protocol is another. */
    private String idp(String client) {
        return idp + "-" + client;
    }

    private static String secret(String client) {
        return "s3cret-of-" + client;
    }

    private String made(String path, String json) {
        return admin.make("/identity/v3" + path, json).path("id").asString("");
    }

    private void put(String path, String json) {
        admin.put("/identity/v3" + path, json).expect(200, 201, 204);
    }

    private Map<String, String> client(String client) {
        Map<String, String> options = protocol(client);
        options.put("discovery_endpoint", issuer + "/.well-known/openid-configuration");
        options.put("client_id", client);
        options.put("client_secret", secret(client));
        options.put("scope", "openid");
        return options;
    }

    private Map<String, String> protocol(String client) {
        Map<String, String> options = new HashMap<>();
        options.put("identity_provider", idp(client));
        options.put("protocol", client);
        options.put("project_name", project);
        options.put("project_domain_id", "default");
        return options;
    }

    private Map<String, String> person(String client, String name) {
        Map<String, String> options = client(client);
        options.put("username", name);
        options.put("password", "pw of " + name);
        return options;
    }

    private void isIn(String user, JsonNode signedIn) {
        assertThat(signedIn.path("user").path("name").asString("")).isEqualTo(user);
        assertThat(signedIn.path("user").path("OS-FEDERATION").toString()).contains(idp);
        assertThat(signedIn.path("project").asString("")).isEqualTo(project);
        assertThat(signedIn.path("roles").toString()).contains("member");
    }

    @Test
    void byPasswordWithAnOpaqueToken() {
        isIn("joe", signIns.by("v3oidcpassword", person(OPAQUE, "joe")));
    }

    @Test
    void byPasswordWithAJwt() {
        isIn("joe", signIns.by("v3oidcpassword", person(JWT, "joe")));
    }

    @Test
    void anApplicationByItsOwnCredentials() {
        isIn(JWT, signIns.by("v3oidcclientcredentials", client(JWT)));
    }

    @Test
    void byAnAccessTokenThatSomebodyHasAlready() {
        for (String client : new String[] {OPAQUE, JWT}) {
            Map<String, String> options = protocol(client);
            options.put("access_token", accessToken(client));
            isIn("joe", signIns.by("v3oidcaccesstoken", options));
            options.put("access_token", accessToken(client).substring(1));
            assertThat(signIns.attempt("v3oidcaccesstoken", options).err()).contains("HTTP 401");
        }
    }

    @Test
    void whoTheMappingMakesNobodyOrTheProviderDoesNotKnowIsRefused() {
        assertThat(signIns.attempt("v3oidcpassword", person(JWT, "eve")).err())
                .as("in no group that the mapping wants")
                .contains("HTTP 401");
        Map<String, String> wrong = person(JWT, "joe");
        wrong.put("password", "wrong");
        assertThat(signIns.attempt("v3oidcpassword", wrong).ok()).isFalse();
    }

    @Test
    void byACodeOfTheProvidersOwnPages() {
        Map<String, String> options = client(OPAQUE);
        options.put("redirect_uri", BACK);
        options.put("code", code());
        isIn("joe", signIns.by("v3oidcauthcode", options));
        assertThat(signIns.attempt("v3oidcauthcode", options).ok()).as("a second time").isFalse();
    }

    private String code() {
        return NodeProgram.command(
                        "code.mjs",
                        issuer
                                + "/auth?response_type=code&scope=openid&client_id="
                                + OPAQUE
                                + "&redirect_uri="
                                + BACK,
                        "joe")
                .run()
                .text();
    }

    private String accessToken(String client) {
        return Rest.JSON
                .readTree(
                        Command.of(
                                        "curl",
                                        "--fail",
                                        "--silent",
                                        "--user",
                                        client + ":" + secret(client),
                                        "--data",
                                        "grant_type=password&username=joe&password=pw of joe",
                                        issuer + "/token")
                                .run()
                                .text())
                .path("access_token")
                .asString("");
    }
}
