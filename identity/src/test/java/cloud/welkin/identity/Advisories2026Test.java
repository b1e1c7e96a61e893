package cloud.welkin.identity;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.welkin.testing.ApiTester.Response;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/**
 * What was found in Keystone in 2026 (OSSA-2026-015 and after), and older flaws that have a number
 * but no advisory; as in {@link AdvisoriesTest}.
 */
@TestInstance(Lifecycle.PER_CLASS)
class Advisories2026Test {
    private final Keystone keystone = new Keystone();
    private int count;
    private String name = "";
    private String user = "";
    private String project = "";

    @AfterAll
    void close() {
        keystone.close();
    }

    @BeforeEach
    void aMember() {
        count++;
        name = "user" + count;
        user = keystone.user(name, "pw");
        project = keystone.project("project" + count);
        keystone.grant(user, project, "member");
    }

    private static String scope(String project) {
        return "{'project': {'id': '" + project + "'}}";
    }

    private String token() {
        return keystone.token(name, "pw", scope(project));
    }

    private static String subject(Response made) {
        return String.valueOf(made.headers().get("x-subject-token"));
    }

    private record Secret(String id, String secret) {
        String identity(String more) {
            return "{'methods': ['application_credential'], 'application_credential': {'id': '"
                    + id
                    + "', 'secret': '"
                    + secret
                    + "'"
                    + more
                    + "}}";
        }
    }

    private Secret credential(String more) {
        Response made =
                keystone.post(
                                token(),
                                "/users/" + user + "/application_credentials",
                                "{'application_credential': {'name': '"
                                        + UUID.randomUUID()
                                        + "'"
                                        + more
                                        + "}}")
                        .expect(201);
        return new Secret(
                made.text("/application_credential/id"),
                made.text("/application_credential/secret"));
    }

    /** A token of an application credential that may do whatever these may. */
    private String unrestricted() {
        return subject(
                keystone.auth(credential(", 'unrestricted': true").identity(""), "").expect(201));
    }

    private String trust(String by, String trustee) {
        return "{'trust': {'trustor_user_id': '"
                + by
                + "', 'trustee_user_id': '"
                + trustee
                + "', 'project_id': '"
                + project
                + "', 'impersonation': true, 'roles': [{'name': 'member'}]}}";
    }

    /** What the user lends to another, as that one's token. */
    private String lent() {
        String other = keystone.user("trustee" + count, "pw");
        String id =
                keystone.post(token(), "/OS-TRUST/trusts", trust(user, other))
                        .expect(201)
                        .text("/trust/id");
        return keystone.token("trustee" + count, "pw", "{'OS-TRUST:trust': {'id': '" + id + "'}}");
    }

    private String totp(String token) {
        return keystone.post(
                        token,
                        "/credentials",
                        "{'credential': {'type': 'totp', 'blob': 'JBSWY3DP'}}")
                .expect(201)
                .text("/credential/id");
    }

    @Test
    void cve2026_42998_anApplicationCredentialSignsInItsOwnerWhoeverElseIsNamed() {
        String victim = keystone.made.admin().value();
        for (String named :
                new String[] {
                    "'id': '" + victim + "'", "'name': 'admin', 'domain': {'id': 'default'}"
                }) {
            Response answer =
                    keystone.auth(credential("").identity(", 'user': {" + named + "}"), "");
            assertThat(answer.status()).isIn(201, 400, 401);
            if (answer.status() == 201) {
                assertThat(answer.text("/token/user/id")).isEqualTo(user);
            }
        }
    }

