package cloud.welkin.identity;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.welkin.identity.domain.TokenCodec;
import cloud.welkin.identity.domain.TokenPayload;
import cloud.welkin.testing.ApiTester.Response;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

@TestInstance(Lifecycle.PER_CLASS)
class TokensTest {
    private final Keystone keystone = new Keystone();
    private int count;
    private String user = "";
    private String userName = "";
    private String project = "";
    private String projectName = "";

    @AfterAll
    void close() {
        keystone.close();
    }

    @BeforeEach
    void aMember() {
        count++;
        userName = "user" + count;
        projectName = "project" + count;
        user = keystone.user(userName, "pw");
        project = keystone.project(projectName);
        keystone.grant(user, project, "member");
    }

    private String scope() {
        return "{'project': {'id': '" + project + "'}}";
    }

    private String token() {
        return keystone.token(userName, "pw", scope());
    }

    private int use(String token) {
        return keystone.get(token, "/auth/projects").status();
    }

    private Response show(String subject) {
        return keystone.as(keystone.admin(), "GET", "/auth/tokens")
                .header("X-Subject-Token", subject)
                .send();
    }

    @Test
    void aPasswordGivesATokenForAProjectWithImpliedRolesAndTheCatalogue() {
        Response response = keystone.login(userName, "pw", scope()).expect(201);
        assertThat(response.text("/token/project/id")).isEqualTo(project);
        assertThat(response.text("/token/project/domain/name")).isEqualTo("Default");
        assertThat(response.text("/token/methods/0")).isEqualTo("password");
        assertThat(response.json().at("/token/roles").findValuesAsString("name"))
                .containsExactly("member", "reader");
        assertThat(response.json().at("/token/catalog").findValuesAsString("type"))
                .containsExactly("identity", "compute", "volumev3");
        assertThat(response.json().at("/token/is_domain").asBoolean()).isFalse();
        String text = response.headers().get("x-subject-token");
        assertThat(text).isNotNull().matches("[A-Za-z0-9_-]+");
        Response later = show(String.valueOf(text)).expect(200);
        assertThat(later.json().at("/token")).isEqualTo(response.json().at("/token"));
    }

    @Test
    void rolesImplyEachOtherInNoCircle() {
        String[] roles = new String[3];
        for (int i = 0; i < roles.length; i++) {
            roles[i] =
                    keystone.post(
                                    keystone.admin(),
                                    "/roles",
                                    "{'role': {'name': 'circle" + i + "'}}")
                            .expect(201)
                            .text("/role/id");
        }
        assertThat(implies(roles[0], roles[1])).isEqualTo(201);
        assertThat(implies(roles[1], roles[2])).isEqualTo(201);
        assertThat(implies(roles[2], roles[0])).isEqualTo(400);
        assertThat(implies(roles[0], roles[0])).isEqualTo(400);
        String own = keystone.project("circle");
        keystone.grant(keystone.user("circler", "pw"), own, "circle1");
        Response response =
                keystone.login("circler", "pw", "{'project': {'id': '" + own + "'}}").expect(201);
        assertThat(response.json().at("/token/roles").findValuesAsString("name"))
                .containsExactlyInAnyOrder("circle1", "circle2");
    }

    private int implies(String prior, String implied) {
        return keystone.put(keystone.admin(), "/roles/" + prior + "/implies/" + implied).status();
    }

    @Test
    void everyScopeCanBeAskedForInEverySpelling() {
        String domain = "{'id': 'default'}";
        assertThat(
                        keystone.login(
                                        userName,
                                        "pw",
                                        "{'project': {'name': '"
                                                + projectName
                                                + "', 'domain': {'name': 'Default'}}}")
                                .expect(201)
                                .text("/token/project/id"))
                .isEqualTo(project);
        assertThat(
                        keystone.login("admin", "secret", "{'domain': " + domain + "}")
                                .expect(201)
                                .text("/token/domain/name"))
                .isEqualTo("Default");
        assertThat(
                        keystone.login("admin", "secret", "{'domain': {'name': 'Default'}}")
                                .expect(201)
                                .text("/token/domain/id"))
                .isEqualTo("default");
        assertThat(
                        keystone.login("admin", "secret", "{'system': {'all': true}}")
                                .expect(201)
                                .json()
                                .at("/token/system/all")
                                .asBoolean())
                .isTrue();
        for (String unscoped : List.of("'unscoped'", "{'unscoped': {}}")) {
            Response response = keystone.login("admin", "secret", unscoped).expect(201);
            assertThat(response.json().at("/token").has("project")).isFalse();
            assertThat(response.json().at("/token").has("roles")).isFalse();
            assertThat(response.json().at("/token").has("catalog")).isFalse();
        }
    }

