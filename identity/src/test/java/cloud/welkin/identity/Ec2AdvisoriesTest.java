package cloud.welkin.identity;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.welkin.testing.ApiTester.Response;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/**
 * OpenStack's security advisories about what is signed with EC2 credentials, each a test named
 * after it, as in {@link AdvisoriesTest}.
 */
@TestInstance(Lifecycle.PER_CLASS)
class Ec2AdvisoriesTest {
    private final Keystone keystone = new Keystone();
    private final String service;
    private int count;
    private String name = "";
    private String user = "";
    private String project = "";
    private Ec2Key key = new Ec2Key("", "");

    Ec2AdvisoriesTest() {
        String id = keystone.user("nova", "pw");
        String services = keystone.project("services");
        keystone.grant(id, services, "service");
        service = keystone.token("nova", "pw", "{'project': {'id': '" + services + "'}}");
    }

    @AfterAll
    void close() {
        keystone.close();
    }

    @BeforeEach
    void aMemberWithAKey() {
        count++;
        name = "user" + count;
        user = keystone.user(name, "pw");
        project = keystone.project("project" + count);
        keystone.grant(user, project, "member");
        key = Ec2Key.of(ec2(token()));
    }

    private String token() {
        return keystone.token(name, "pw", "{'project': {'id': '" + project + "'}}");
    }

    private Response ec2(String token) {
        return keystone.post(
                token,
                "/users/" + user + "/credentials/OS-EC2",
                "{'tenant_id': '" + project + "'}");
    }

    private Response signed() {
        return keystone.post(service, "/ec2tokens", key.request(keystone.clock.instant()));
    }

    private Response signed(Ec2Key with) {
        return keystone.post(service, "/ec2tokens", with.request(keystone.clock.instant()));
    }

    private String roles(Response token) {
        return token.expect(200).json().at("/token/roles").toString();
    }

    @Test
    void ossa2012_018_aKeyIsWorthNothingInAProjectThatItsUserHasLeft() {
        signed().expect(200);
        keystone.delete(
                        keystone.admin(),
                        "/projects/"
                                + project
                                + "/users/"
                                + user
                                + "/roles/"
                                + keystone.role("member"))
                .expect(204);
        signed().expect(401);
    }

    @Test
    void ossa2013_005_aKeyIsWorthNothingForADisabledUserProjectOrDomain() {
        String admin = keystone.admin();
        for (String thing : new String[] {"user", "project"}) {
            String path = "/" + thing + "s/" + (thing.equals("user") ? user : project);
            keystone.patch(admin, path, "{'" + thing + "': {'enabled': false}}").expect(200);
            signed().expect(401);
            keystone.patch(admin, path, "{'" + thing + "': {'enabled': true}}").expect(200);
            signed().expect(200);
        }
        String domain =
                keystone.post(admin, "/domains", "{'domain': {'name': 'd" + count + "'}}")
                        .expect(201)
                        .text("/domain/id");
        user =
                keystone.post(
                                admin,
                                "/users",
                                "{'user': {'name': 'x', 'password': 'pw', 'domain_id': '"
                                        + domain
                                        + "'}}")
                        .expect(201)
                        .text("/user/id");
        keystone.grant(user, project, "member");
        key = Ec2Key.of(ec2(admin));
        signed().expect(200);
        keystone.patch(admin, "/domains/" + domain, "{'domain': {'enabled': false}}").expect(200);
        signed().expect(401);
    }

    @Test
    void ossa2013_032_aKeyMadeWithATrustIsWorthNoMoreThanTheTrustAndNoLonger() {
        String trustee = keystone.user("trustee" + count, "pw");
        String trust =
                keystone.post(
                                token(),
                                "/OS-TRUST/trusts",
                                "{'trust': {'trustor_user_id': '"
                                        + user
                                        + "', 'trustee_user_id': '"
                                        + trustee
                                        + "', 'project_id': '"
                                        + project
                                        + "', 'impersonation': true, 'roles': [{'name':"
                                        + " 'member'}]}}")
                        .expect(201)
                        .text("/trust/id");
        Response lent =
                keystone.auth(
                                "{'methods': ['password'], 'password': {'user': {'id': '"
                                        + trustee
                                        + "', 'password': 'pw'}}}",
                                "{'OS-TRUST:trust': {'id': '" + trust + "'}}")
                        .expect(201);
        keystone.grant(user, project, "manager");
        String token = String.valueOf(lent.headers().get("x-subject-token"));
        Response made = ec2(token);
        Ec2Key bound = Ec2Key.of(made);
        assertThat(made.text("/credential/trust_id")).isEqualTo(trust);

        Response given = signed(bound);
        assertThat(roles(given)).contains("member").doesNotContain("manager");
        assertThat(given.text("/token/OS-TRUST:trust/id")).isEqualTo(trust);
        assertThat(roles(signed())).contains("manager");
        // Nor does a trustee learn the secrets that are worth more.
        keystone.get(token, "/users/" + user + "/credentials/OS-EC2/" + key.access()).expect(403);
        assertThat(keystone.get(token, "/credentials").expect(200).json().toString())
                .contains(bound.access())
                .doesNotContain(key.access());

        keystone.delete(token(), "/OS-TRUST/trusts/" + trust).expect(204);
        signed(bound).expect(401);
    }

