package cloud.welkin.identity;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.welkin.identity.store.AuditStore;
import cloud.welkin.testing.ApiTester.Response;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/**
 * OpenStack's security advisories for Keystone (security.openstack.org/ossalist.html): one test for
 * each that could be true of this program, named after it. docs/operate/security.md lists them all.
 */
@TestInstance(Lifecycle.PER_CLASS)
class AdvisoriesTest {
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

    private String scope() {
        return "{'project': {'id': '" + project + "'}}";
    }

    private String token() {
        return keystone.token(name, "pw", scope());
    }

    private int use(String token) {
        return keystone.get(token, "/auth/projects").status();
    }

    private static String subject(Response made) {
        return String.valueOf(made.headers().get("x-subject-token"));
    }

    private Response exchange(String token, String scope) {
        return keystone.auth("{'methods': ['token'], 'token': {'id': '" + token + "'}}", scope);
    }

    private String grantOf(String role) {
        return "/projects/" + project + "/users/" + user + "/roles/" + keystone.role(role);
    }

    private void revoke(String token) {
        keystone.as(token, "DELETE", "/auth/tokens")
                .header("X-Subject-Token", token)
                .send()
                .expect(204);
    }

    /** The member lends its role to another, who signs in with it; that token. */
    private String lent(String other, boolean impersonation) {
        String trust =
                keystone.post(
                                token(),
                                "/OS-TRUST/trusts",
                                "{'trust': {'trustor_user_id': '"
                                        + user
                                        + "', 'trustee_user_id': '"
                                        + other
                                        + "', 'project_id': '"
                                        + project
                                        + "', 'impersonation': "
                                        + impersonation
                                        + ", 'allow_redelegation': false, 'roles': [{'name': 'reader'}]}}")
                        .expect(201)
                        .text("/trust/id");
        return subject(
                keystone.auth(
                                "{'methods': ['password'], 'password': {'user': {'id': '"
                                        + other
                                        + "', 'password': 'pw'}}}",
                                "{'OS-TRUST:trust': {'id': '" + trust + "'}}")
                        .expect(201));
    }

    /** A token of an application credential of the member that is for reading. */
    private String limited() {
        Response made =
                keystone.post(
                                token(),
                                "/users/" + user + "/application_credentials",
                                "{'application_credential': {'name': '"
                                        + java.util.UUID.randomUUID()
                                        + "', 'roles': [{'name': 'reader'}]}}")
                        .expect(201);
        return subject(
                keystone.auth(
                                "{'methods': ['application_credential'], 'application_credential':"
                                        + " {'id': '"
                                        + made.text("/application_credential/id")
                                        + "', 'secret': '"
                                        + made.text("/application_credential/secret")
                                        + "'}}",
                                "")
                        .expect(201));
    }

    private Response ec2(String token) {
        return keystone.post(
                token,
                "/users/" + user + "/credentials/OS-EC2",
                "{'tenant_id': '" + project + "'}");
    }

    @Test
    void ossa2012_002_aVeryLongPasswordIsRefusedNotHashed() {
        keystone.login(name, "x".repeat(5000), "").expect(400);
        keystone.post(
                        keystone.admin(),
                        "/users",
                        "{'user': {'name': 'long', 'password': '" + "x".repeat(5000) + "'}}")
                .expect(400);
    }

    @Test
    void ossa2012_010_neitherChainingNorADisabledUserNorANewPasswordLeavesATokenValid() {
        String disabled = token();
        keystone.patch(keystone.admin(), "/users/" + user, "{'user': {'enabled': false}}")
                .expect(200);
        assertThat(use(disabled)).isEqualTo(401);
        keystone.patch(keystone.admin(), "/users/" + user, "{'user': {'enabled': true}}")
                .expect(200);
        String old = token();
        keystone.patch(keystone.admin(), "/users/" + user, "{'user': {'password': 'new'}}")
                .expect(200);
        assertThat(use(old)).isEqualTo(401);
    }