    @Test
    void withoutAScopeTheDefaultProjectIsMeantAsFarAsThereIsOne() {
        assertThat(
                        keystone.login(userName, "pw", "")
                                .expect(201)
                                .json()
                                .at("/token")
                                .has("project"))
                .isFalse();
        keystone.patch(
                        keystone.admin(),
                        "/users/" + user,
                        "{'user': {'default_project_id': '" + project + "'}}")
                .expect(200);
        assertThat(keystone.login(userName, "pw", "").expect(201).text("/token/project/id"))
                .isEqualTo(project);
        keystone.delete(keystone.admin(), "/projects/" + project).expect(204);
        assertThat(
                        keystone.login(userName, "pw", "")
                                .expect(201)
                                .json()
                                .at("/token")
                                .has("project"))
                .isFalse();
    }

    @Test
    void aScopeThatIsNotTheUsersGetsTheSame401AsOneThatDoesNotExist() {
        String other = keystone.project("other" + count);
        String unknown =
                keystone.login(userName, "pw", "{'project': {'id': 'nothing'}}")
                        .expect(401)
                        .text("/error/message");
        for (String scope :
                List.of(
                        "{'project': {'id': '" + other + "'}}",
                        "{'project': {'id': 'default'}}",
                        "{'project': {'name': 'nothing', 'domain': {'id': 'default'}}}",
                        "{'project': {'name': 'x', 'domain': {'id': 'nothing'}}}",
                        "{'domain': {'id': 'default'}}",
                        "{'domain': {'id': '" + project + "'}}",
                        "{'system': {'all': true}}")) {
            assertThat(keystone.login(userName, "pw", scope).expect(401).text("/error/message"))
                    .as(scope)
                    .isEqualTo(unknown);
        }
    }

    @Test
    void nobodyLearnsFromARefusalWhoExists() {
        String disabled = "disabled" + count;
        String id = keystone.user(disabled, "pw");
        keystone.patch(keystone.admin(), "/users/" + id, "{'user': {'enabled': false}}")
                .expect(200);
        keystone.post(keystone.admin(), "/users", "{'user': {'name': 'bare" + count + "'}}")
                .expect(201);
        byte[] wrong = keystone.login(userName, "wrong", "").expect(401).body();
        assertThat(keystone.login("nobody" + count, "pw", "").expect(401).body()).isEqualTo(wrong);
        assertThat(keystone.login(disabled, "pw", "").expect(401).body()).isEqualTo(wrong);
        assertThat(keystone.login("bare" + count, "", "").expect(401).body()).isEqualTo(wrong);
        assertThat(
                        keystone.auth(
                                        "{'methods': ['password'], 'password': {'user': {'id': 'nobody', 'password': 'x'}}}",
                                        "")
                                .expect(401)
                                .body())
                .isEqualTo(wrong);
        keystone.auth("{'methods': ['token'], 'token': {'id': 'nonsense'}}", "").expect(404);
        assertThat(
                        keystone.auth(
                                        "{'methods': ['application_credential'], 'application_credential': {'id': 'x', 'secret': 'y'}}",
                                        "")
                                .expect(401)
                                .body())
                .isEqualTo(wrong);
    }

    @Test
    void requestsThatMakeNoSenseAre400() {
        for (String identity :
                List.of(
                        "{'methods': []}",
                        "{'methods': ['password']}",
                        "{'methods': ['token']}",
                        "{'methods': ['application_credential']}",
                        "{'methods': 'password'}",
                        "{'methods': ['password'], 'password': {}}",
                        "{'methods': ['password'], 'password': {'user': {'name': 'x', 'password': 'y'}}}",
                        "{'methods': ['password'], 'password': {'user': {'id': 5, 'password': 'y'}}}",
                        "{'methods': ['password'], 'password': {'user': {'id': 'x', 'password': 5}}}")) {
            assertThat(keystone.auth(identity, "").status()).as(identity).isEqualTo(400);
        }
        for (String scope :
                List.of(
                        "{}",
                        "'nonsense'",
                        "{'project': {'id': 'a'}, 'domain': {'id': 'b'}}",
                        "[]",
                        "5")) {
            assertThat(keystone.login(userName, "pw", scope).status()).as(scope).isEqualTo(400);
        }
        assertThat(keystone.auth("{'methods': ['magic']}", "").status()).isEqualTo(401);
    }

