package cloud.welkin.acceptance;

import static cloud.welkin.acceptance.OpenStackCli.words;
import static org.assertj.core.api.Assertions.assertThat;

import cloud.welkin.identity.domain.Totp;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** keystoneauth's plugins for users of the cloud's own. */
@RealCloud
class AuthPluginsTest {
    private static final String PASSWORD = "geheim1234";
    private static final String SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
    private static final Map<String, String> DEMO =
            Map.of("project_name", "demo", "project_domain_id", "default");

    private final CloudUnderTest cloud;
    private final Rest admin;
    private final SignIns signIns;
    private final String name = Names.fresh("user");
    private final String user;
    private final String project;

    AuthPluginsTest(CloudUnderTest cloud) {
        this.cloud = cloud;
        admin = cloud.rest();
        signIns = new SignIns(cloud);
        user =
                admin.make(
                                "/identity/v3/users",
                                "{\"user\": {\"name\": \"%s\", \"password\": \"%s\"}}"
                                        .formatted(name, PASSWORD))
                        .path("id")
                        .asString("");
        project = id("/identity/v3/projects?name=demo");
        admin.put(
                        "/identity/v3/projects/%s/users/%s/roles/%s"
                                .formatted(project, user, id("/identity/v3/roles?name=member")),
                        "")
                .expect(204);
    }

    private String id(String list) {
        return admin.get(list).expect(200).json().findValue("id").asString("");
    }

    @SafeVarargs
    private static Map<String, Object> with(Map<String, ?>... parts) {
        Map<String, Object> all = new HashMap<>();
        for (Map<String, ?> part : parts) {
            all.putAll(part);
        }
        return all;
    }

    private Map<String, String> byName() {
        return Map.of("username", name, "user_domain_name", "Default");
    }

    private Map<String, String> byPassword() {
        return Map.of("username", name, "user_domain_name", "Default", "password", PASSWORD);
    }

    private void isTheUserIn(String project, JsonNode signedIn) {
        assertThat(signedIn.path("user").path("name").asString("")).isEqualTo(name);
        assertThat(signedIn.path("project").asString("")).isEqualTo(project);
        assertThat(signedIn.path("roles").toString()).contains("member");
    }

    private void hasADevice() {
        admin.make(
                "/identity/v3/credentials",
                "{\"credential\": {\"type\": \"totp\", \"user_id\": \"%s\", \"blob\": \"%s\"}}"
                        .formatted(user, SECRET));
    }

    private static String passcode() {
        return Totp.of(SECRET).orElseThrow().passcode(Totp.period(Instant.now()));
    }

    @Test
    void password() {
        isTheUserIn("demo", signIns.by("v3password", with(byPassword(), DEMO)));
        isTheUserIn("demo", signIns.by("password", with(byPassword(), DEMO)));
        assertThat(
                        signIns.attempt(
                                        "v3password",
                                        with(byName(), DEMO, Map.of("password", "wrong")))
                                .err())
                .contains("HTTP 401");
    }

    @Test
    void token() {
        String unscoped = signIns.by("v3password", byPassword()).path("token").asString("");
        isTheUserIn("demo", signIns.by("v3token", with(DEMO, Map.of("token", unscoped))));
        isTheUserIn("demo", signIns.by("token", with(DEMO, Map.of("token", unscoped))));
        assertThat(
                        signIns.attempt(
                                        "v3token",
                                        with(DEMO, Map.of("token", unscoped.substring(9))))
                                .ok())
                .isFalse();
    }

    @Test
    void totp() {
        hasADevice();
        Map<String, Object> once = with(byName(), DEMO, Map.of("passcode", passcode()));
        JsonNode signedIn = signIns.by("v3totp", once);
        isTheUserIn("demo", signedIn);
        assertThat(signedIn.path("methods").toString()).isEqualTo("[\"totp\"]");
        assertThat(signIns.attempt("v3totp", once).err()).as("a second time").contains("401");
    }

    @Test
    void applicationCredential() {
        Rest hers = cloud.rest(new Rest.User(name, PASSWORD, "demo"));
        JsonNode made =
                hers.make(
                        "/identity/v3/users/" + user + "/application_credentials",
                        "{\"application_credential\": {\"name\": \"a\"}}");
        Map<String, String> secret =
                Map.of("application_credential_secret", made.path("secret").asString(""));
        isTheUserIn(
                "demo",
                signIns.by(
                        "v3applicationcredential",
                        with(
                                secret,
                                Map.of(
                                        "application_credential_id",
                                        made.path("id").asString("")))));
        isTheUserIn(
                "demo",
                signIns.by(
                        "v3applicationcredential",
                        with(secret, byName(), Map.of("application_credential_name", "a"))));
    }

    @Test
    void severalFactorsAtOnceOrOneAfterTheOtherByAReceipt() {
        hasADevice();
        admin.json(
                        "PATCH",
                        "/identity/v3/users/" + user,
                        "{\"user\": {\"options\": {\"multi_factor_auth_enabled\": true,"
                                + " \"multi_factor_auth_rules\": [[\"password\", \"totp\"]]}}}")
                .expect(200);
        JsonNode half = signIns.by("v3password", with(byPassword(), DEMO));
        assertThat(half.path("had").toString()).isEqualTo("[\"password\"]");
        assertThat(half.path("required").toString()).isEqualTo("[[\"password\",\"totp\"]]");
        Map<String, Object> rest =
                with(
                        byName(),
                        DEMO,
                        Map.of(
                                "auth_methods",
                                List.of("v3totp"),
                                "passcode",
                                passcode(),
                                "receipt",
                                half.path("receipt").asString("")));
        JsonNode whole = signIns.by("v3multifactor", rest);
        isTheUserIn("demo", whole);
        assertThat(whole.path("methods").toString()).contains("password", "totp");
        Map<String, Object> both =
                with(
                        byPassword(),
                        DEMO,
                        Map.of(
                                "auth_methods",
                                List.of("v3password", "v3totp"),
                                "passcode",
                                passcode()));
        assertThat(signIns.attempt("v3multifactor", both).err())
                .as("the passcode was used")
                .contains("401");
    }

    @Test
    void anAccessTokenOfOauth1() {
        OpenStackCli cli = cloud.cli();
        JsonNode consumer = admin.make("/identity/v3/OS-OAUTH1/consumers", "{\"consumer\": {}}");
        String key = consumer.path("id").asString("");
        String secret = consumer.path("secret").asString("");
        String[] consumed = {"--consumer-key", key, "--consumer-secret", secret};
        JsonNode request =
                cli.json(words(consumed, "request", "token", "create", "--project", "admin"));
        String id = request.path("id").asString("");
        String verifier =
                cli.json("request", "token", "authorize", "--request-key", id, "--role", "member")
                        .path("oauth_verifier")
                        .asString("");
        JsonNode access =
                cli.json(
                        words(
                                consumed,
                                "access",
                                "token",
                                "create",
                                "--request-key",
                                id,
                                "--request-secret",
                                request.path("secret").asString(""),
                                "--verifier",
                                verifier));
        JsonNode signedIn =
                signIns.by(
                        "v3oauth1",
                        Map.of(
                                "consumer_key",
                                key,
                                "consumer_secret",
                                secret,
                                "access_key",
                                access.path("id").asString(""),
                                "access_secret",
                                access.path("secret").asString("")));
        assertThat(signedIn.path("user").path("name").asString("")).isEqualTo("admin");
        assertThat(signedIn.path("roles").toString()).contains("member").doesNotContain("admin");
    }
}
