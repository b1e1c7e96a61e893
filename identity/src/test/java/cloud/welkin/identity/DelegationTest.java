package cloud.welkin.identity;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** Roles that come from elsewhere than an assignment of one's own: groups, trees, trusts, rules. */
@TestInstance(Lifecycle.PER_CLASS)
class DelegationTest {
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
    void aUserWithoutRoles() {
        count++;
        name = "user" + count;
        user = keystone.user(name, "pw");
        project = keystone.project("project" + count);
    }

    private String scope(String id) {
        return "{'project': {'id': '" + id + "'}}";
    }

    private String group() {
        return keystone.post(keystone.admin(), "/groups", "{'group': {'name': 'g" + count + "'}}")
                .expect(201)
                .text("/group/id");
    }

    private String assignments(String query) {
        return keystone.get(keystone.admin(), "/role_assignments?" + query)
                .expect(200)
                .json()
                .toString();
    }

    @Test
    void aGroupsRoleIsItsMembersAsLongAsTheyAreMembers() {
        String group = group();
        String membership = "/groups/" + group + "/users/" + user;
        keystone.put(
                        keystone.admin(),
                        "/projects/"
                                + project
                                + "/groups/"
                                + group
                                + "/roles/"
                                + keystone.role("member"))
                .expect(204);
        keystone.login(name, "pw", scope(project)).expect(401);
        keystone.put(keystone.admin(), membership).expect(204);
        String token = keystone.token(name, "pw", scope(project));
        assertThat(keystone.get(token, "/auth/projects").expect(200).text("/projects/0/id"))
                .isEqualTo(project);
        assertThat(assignments("effective&user.id=" + user))
                .contains(group, keystone.role("reader"));
        keystone.delete(keystone.admin(), membership).expect(204);
        keystone.get(token, "/auth/projects").expect(401);
    }

    @Test
    void anInheritedRoleHoldsOnWhatIsBelowAndNotOnTheThingItself() {
        String below =
                keystone.post(
                                keystone.admin(),
                                "/projects",
                                "{'project': {'name': 'below"
                                        + count
                                        + "', 'parent_id': '"
                                        + project
                                        + "'}}")
                        .expect(201)
                        .text("/project/id");
        keystone.put(
                        keystone.admin(),
                        "/OS-INHERIT/projects/"
                                + project
                                + "/users/"
                                + user
                                + "/roles/"
                                + keystone.role("member")
                                + "/inherited_to_projects")
                .expect(204);
        keystone.login(name, "pw", scope(project)).expect(401);
        keystone.login(name, "pw", scope(below)).expect(201);
        assertThat(assignments("effective&user.id=" + user + "&scope.project.id=" + below))
                .contains("inherited_to_projects");
        keystone.delete(keystone.admin(), "/projects/" + project).expect(403);
    }

    @Test
    void aTrustLendsItsRolesForItsUsesAndNoLongerThanTheTrustorHasThem() {
        keystone.grant(user, project, "member");
        String other = "trustee" + count;
        String trustee = keystone.user(other, "pw");
        String token = keystone.token(name, "pw", scope(project));
        String body =
                "{'trust': {'trustor_user_id': '%s', 'trustee_user_id': '%s', 'project_id': '%s',"
                        + " 'impersonation': true, 'remaining_uses': %s, 'roles': [{'name': '%s'}]}}";
        keystone.post(
                        token,
                        "/OS-TRUST/trusts",
                        body.formatted(user, trustee, project, "1", "admin"))
                .expect(404);
        String trust =
                keystone.post(
                                token,
                                "/OS-TRUST/trusts",
                                body.formatted(user, trustee, project, "2", "reader"))
                        .expect(201)
                        .text("/trust/id");
        String asTrust = "{'OS-TRUST:trust': {'id': '" + trust + "'}}";
        keystone.login(name, "pw", asTrust).expect(403);
        var lent = keystone.login(other, "pw", asTrust).expect(201);
        assertThat(lent.text("/token/user/id")).isEqualTo(user);
        assertThat(lent.json().at("/token/roles").findValuesAsString("name"))
                .containsExactly("reader");
        String lentToken = String.valueOf(lent.headers().get("x-subject-token"));
        keystone.auth("{'methods': ['token'], 'token': {'id': '" + lentToken + "'}}", "")
                .expect(403);
        keystone.login(other, "pw", asTrust).expect(201);
        keystone.login(other, "pw", asTrust).expect(401);
        keystone.delete(
                        keystone.admin(),
                        "/projects/"
                                + project
                                + "/users/"
                                + user
                                + "/roles/"
                                + keystone.role("member"))
                .expect(204);
        keystone.get(lentToken, "/auth/projects").expect(401);
    }