    @Test
    void ossa2012_013_aDefaultProjectIsNoMembership() {
        String other = keystone.project("other" + count);
        keystone.patch(
                        token(),
                        "/users/" + user,
                        "{'user': {'default_project_id': '" + other + "'}}")
                .expect(403);
        keystone.patch(
                        keystone.admin(),
                        "/users/" + user,
                        "{'user': {'default_project_id': '" + other + "'}}")
                .expect(200);
        keystone.login(name, "pw", "{'project': {'id': '" + other + "'}}").expect(401);
        assertThat(keystone.login(name, "pw", "").expect(201).json().at("/token").has("project"))
                .isFalse();
    }

    @Test
    void ossa2012_014_aRoleTakenAwayIsTakenFromTokensThatExist() {
        keystone.grant(user, project, "manager");
        String token = token();
        assertThat(keystone.caller(token).roles()).contains("manager");
        keystone.delete(keystone.admin(), grantOf("manager")).expect(204);
        assertThat(keystone.caller(token).roles()).contains("member").doesNotContain("manager");
    }

    @Test
    void ossa2012_015_nothingOfTheCatalogueOrOfRolesIsOpenWithoutAToken() {
        for (String path :
                new String[] {
                    "/services", "/endpoints", "/roles", "/role_assignments", "/users/" + user
                }) {
            keystone.api.get(Keystone.V3 + path).send().expect(401);
        }
        keystone.api
                .post(Keystone.V3 + "/services")
                .json("{'service': {'type': 'x'}}")
                .send()
                .expect(401);
    }

    @Test
    void ossa2012_016_aDisabledProjectGivesNoTokenAndEndsThoseItGave() {
        String token = token();
        keystone.patch(keystone.admin(), "/projects/" + project, "{'project': {'enabled': false}}")
                .expect(200);
        assertThat(use(token)).isEqualTo(401);
        keystone.login(name, "pw", scope()).expect(401);
    }

    @Test
    void ossa2012_019_aTokenOfATokenEndsWithTheFirst() {
        try (Keystone own = new Keystone()) {
            String first = own.admin();
            own.clock.move(Duration.ofMinutes(59));
            String second =
                    subject(
                            own.auth("{'methods': ['token'], 'token': {'id': '" + first + "'}}", "")
                                    .expect(201));
            own.clock.move(Duration.ofMinutes(2));
            assertThat(own.get(second, "/auth/projects").status()).isEqualTo(401);
        }
    }

    @Test
    void ossa2013_003_requestsThatAreWrongDoNotFillLogsOrTables() {
        AuditStore.Filter all =
                new AuditStore.Filter(
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        10_000);
        int before = keystone.service.audit().find(all).size();
        for (int i = 0; i < 20; i++) {
            keystone.auth("{'methods': ['password']}", "").expect(400);
        }
        keystone.login("x".repeat(300), "wrong", "");
        assertThat(keystone.service.audit().find(all).size() - before).isLessThanOrEqualTo(1);
    }

    @Test
    void ossa2013_004_entitiesOfXmlAreNotRead() {
        keystone.api
                .post(Keystone.V3 + "/auth/tokens")
                .body(
                        "application/xml",
                        "<!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><auth>&e;</auth>"
                                .getBytes(java.nio.charset.StandardCharsets.UTF_8))
                .send()
                .expect(415);
    }

    @Test
    void ossa2013_011_aDeletedUsersTokensEndAtOnce() {
        String token = token();
        assertThat(use(token)).isEqualTo(200);
        keystone.delete(keystone.admin(), "/users/" + user).expect(204);
        assertThat(use(token)).isEqualTo(401);
    }

    @Test
    void ossa2013_014_anExpiredTokenStaysExpiredWhetherOrNotItWasRevoked() {
        try (Keystone own = new Keystone()) {
            String expired = own.admin();
            String revoked = own.admin();
            own.as(revoked, "DELETE", "/auth/tokens")
                    .header("X-Subject-Token", revoked)
                    .send()
                    .expect(204);
            own.clock.move(Duration.ofHours(2));
            for (String token : new String[] {expired, revoked}) {
                assertThat(own.get(token, "/auth/projects").status()).isEqualTo(401);
            }
        }
    }