    @Test
    void aTokenGivesAnotherOfOtherScopeThatEndsWithTheFirst() {
        Response first = keystone.login(userName, "pw", "'unscoped'").expect(201);
        String unscoped = String.valueOf(first.headers().get("x-subject-token"));
        String identity = "{'methods': ['token'], 'token': {'id': '" + unscoped + "'}}";
        Response second = keystone.auth(identity, scope()).expect(201);
        String scoped = String.valueOf(second.headers().get("x-subject-token"));
        assertThat(second.text("/token/expires_at")).isEqualTo(first.text("/token/expires_at"));
        assertThat(second.json().at("/token/methods").valueStream().map(n -> n.asString()))
                .containsExactlyInAnyOrder("password", "token");
        assertThat(second.json().at("/token/audit_ids").size()).isEqualTo(2);
        // Revoking the second leaves the first.
        keystone.as(scoped, "DELETE", "/auth/tokens")
                .header("X-Subject-Token", scoped)
                .send()
                .expect(204);
        assertThat(use(scoped)).isEqualTo(401);
        keystone.auth(identity, scope()).expect(201);
        // Revoking the first ends what came of it.
        String third =
                String.valueOf(
                        keystone.auth(identity, scope())
                                .expect(201)
                                .headers()
                                .get("x-subject-token"));
        keystone.as(unscoped, "DELETE", "/auth/tokens")
                .header("X-Subject-Token", unscoped)
                .send()
                .expect(204);
        assertThat(use(third)).isEqualTo(401);
    }

    @Test
    void aRevokedTokenIsRefusedAtOnceAlsoWhereItWasKnown() {
        String token = token();
        assertThat(use(token)).isEqualTo(200);
        keystone.as(token, "DELETE", "/auth/tokens")
                .header("X-Subject-Token", token)
                .send()
                .expect(204);
        assertThat(use(token)).isEqualTo(401);
        show(token).expect(404);
    }

    @Test
    void aNewPasswordEndsTheTokensOfTheOldOne() {
        String token = token();
        assertThat(use(token)).isEqualTo(200);
        keystone.post(
                        token,
                        "/users/" + user + "/password",
                        "{'user': {'password': 'new', 'original_password': 'wrong'}}")
                .expect(401);
        assertThat(use(token)).isEqualTo(200);
        keystone.post(
                        token,
                        "/users/" + user + "/password",
                        "{'user': {'password': 'new', 'original_password': 'pw'}}")
                .expect(204);
        assertThat(use(token)).isEqualTo(401);
        keystone.login(userName, "pw", "").expect(401);
        String fresh = keystone.token(userName, "new", scope());
        assertThat(use(fresh)).isEqualTo(200);
        keystone.patch(keystone.admin(), "/users/" + user, "{'user': {'password': 'pw'}}")
                .expect(200);
        assertThat(use(fresh)).isEqualTo(401);
        assertThat(use(token())).isEqualTo(200);
    }

    @Test
    void whateverTakesTheGroundFromATokenEndsItAtOnce() {
        String admin = keystone.admin();
        String token = token();
        assertThat(use(token)).isEqualTo(200);
        keystone.patch(admin, "/projects/" + project, "{'project': {'enabled': false}}")
                .expect(200);
        assertThat(use(token)).isEqualTo(401);
        keystone.patch(admin, "/projects/" + project, "{'project': {'enabled': true}}").expect(200);
        assertThat(use(token)).isEqualTo(200);

        String grant =
                "/projects/" + project + "/users/" + user + "/roles/" + keystone.role("member");
        keystone.delete(admin, grant).expect(204);
        assertThat(use(token)).isEqualTo(401);
        keystone.put(admin, grant).expect(204);

        token = token();
        assertThat(use(token)).isEqualTo(200);
        keystone.patch(admin, "/users/" + user, "{'user': {'enabled': false}}").expect(200);
        assertThat(use(token)).isEqualTo(401);
        keystone.patch(admin, "/users/" + user, "{'user': {'enabled': true}}").expect(200);
        assertThat(use(token)).isEqualTo(401);

        token = token();
        assertThat(use(token)).isEqualTo(200);
        keystone.delete(admin, "/users/" + user).expect(204);
        assertThat(use(token)).isEqualTo(401);
    }