    @Test
    void anApplicationCredentialWithRulesDoesNothingElse() {
        keystone.grant(user, project, "member");
        String token = keystone.token(name, "pw", scope(project));
        var made =
                keystone.post(
                                token,
                                "/users/" + user + "/application_credentials",
                                "{'application_credential': {'name': 'ruled', 'access_rules':"
                                        + " [{'service': 'identity', 'method': 'GET', 'path':"
                                        + " '/v3/auth/*'}]}}")
                        .expect(201);
        String ruled =
                String.valueOf(
                        keystone.auth(
                                        "{'methods': ['application_credential'],"
                                                + " 'application_credential': {'id': '"
                                                + made.text("/application_credential/id")
                                                + "', 'secret': '"
                                                + made.text("/application_credential/secret")
                                                + "'}}",
                                        "")
                                .expect(201)
                                .headers()
                                .get("x-subject-token"));
        keystone.get(ruled, "/auth/projects").expect(200);
        keystone.get(ruled, "/users/" + user).expect(401);
        String rule = made.text("/application_credential/access_rules/0/id");
        keystone.delete(token, "/users/" + user + "/access_rules/" + rule).expect(403);
    }

    @Test
    void credentialsLieEncryptedInTheDatabase() {
        String token = keystone.token(name, "pw", "");
        String id =
                keystone.post(
                                token,
                                "/credentials",
                                "{'credential': {'type': 'totp', 'blob': 'JBSWY3DP'}}")
                        .expect(201)
                        .text("/credential/id");
        assertThat(keystone.get(token, "/credentials/" + id).text("/credential/blob"))
                .isEqualTo("JBSWY3DP");
        String stored =
                keystone.database
                        .database()
                        .read(
                                tx ->
                                        tx.sql()
                                                .fetchSingle(
                                                        "select blob from identity.credential where id = ?",
                                                        id)
                                                .get(0, String.class));
        assertThat(stored).startsWith("gAAAA").doesNotContain("JBSWY3DP");
        String stranger = "stranger" + count;
        keystone.user(stranger, "pw");
        keystone.get(keystone.token(stranger, "pw", ""), "/credentials/" + id).expect(403);
        keystone.get(keystone.token(stranger, "pw", ""), "/credentials/missing").expect(403);
    }

    @Test
    void aUserWithFactorRulesNeedsAllOfOneRule() {
        keystone.patch(
                        keystone.admin(),
                        "/users/" + user,
                        "{'user': {'options': {'multi_factor_auth_enabled': true,"
                                + " 'multi_factor_auth_rules': [['password', 'totp']]}}}")
                .expect(200);
        keystone.login(name, "pw", "").expect(401);
    }

    @Test
    void whatIsImmutableIsNeitherChangedNorDeleted() {
        String path = "/projects/" + project;
        keystone.patch(keystone.admin(), path, "{'project': {'options': {'immutable': true}}}")
                .expect(200);
        keystone.patch(keystone.admin(), path, "{'project': {'name': 'other'}}").expect(403);
        keystone.delete(keystone.admin(), path).expect(403);
        keystone.patch(keystone.admin(), path, "{'project': {'options': {'immutable': false}}}")
                .expect(200);
        keystone.delete(keystone.admin(), path).expect(204);
    }

    @Test
    void anAddedServiceIsInTheTokensCatalogueAndTheProgramsOwnStay() {
        String service =
                keystone.post(
                                keystone.admin(),
                                "/services",
                                "{'service': {'type': 'dns', 'name': 'designate'}}")
                        .expect(201)
                        .text("/service/id");
        keystone.post(
                        keystone.admin(),
                        "/endpoints",
                        "{'endpoint': {'service_id': '"
                                + service
                                + "', 'interface': 'public', 'region_id': 'Elsewhere', 'url':"
                                + " 'http://dns/$(project_id)s'}}")
                .expect(201);
        keystone.grant(user, project, "reader");
        var token = keystone.login(name, "pw", scope(project)).expect(201);
        assertThat(token.json().at("/token/catalog").findValuesAsString("type")).contains("dns");
        assertThat(token.json().toString()).contains("http://dns/" + project);
        keystone.get(keystone.admin(), "/regions/Elsewhere").expect(200);
        String own =
                keystone.get(keystone.admin(), "/services?type=identity").text("/services/0/id");
        keystone.delete(keystone.admin(), "/services/" + own).expect(403);
        keystone.delete(keystone.admin(), "/services/" + service).expect(204);
        assertThat(keystone.login(name, "pw", scope(project)).json().toString())
                .doesNotContain("http://dns/");
    }

    @Test
    void tagsNarrowListsOfProjects() {
        keystone.as(keystone.admin(), "PUT", "/projects/" + project + "/tags")
                .json("{'tags': ['t" + count + "', 'x" + count + "']}")
                .send()
                .expect(200);
        String both = "/projects?tags=t" + count + ",x" + count;
        assertThat(keystone.get(keystone.admin(), both).text("/projects/0/id")).isEqualTo(project);
        assertThat(
                        keystone.get(keystone.admin(), "/projects?tags-any=none,x" + count)
                                .expect(200)
                                .text("/projects/0/id"))
                .isEqualTo(project);
        assertThat(
                        keystone.get(keystone.admin(), both + "&not-tags-any=x" + count)
                                .expect(200)
                                .json()
                                .at("/projects"))
                .isEmpty();
    }
}