    @Test
    void ossa2013_015_anEmptyPasswordLetsNobodyIn() {
        keystone.login(name, "", "").expect(401);
        String without =
                keystone.post(
                                keystone.admin(),
                                "/users",
                                "{'user': {'name': 'without" + count + "'}}")
                        .expect(201)
                        .text("/user/id");
        for (String password : new String[] {"''", "null"}) {
            keystone.auth(
                            "{'methods': ['password'], 'password': {'user': {'id': '"
                                    + without
                                    + "', 'password': "
                                    + password
                                    + "}}}",
                            "")
                    .expect(401);
        }
        keystone.auth(
                        "{'methods': ['password'], 'password': {'user': {'id': '"
                                + without
                                + "'}}}",
                        "")
                .expect(401);
    }

    @Test
    void ossa2013_025_aRevokedTokenIsRevokedByWhateverSpellingItIsShown() {
        String token = token();
        revoke(token);
        for (String spelling : new String[] {token, token + "=", token + "==", token + " "}) {
            assertThat(use(spelling)).isEqualTo(401);
        }
    }

    @Test
    void ossa2013_028_takingAwayARoleThatWasNotHeldGivesNone() {
        keystone.delete(keystone.admin(), grantOf("manager")).expect(404);
        assertThat(keystone.caller(token()).roles()).doesNotContain("manager");
    }

    @Test
    void ossa2014_006_aTrusteeThatIsDisabledLosesWhatItWasLent() {
        String trustee = keystone.user("trustee" + count, "pw");
        String lent = lent(trustee, true);
        assertThat(use(lent)).isEqualTo(200);
        keystone.patch(keystone.admin(), "/users/" + trustee, "{'user': {'enabled': false}}")
                .expect(200);
        assertThat(use(lent)).isEqualTo(401);
    }

    @Test
    void ossa2014_006_aTrusteesNewPasswordEndsWhatItWasLent() {
        String trustee = keystone.user("trustee" + count, "pw");
        String lent = lent(trustee, true);
        assertThat(use(lent)).isEqualTo(200);
        keystone.patch(keystone.admin(), "/users/" + trustee, "{'user': {'password': 'new'}}")
                .expect(200);
        assertThat(use(lent)).isEqualTo(401);
    }

    @Test
    void ossa2014_013_aMethodNamedOftenIsTriedOnce() {
        // Eleven times is refused outright; ten times is one check, and one failure.
        keystone.auth(
                        "{'methods': ["
                                + "'password', ".repeat(10)
                                + "'password'], 'password': {'user': {'id': '"
                                + user
                                + "', 'password': 'pw'}}}",
                        "")
                .expect(400);
        Response once =
                keystone.auth(
                                "{'methods': ["
                                        + "'password', ".repeat(9)
                                        + "'password'], 'password': {'user': {'id': '"
                                        + user
                                        + "', 'password': 'pw'}}}",
                                "")
                        .expect(201);
        assertThat(once.json().at("/token/methods").size()).isEqualTo(1);
    }

    @Test
    void ossa2014_015_aUserWithTheIdOfAGroupDoesNotGetItsRoles() {
        String group =
                keystone.post(keystone.admin(), "/groups", "{'group': {'name': 'g" + count + "'}}")
                        .expect(201)
                        .text("/group/id");
        keystone.put(
                        keystone.admin(),
                        "/projects/"
                                + project
                                + "/groups/"
                                + group
                                + "/roles/"
                                + keystone.role("admin"))
                .expect(204);
        keystone.database
                .database()
                .change(
                        tx ->
                                tx.sql()
                                        .execute(
                                                "insert into identity.user_account (id, domain_id,"
                                                        + " name, password_hash, tokens_valid_after) select ?,"
                                                        + " domain_id, ?, password_hash, tokens_valid_after from"
                                                        + " identity.user_account where id = ?",
                                                group,
                                                "twin" + count,
                                                user));
        keystone.login("twin" + count, "pw", "").expect(201);
        keystone.login("twin" + count, "pw", scope()).expect(401);
    }