    @Test
    void aDisabledDomainEndsTheTokensOfItsUsersAndProjects() {
        String admin = keystone.admin();
        String domain =
                keystone.post(admin, "/domains", "{'domain': {'name': 'd" + count + "'}}")
                        .expect(201)
                        .text("/domain/id");
        String inDomain =
                keystone.post(
                                admin,
                                "/users",
                                "{'user': {'name': 'u', 'password': 'pw', 'domain_id': '"
                                        + domain
                                        + "'}}")
                        .expect(201)
                        .text("/user/id");
        keystone.grant(inDomain, project, "member");
        String token =
                String.valueOf(
                        keystone.auth(
                                        "{'methods': ['password'], 'password': {'user': {'id': '"
                                                + inDomain
                                                + "', 'password': 'pw'}}}",
                                        scope())
                                .expect(201)
                                .headers()
                                .get("x-subject-token"));
        assertThat(use(token)).isEqualTo(200);
        keystone.patch(admin, "/domains/" + domain, "{'domain': {'enabled': false}}").expect(200);
        assertThat(use(token)).isEqualTo(401);
    }

    @Test
    void aTokenEndsAtItsTime() {
        try (Keystone own = new Keystone()) {
            String token = own.admin();
            own.clock.move(Duration.ofMinutes(59));
            assertThat(own.get(token, "/auth/projects").status()).isEqualTo(200);
            own.clock.move(Duration.ofMinutes(2));
            assertThat(own.get(token, "/auth/projects").status()).isEqualTo(401);
            String fresh = own.admin();
            own.as(fresh, "GET", "/auth/tokens")
                    .header("X-Subject-Token", token)
                    .send()
                    .expect(404);
            own.as(fresh, "GET", "/auth/tokens?allow_expired=1")
                    .header("X-Subject-Token", token)
                    .send()
                    .expect(200);
        }
    }

    @Test
    void aTokenIssuedAtATimeThatIsNoneIsRefused() {
        byte[] bytes = new byte[89];
        Arrays.fill(bytes, (byte) 0x7f);
        bytes[0] = (byte) 0x80;
        String forged = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        assertThat(use(forged)).isEqualTo(401);
        keystone.auth("{'methods': ['token'], 'token': {'id': '" + forged + "'}}", "").expect(404);
    }

    @Test
    void forgedTokensAreRefused() {
        String token = token();
        assertThat(use(token)).isEqualTo(200);
        for (int i = 0; i < token.length(); i += 7) {
            char other = token.charAt(i) == 'A' ? 'B' : 'A';
            assertThat(use(token.substring(0, i) + other + token.substring(i + 1))).isEqualTo(401);
        }
        assertThat(use(token.substring(0, token.length() - 4))).isEqualTo(401);
        SecureRandom random = new SecureRandom();
        TokenCodec foreign = new TokenCodec(List.of(TokenCodec.newKey(random)), random);
        String forged =
                foreign.encode(
                        new TokenPayload(
                                user,
                                List.of("password"),
                                Optional.empty(),
                                Instant.now(),
                                Instant.now().plusSeconds(3600),
                                List.of("audit"),
                                Optional.empty(),
                                Optional.empty()));
        assertThat(use(forged)).isEqualTo(401);
    }

    @Test
    void aTokenIsShownToItsUserAndToAdminsOnly() {
        String token = token();
        String stranger = "stranger" + count;
        keystone.grant(keystone.user(stranger, "pw"), project, "member");
        String other = keystone.token(stranger, "pw", scope());
        keystone.as(token, "GET", "/auth/tokens")
                .header("X-Subject-Token", token)
                .send()
                .expect(200);
        keystone.as(token, "HEAD", "/auth/tokens")
                .header("X-Subject-Token", token)
                .send()
                .expect(200);
        keystone.as(other, "GET", "/auth/tokens")
                .header("X-Subject-Token", token)
                .send()
                .expect(403);
        keystone.as(other, "DELETE", "/auth/tokens")
                .header("X-Subject-Token", token)
                .send()
                .expect(403);
        show(token).expect(200);
        show("nonsense").expect(404);
        keystone.as(token, "GET", "/auth/tokens").send().expect(400);
        Response bare =
                keystone.as(token, "GET", "/auth/tokens?nocatalog")
                        .header("X-Subject-Token", token)
                        .send()
                        .expect(200);
        assertThat(bare.json().at("/token").has("catalog")).isFalse();
    }