    @Test
    void cve2026_42999_whatABodyOrAQuerySaysOfItsTargetIsNotBelieved() {
        String other = keystone.user("victim" + count, "pw");
        keystone.grant(other, project, "member");
        String secret = totp(keystone.token("victim" + count, "pw", scope(project)));
        String mine =
                "{'target': {'credential': {'user_id': '"
                        + user
                        + "'}, 'user': {'id': '"
                        + user
                        + "'}}, 'user_id': '"
                        + user
                        + "', 'credential': {'blob': 'x'}}";
        String token = token();
        for (String method : List.of("GET", "PATCH", "DELETE")) {
            Response answer =
                    keystone.as(token, method, "/credentials/" + secret).json(mine).send();
            assertThat(answer.status()).as(method).isIn(400, 403, 404);
        }
        for (String path :
                List.of(
                        "/users/" + other,
                        "/users/" + other + "/application_credentials",
                        "/users/" + other + "/credentials/OS-EC2",
                        "/users/" + other + "/OS-OAUTH1/access_tokens",
                        "/OS-TRUST/trusts")) {
            keystone.as(token, "GET", path).json(mine).send().expect(403);
            assertThat(
                            keystone.get(
                                            token,
                                            path + "?user_id=" + user + "&target.user.id=" + user)
                                    .status())
                    .as(path)
                    .isIn(400, 403);
        }
        assertThat(
                        keystone.post(
                                        token,
                                        "/users/" + other + "/credentials/OS-EC2",
                                        "{'tenant_id': '"
                                                + project
                                                + "', 'target': {'credential': {'user_id': '"
                                                + user
                                                + "'}}}")
                                .status())
                .isIn(400, 403);
        assertThat(
                        keystone.as(
                                        token,
                                        "PUT",
                                        "/projects/"
                                                + project
                                                + "/users/"
                                                + user
                                                + "/roles/"
                                                + keystone.role("admin"))
                                .json("{'target': {'project': {'domain_id': 'default'}}}")
                                .send()
                                .status())
                .isIn(400, 403);
    }

    @Test
    void cve2026_43000_anApplicationCredentialHasNothingToDoWithTrusts() {
        String other = keystone.user("other" + count, "pw");
        String existing =
                keystone.post(token(), "/OS-TRUST/trusts", trust(user, other))
                        .expect(201)
                        .text("/trust/id");
        for (String limits : List.of("", ", 'unrestricted': true")) {
            String token = subject(keystone.auth(credential(limits).identity(""), "").expect(201));
            keystone.post(token, "/OS-TRUST/trusts", trust(user, other)).expect(403);
            for (String path :
                    List.of(
                            "/OS-TRUST/trusts?trustor_user_id=" + user,
                            "/OS-TRUST/trusts/" + existing,
                            "/OS-TRUST/trusts/" + existing + "/roles",
                            "/OS-TRUST/trusts/" + existing + "/roles/" + keystone.role("member"))) {
                keystone.get(token, path).expect(403);
            }
            keystone.delete(token, "/OS-TRUST/trusts/" + existing).expect(403);
        }
        keystone.get(token(), "/OS-TRUST/trusts/" + existing).expect(200);
    }

    @Test
    void cve2026_43001_aDelegatedTokenMakesNoKeyForAnotherProject() {
        String elsewhere = keystone.project("elsewhere" + count);
        keystone.grant(user, elsewhere, "member");
        for (String token : List.of(unrestricted(), lent())) {
            keystone.post(
                            token,
                            "/credentials",
                            "{'credential': {'type': 'ec2', 'project_id': '"
                                    + elsewhere
                                    + "', 'blob': '{\\\"access\\\": \\\"a\\\", \\\"secret\\\":"
                                    + " \\\"b\\\"}'}}")
                    .expect(403);
            keystone.post(
                            token,
                            "/users/" + user + "/credentials/OS-EC2",
                            "{'tenant_id': '" + elsewhere + "'}")
                    .expect(403);
        }
    }

    @Test
    void cve2026_90460_aDelegatedTokenHasNothingToDoWithItsUsersCredentials() {
        String factor = totp(token());
        String key =
                keystone.post(
                                token(),
                                "/users/" + user + "/credentials/OS-EC2",
                                "{'tenant_id': '" + project + "'}")
                        .expect(201)
                        .text("/credential/access");
        String named =
                keystone.get(token(), "/credentials?type=ec2")
                        .expect(200)
                        .text("/credentials/0/id");
        for (String token : List.of(unrestricted(), lent())) {
            assertThat(keystone.get(token, "/credentials").expect(200).json().at("/credentials"))
                    .isEmpty();
            keystone.post(
                            token,
                            "/credentials",
                            "{'credential': {'type': 'totp', 'blob': 'JBSWY3DP'}}")
                    .expect(403);
            for (String id : List.of(factor, named)) {
                keystone.get(token, "/credentials/" + id).expect(403);
                keystone.patch(token, "/credentials/" + id, "{'credential': {'blob': 'x'}}")
                        .expect(403);
                keystone.patch(
                                token,
                                "/credentials/" + id,
                                "{'credential': {'project_id': '"
                                        + keystone.made.adminProject().value()
                                        + "'}}")
                        .expect(403);
                keystone.delete(token, "/credentials/" + id).expect(403);
            }
            keystone.get(token, "/users/" + user + "/credentials/OS-EC2/" + key).expect(403);
            keystone.delete(token, "/users/" + user + "/credentials/OS-EC2/" + key).expect(403);
        }
        keystone.get(token(), "/credentials/" + factor).expect(200);
    }