    @Test
    void ossa2014_018_whatWasLentIsNeitherLentOnNorTurnedIntoMore() {
        String trustee = keystone.user("trustee" + count, "pw");
        String lent = lent(trustee, true);
        keystone.post(
                        lent,
                        "/OS-TRUST/trusts",
                        "{'trust': {'trustor_user_id': '"
                                + user
                                + "', 'trustee_user_id': '"
                                + trustee
                                + "', 'project_id': '"
                                + project
                                + "', 'impersonation': true, 'roles': [{'name': 'member'}]}}")
                .expect(403);
        keystone.post(
                        lent,
                        "/users/" + user + "/application_credentials",
                        "{'application_credential': {'name': 'escape'}}")
                .expect(403);
        exchange(lent, "").expect(403);
    }

    @Test
    void ossa2014_022_aTrustIsForItsProjectOnly() {
        String other = keystone.project("other" + count);
        keystone.grant(user, other, "member");
        String trustee = keystone.user("trustee" + count, "pw");
        String lent = lent(trustee, true);
        exchange(lent, "{'project': {'id': '" + other + "'}}").expect(403);
        assertThat(keystone.caller(lent).project().map(id -> id.value()).filter(project::equals))
                .isPresent();
    }

    @Test
    void ossa2014_026_aDisabledDomainEndsTokensScopedToIt() {
        String domain =
                keystone.post(
                                keystone.admin(),
                                "/domains",
                                "{'domain': {'name': 'd" + count + "'}}")
                        .expect(201)
                        .text("/domain/id");
        keystone.put(
                        keystone.admin(),
                        "/domains/"
                                + domain
                                + "/users/"
                                + user
                                + "/roles/"
                                + keystone.role("member"))
                .expect(204);
        Response made =
                keystone.login(name, "pw", "{'domain': {'id': '" + domain + "'}}").expect(201);
        String token = subject(made);
        Response shown =
                keystone.as(keystone.admin(), "GET", "/auth/tokens")
                        .header("X-Subject-Token", token)
                        .send()
                        .expect(200);
        assertThat(shown.text("/token/issued_at")).isEqualTo(made.text("/token/issued_at"));
        keystone.patch(keystone.admin(), "/domains/" + domain, "{'domain': {'enabled': false}}")
                .expect(200);
        assertThat(use(token)).isEqualTo(401);
    }

    @Test
    void ossa2014_029_anEndpointsUrlTellsNothingOfTheProgram() {
        String service =
                keystone.post(
                                keystone.admin(),
                                "/services",
                                "{'service': {'type': 'leak" + count + "', 'name': 'leak'}}")
                        .expect(201)
                        .text("/service/id");
        Response made =
                keystone.post(
                        keystone.admin(),
                        "/endpoints",
                        "{'endpoint': {'service_id': '"
                                + service
                                + "', 'interface': 'public', 'url':"
                                + " 'http://x/$(admin_token)s/%(database_password)s/$(tenant_id)s'}}");
        String catalogue = keystone.login(name, "pw", scope()).expect(201).json().toString();
        assertThat(catalogue).doesNotContain("secret");
        if (made.status() == 201 && catalogue.contains("http://x/")) {
            assertThat(catalogue).contains("admin_token", "database_password");
        }
        keystone.delete(keystone.admin(), "/services/" + service).expect(204);
    }

    @Test
    void ossa2016_005_aTokenCannotBeRewrittenSoThatItsRevocationMissesIt() {
        String token = token();
        revoke(token);
        for (int i = 0; i < token.length(); i += 5) {
            char other = token.charAt(i) == 'A' ? 'B' : 'A';
            assertThat(use(token.substring(0, i) + other + token.substring(i + 1))).isEqualTo(401);
        }
    }