    private Response credential(String token, String json) {
        return keystone.post(
                token,
                "/users/" + user + "/application_credentials",
                "{'application_credential': " + json + "}");
    }

    private static String byCredential(Response made) {
        return "{'methods': ['application_credential'], 'application_credential': {'id': '"
                + made.text("/application_credential/id")
                + "', 'secret': '"
                + made.text("/application_credential/secret")
                + "'}}";
    }

    @Test
    void anApplicationCredentialIsForItsProjectAndItsRolesOnly() {
        keystone.grant(user, project, "manager");
        String token = token();
        Response made =
                credential(token, "{'name': 'ci', 'roles': [{'name': 'member'}]}").expect(201);
        Response login = keystone.auth(byCredential(made), "").expect(201);
        assertThat(login.text("/token/project/id")).isEqualTo(project);
        assertThat(login.json().at("/token/roles").findValuesAsString("name"))
                .containsExactly("member", "reader");
        assertThat(login.json().at("/token/application_credential/restricted").asBoolean())
                .isTrue();
        String limited = String.valueOf(login.headers().get("x-subject-token"));
        assertThat(use(limited)).isEqualTo(200);
        credential(limited, "{'name': 'more'}").expect(403);
        String path =
                "/users/"
                        + user
                        + "/application_credentials/"
                        + made.text("/application_credential/id");
        keystone.delete(limited, path).expect(403);
        keystone.auth(byCredential(made), scope()).expect(401);
        keystone.auth("{'methods': ['token'], 'token': {'id': '" + limited + "'}}", "").expect(403);
        assertThat(
                        keystone.get(token, path)
                                .expect(200)
                                .json()
                                .at("/application_credential")
                                .has("secret"))
                .isFalse();
        keystone.delete(token, path).expect(204);
        assertThat(use(limited)).isEqualTo(401);
        keystone.auth(byCredential(made), "").expect(401);
    }

    @Test
    void anUnrestrictedApplicationCredentialMayMakeOthers() {
        Response made = credential(token(), "{'name': 'root', 'unrestricted': true}").expect(201);
        String unlimited =
                String.valueOf(
                        keystone.auth(byCredential(made), "")
                                .expect(201)
                                .headers()
                                .get("x-subject-token"));
        credential(unlimited, "{'name': 'child'}").expect(201);
    }

    @Test
    void applicationCredentialsKeepTheirRules() {
        String token = token();
        credential(token, "{'name': 'one', 'secret': 's3cr3t'}").expect(201);
        credential(token, "{'name': 'one'}").expect(409);
        credential(token, "{'name': 'x', 'roles': [{'name': 'admin'}]}").expect(400);
        credential(token, "{'name': 'x', 'roles': [{}]}").expect(400);
        credential(token, "{'name': 'x', 'expires_at': '2001-01-01T00:00:00'}").expect(400);
        credential(token, "{'name': 'x', 'expires_at': 'tomorrow'}").expect(400);
        credential(keystone.admin(), "{'name': 'x'}").expect(403);
        Response expiring =
                credential(token, "{'name': 'soon', 'expires_at': '2199-01-01T00:00:00.123456'}")
                        .expect(201);
        assertThat(expiring.text("/application_credential/expires_at"))
                .isEqualTo("2199-01-01T00:00:00.123456");
        assertThat(
                        keystone.get(token, "/users/" + user + "/application_credentials?name=one")
                                .expect(200)
                                .json()
                                .at("/application_credentials")
                                .size())
                .isEqualTo(1);
        keystone.auth(
                        "{'methods': ['application_credential'], 'application_credential': {'name': 'one', 'user': {'id': '"
                                + user
                                + "'}, 'secret': 's3cr3t'}}",
                        "")
                .expect(201);
        keystone.delete(
                        keystone.admin(),
                        "/projects/"
                                + project
                                + "/users/"
                                + user
                                + "/roles/"
                                + keystone.role("member"))
                .expect(204);
        assertThat(
                        keystone.get(
                                        keystone.admin(),
                                        "/users/" + user + "/application_credentials")
                                .expect(200)
                                .json()
                                .at("/application_credentials")
                                .size())
                .isZero();
    }
}