    @Test
    void lp2144966_aTokenOfAnApplicationCredentialIsNotExchangedForTheSystems() {
        keystone.put(
                        keystone.admin(),
                        "/system/users/" + user + "/roles/" + keystone.role("reader"))
                .expect(204);
        for (String token : List.of(unrestricted(), lent())) {
            for (String scope : List.of("{'system': {'all': true}}", scope(project), "")) {
                keystone.auth("{'methods': ['token'], 'token': {'id': '" + token + "'}}", scope)
                        .expect(403);
            }
        }
    }

    @Test
    void lp2142138_aTokenOfAnApplicationCredentialGrantsNoOauthRequest() {
        keystone.as(unrestricted(), "PUT", "/OS-OAUTH1/authorize/any")
                .json("{'roles': [{'name': 'member'}]}")
                .send()
                .expect(403);
    }

    @Test
    void cve2022_2447_aTokenOfAnApplicationCredentialEndsWithIt() {
        Response made =
                keystone.auth(
                                credential(
                                                ", 'expires_at': '"
                                                        + keystone.clock
                                                                .instant()
                                                                .plus(Duration.ofMinutes(10))
                                                        + "'")
                                        .identity(""),
                                "")
                        .expect(201);
        assertThat(java.time.Instant.parse(made.text("/token/expires_at")))
                .isBefore(keystone.clock.instant().plus(Duration.ofMinutes(11)));
        keystone.clock.move(Duration.ofMinutes(11));
        keystone.get(subject(made), "/auth/projects").expect(401);
    }

    @Test
    void cve2021_3563_allOfAnApplicationCredentialsSecretCounts() {
        String first = "x".repeat(72);
        Secret secret = credential(", 'secret': '" + first + "right'");
        keystone.auth(secret.identity(""), "").expect(201);
        keystone.auth(new Secret(secret.id(), first + "wrong").identity(""), "").expect(401);
        keystone.auth(new Secret(secret.id(), first).identity(""), "").expect(401);
    }

    @Test
    void cve2013_0270_aRequestThatIsTooLargeIsRefusedBeforeItIsRead() {
        keystone.auth(
                        "{'methods': ['password'], 'password': {'user': {'id': 'x', 'password': 'pw'}}}",
                        "{'project': {'id': '" + "x".repeat(2_000_000) + "'}}")
                .expect(413);
    }

    @Test
    void cve2018_20170_whoDoesNotExistCostsWhatAWrongPasswordCosts() {
        long before = keystone.service.hashing();
        keystone.login(name, "wrong", "").expect(401);
        long known = keystone.service.hashing() - before;
        keystone.login("nobody", "wrong", "").expect(401);
        assertThat(keystone.service.hashing() - before - known).isEqualTo(known).isPositive();
    }

    @Test
    void aTokenSaysNothingThatItsHolderDidNotSay() {
        // As keystonemiddleware was asked to believe, in headers; here of requests for tokens.
        Response made =
                keystone.api
                        .post(Keystone.V3 + "/auth/tokens")
                        .header("X-User-Id", keystone.made.admin().value())
                        .header("X-Roles", "admin")
                        .header("REMOTE_USER", "admin")
                        .json("{'auth': {'identity': {'methods': ['external'], 'external': {}}}}")
                        .send();
        assertThat(made.status()).isIn(400, 401);
        assertThat(Optional.ofNullable(made.headers().get("x-subject-token"))).isEmpty();
    }
}