    @Test
    void ossa2016_008_tokensOfATokenKeepTheChainByWhichTheyAreRevoked() {
        String first = token();
        String second = subject(exchange(first, scope()).expect(201));
        Response third = exchange(second, scope()).expect(201);
        Response shown =
                keystone.as(keystone.admin(), "GET", "/auth/tokens")
                        .header("X-Subject-Token", first)
                        .send()
                        .expect(200);
        assertThat(third.text("/token/audit_ids/1")).isEqualTo(shown.text("/token/audit_ids/0"));
        revoke(first);
        assertThat(use(second)).isEqualTo(401);
        assertThat(use(subject(third))).isEqualTo(401);
    }

    @Test
    void ossa2018_002_projectsOfOthersAreNotListed() {
        String other = keystone.project("hidden" + count);
        assertThat(keystone.get(token(), "/auth/projects").expect(200).json().toString())
                .contains(project)
                .doesNotContain(other);
        assertThat(keystone.get(token(), "/OS-FEDERATION/projects").expect(200).json().toString())
                .contains(project)
                .doesNotContain(other);
    }

    @Test
    void ossa2019_006_credentialsOfOthersAreNotListed() {
        String stranger = "stranger" + count;
        keystone.grant(keystone.user(stranger, "pw"), project, "manager");
        String theirs = keystone.token(stranger, "pw", scope());
        String id =
                keystone.post(
                                token(),
                                "/credentials",
                                "{'credential': {'type': 'totp', 'blob': 'JBSWY3DP'}}")
                        .expect(201)
                        .text("/credential/id");
        for (String query : new String[] {"", "?type=totp", "?user_id=" + user}) {
            Response listed = keystone.get(theirs, "/credentials" + query);
            assertThat(listed.json().toString()).doesNotContain(id, "JBSWY3DP");
        }
        assertThat(keystone.get(theirs, "/credentials/" + id).status()).isIn(403, 404);
        assertThat(keystone.delete(theirs, "/credentials/" + id).status()).isIn(403, 404);
    }

    @Test
    void ossa2020_004_aCredentialIsNotGivenAnotherOwnerByItsOwner() {
        ec2(token()).expect(201);
        String own =
                keystone.get(token(), "/credentials?type=ec2")
                        .expect(200)
                        .text("/credentials/0/id");
        keystone.patch(
                        token(),
                        "/credentials/" + own,
                        "{'credential': {'user_id': '" + keystone.made.admin() + "'}}")
                .expect(403);
        keystone.patch(
                        limited(),
                        "/credentials/" + own,
                        "{'credential': {'project_id': '" + keystone.made.adminProject() + "'}}")
                .expect(403);
        keystone.post(
                        limited(),
                        "/credentials",
                        "{'credential': {'type': 'totp', 'blob': 'JBSWY3DP'}}")
                .expect(403);
        keystone.post(
                        lent(keystone.user("trustee" + count, "pw"), true),
                        "/credentials",
                        "{'credential': {'type': 'totp', 'blob': 'JBSWY3DP'}}")
                .expect(403);
    }

    @Test
    void ossa2026_001_headersThatClaimAnIdentityAreNotBelieved() {
        keystone.as(token(), "GET", "/users")
                .header("X-Roles", "admin")
                .header("X-User-Id", keystone.made.admin().value())
                .header("X-Is-Admin-Project", "True")
                .header("X-Identity-Status", "Confirmed")
                .send()
                .expect(403);
        keystone.api
                .get(Keystone.V3 + "/users")
                .header("X-Roles", "admin")
                .header("X-Identity-Status", "Confirmed")
                .send()
                .expect(401);
    }

    @Test
    void ossa2026_005_anApplicationCredentialMakesNoEc2Credential() {
        ec2(limited()).expect(403);
    }
}