    @Test
    void ossa2020_003_aSignatureIsGoodForAQuarterOfAnHour() {
        var now = keystone.clock.instant();
        var before = now.minus(Duration.ofMinutes(16));
        keystone.post(service, "/ec2tokens", key.version4(now, Map.of())).expect(200);
        keystone.post(service, "/ec2tokens", key.version4(before, Map.of())).expect(401);
        keystone.post(service, "/ec2tokens", key.request(before)).expect(401);
        keystone.post(service, "/ec2tokens", key.request(now.plus(Duration.ofDays(1)))).expect(401);
        // A time beside the one that was signed does not make it younger.
        keystone.post(
                        service,
                        "/ec2tokens",
                        key.version4(before, Map.of("Timestamp", now.toString())))
                .expect(401);
    }

    @Test
    void ossa2020_004_aKeyMadeWithAnApplicationCredentialKeepsItsLimits() {
        Response made =
                keystone.post(
                                token(),
                                "/users/" + user + "/application_credentials",
                                "{'application_credential': {'name': 'a', 'unrestricted': true,"
                                        + " 'roles': [{'name': 'member'}], 'expires_at':"
                                        + " '2099-01-01T00:00:00Z', 'access_rules': [{'service':"
                                        + " 'identity', 'method': 'POST', 'path':"
                                        + " '/v3/users/*/credentials/OS-EC2'}, {'service':"
                                        + " 'compute', 'method': 'GET', 'path': '/servers'}]}}")
                        .expect(201);
        String id = made.text("/application_credential/id");
        Response limited =
                keystone.auth(
                                "{'methods': ['application_credential'], 'application_credential':"
                                        + " {'id': '"
                                        + id
                                        + "', 'secret': '"
                                        + made.text("/application_credential/secret")
                                        + "'}}",
                                "")
                        .expect(201);
        String token = String.valueOf(limited.headers().get("x-subject-token"));
        keystone.grant(user, project, "manager");
        Ec2Key bound = Ec2Key.of(ec2(token));

        Response given = signed(bound);
        assertThat(roles(given)).contains("member").doesNotContain("manager");
        assertThat(given.text("/token/application_credential/id")).isEqualTo(id);
        assertThat(given.json().at("/token/application_credential/access_rules").toString())
                .contains("/servers");
        // Not for another project, nor for what outlives the leave.
        keystone.post(
                        token,
                        "/users/" + user + "/credentials/OS-EC2",
                        "{'tenant_id': '" + keystone.made.adminProject() + "'}")
                .expect(403);
        keystone.delete(token(), "/users/" + user + "/application_credentials/" + id).expect(204);
        signed(bound).expect(401);
    }

    @Test
    void ossa2020_004_theLimitsOfAKeyAreNotTakenOffByAChange() {
        String blob = "{\\\"access\\\": \\\"ours" + count + "\\\", \\\"secret\\\": \\\"s\\\"";
        String id =
                keystone.post(
                                token(),
                                "/credentials",
                                "{'credential': {'type': 'ec2', 'project_id': '"
                                        + project
                                        + "', 'blob': '"
                                        + blob
                                        + ", \\\"trust_id\\\": \\\"t\\\"}'}}")
                        .expect(201)
                        .text("/credential/id");
        keystone.patch(token(), "/credentials/" + id, "{'credential': {'blob': '" + blob + "}'}}")
                .expect(400);
        keystone.patch(token(), "/credentials/" + id, "{'credential': {'blob': 'x'}}").expect(400);
        signed(new Ec2Key("ours" + count, "s")).expect(401);
    }

    @Test
    void ossa2025_002_nobodyButAServiceHasATokenForASignature() {
        String ec2 = key.request(keystone.clock.instant());
        String s3 = key.s3("GET\n\n\n1\n/");
        keystone.api.post(Keystone.V3 + "/ec2tokens").json(ec2).send().expect(401);
        keystone.api.post(Keystone.V3 + "/s3tokens").json(s3).send().expect(401);
        keystone.post(token(), "/ec2tokens", ec2).expect(403);
        keystone.post(token(), "/s3tokens", s3).expect(403);
        keystone.post(service, "/ec2tokens", ec2).expect(200);
        Response said = keystone.post(service, "/s3tokens", s3).expect(200);
        assertThat(said.headers()).doesNotContainKey("x-subject-token");
    }

    @Test
    void aTokenForASignatureIsNotForKeystoneItself() {
        Response given = signed();
        String token = String.valueOf(given.headers().get("x-subject-token"));
        assertThat(given.json().at("/token/methods").toString()).isEqualTo("[\"ec2credential\"]");
        assertThat(keystone.caller(token).user().value()).isEqualTo(user);
        ec2(token).expect(403);
        keystone.get(token, "/auth/projects").expect(403);
        keystone.as(service, "GET", "/auth/tokens")
                .header("X-Subject-Token", token)
                .send()
                .expect(200);
    }
}
