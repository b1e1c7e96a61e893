package cloud.welkin.identity;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.welkin.kernel.api.Times;
import cloud.welkin.testing.ApiTester;
import cloud.welkin.testing.ApiTester.Response;
import cloud.welkin.testing.Eventually;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** What ends a token ends it on every replica and for good, and is told in OS-REVOKE. */
@TestInstance(Lifecycle.PER_CLASS)
class RevocationTest {
    private final Keystone keystone = new Keystone();
    private final IdentityService second = keystone.replica();
    private final ApiTester there = keystone.api(second);
    private int count;
    private String name = "";
    private String user = "";
    private String project = "";

    @AfterAll
    void close() {
        second.close();
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

    private String token() {
        return keystone.token(name, "pw", "{'project': {'id': '" + project + "'}}");
    }

    private static int use(ApiTester api, String token) {
        return api.get(Keystone.V3 + "/auth/projects")
                .header("X-Auth-Token", token)
                .send()
                .status();
    }

    private void endsThere(String token, Runnable change) {
        assertThat(use(there, token)).isEqualTo(200);
        change.run();
        assertThat(use(keystone.api, token)).isEqualTo(401);
        Eventually.holds("the other replica refuses the token", () -> use(there, token) == 401);
        try (IdentityService restarted = keystone.replica()) {
            assertThat(use(keystone.api(restarted), token)).isEqualTo(401);
        }
    }

    private void revoke(String token) {
        keystone.as(token, "DELETE", "/auth/tokens")
                .header("X-Subject-Token", token)
                .send()
                .expect(204);
    }

    private String events(String query) {
        return keystone.get(keystone.admin(), "/OS-REVOKE/events" + query)
                .expect(200)
                .json()
                .toString();
    }

    @Test
    void aRevokedTokenEndsEverywhereAndIsTold() {
        Response made =
                keystone.login(name, "pw", "{'project': {'id': '" + project + "'}}").expect(201);
        String token = String.valueOf(made.headers().get("x-subject-token"));
        endsThere(token, () -> revoke(token));
        assertThat(events("")).contains(made.text("/token/audit_ids/0")).doesNotContain(token);
    }

    @Test
    void aNewPasswordEndsTokensEverywhereAndIsTold() {
        endsThere(
                token(),
                () ->
                        keystone.patch(
                                        keystone.admin(),
                                        "/users/" + user,
                                        "{'user': {'password': 'other'}}")
                                .expect(200));
        assertThat(events("")).contains("\"user_id\":\"" + user + "\"");
    }

    @Test
    void aRoleTakenAwayEndsTokensEverywhere() {
        endsThere(
                token(),
                () ->
                        keystone.delete(
                                        keystone.admin(),
                                        "/projects/"
                                                + project
                                                + "/users/"
                                                + user
                                                + "/roles/"
                                                + keystone.role("member"))
                                .expect(204));
    }

    @Test
    void whoLeavesAGroupLosesWhatTheGroupHasEverywhere() {
        String group =
                keystone.post(
                                keystone.admin(),
                                "/groups",
                                "{'group': {'name': 'group" + count + "'}}")
                        .expect(201)
                        .text("/group/id");
        String own = keystone.project("groups" + count);
        String role = keystone.role("member");
        keystone.put(keystone.admin(), "/projects/" + own + "/groups/" + group + "/roles/" + role)
                .expect(204);
        String membership = "/groups/" + group + "/users/" + user;
        keystone.put(keystone.admin(), membership).expect(204);
        endsThere(
                keystone.token(name, "pw", "{'project': {'id': '" + own + "'}}"),
                () -> keystone.delete(keystone.admin(), membership).expect(204));
        keystone.put(keystone.admin(), membership).expect(204);
        endsThere(
                keystone.token(name, "pw", "{'project': {'id': '" + own + "'}}"),
                () -> keystone.delete(keystone.admin(), "/groups/" + group).expect(204));
    }

    @Test
    void whatWasLentEndsEverywhereWithWhomItWasLentTo() {
        String trustee = keystone.user("trustee" + count, "pw");
        String trust =
                keystone.post(
                                token(),
                                "/OS-TRUST/trusts",
                                "{'trust': {'trustor_user_id': '%s', 'trustee_user_id': '%s',"
                                                .formatted(user, trustee)
                                        + " 'project_id': '%s', 'impersonation': true,"
                                                .formatted(project)
                                        + " 'roles': [{'name': 'member'}]}}")
                        .expect(201)
                        .text("/trust/id");
        String lent =
                keystone.token(
                        "trustee" + count, "pw", "{'OS-TRUST:trust': {'id': '" + trust + "'}}");
        endsThere(
                lent,
                () ->
                        keystone.patch(
                                        keystone.admin(),
                                        "/users/" + trustee,
                                        "{'user': {'enabled': false}}")
                                .expect(200));
    }

    @Test
    void aDeletedUsersAndADeletedProjectsTokensEndEverywhere() {
        String first = token();
        endsThere(
                first, () -> keystone.delete(keystone.admin(), "/projects/" + project).expect(204));
        String unscoped = keystone.token(name, "pw", "");
        endsThere(unscoped, () -> keystone.delete(keystone.admin(), "/users/" + user).expect(204));
    }

    @Test
    void aDisabledProjectEndsTokensEverywhereAndIsTold() {
        endsThere(
                token(),
                () ->
                        keystone.patch(
                                        keystone.admin(),
                                        "/projects/" + project,
                                        "{'project': {'enabled': false}}")
                                .expect(200));
        assertThat(events("")).contains("\"project_id\":\"" + project + "\"");
    }

    @Test
    void eventsAreToldSinceATimeAndForgottenWhenNoTokenIsLeftOfThem() {
        revoke(token());
        assertThat(events("?since=" + Times.seconds(keystone.clock.instant().plusSeconds(86_400))))
                .contains("\"events\":[]");
        keystone.get(keystone.admin(), "/OS-REVOKE/events?since=yesterday").expect(400);
        keystone.get(token(), "/OS-REVOKE/events").expect(403);
        try (Keystone own = new Keystone()) {
            String ended = own.admin();
            own.as(ended, "DELETE", "/auth/tokens")
                    .header("X-Subject-Token", ended)
                    .send()
                    .expect(204);
            own.clock.move(Duration.ofDays(3));
            own.service.reconcilers().forEach(one -> one.reconcile());
            assertThat(own.get(own.admin(), "/OS-REVOKE/events").expect(200).json().at("/events"))
                    .isEmpty();
            assertThat(use(own.api, ended)).isEqualTo(401);
        }
    }

    @Test
    void anExpiredTokenIsShownToServicesForAWhileAndToNobodyElse() {
        try (Keystone own = new Keystone()) {
            String service = own.user("nova", "pw");
            String inService =
                    own.get(own.admin(), "/projects?name=service").text("/projects/0/id");
            own.grant(service, inService, "service");
            String plain = own.user("plain", "pw");
            String scope = "{'project': {'id': '" + inService + "'}}";
            own.grant(plain, inService, "member");
            String expired = own.token("plain", "pw", scope);
            String revoked = own.token("plain", "pw", scope);
            own.as(revoked, "DELETE", "/auth/tokens")
                    .header("X-Subject-Token", revoked)
                    .send()
                    .expect(204);
            own.clock.move(Duration.ofHours(3));
            String path = "/auth/tokens?allow_expired=1";
            String byService = own.token("nova", "pw", scope);
            own.as(byService, "GET", path).header("X-Subject-Token", expired).send().expect(200);
            own.as(byService, "HEAD", path).header("X-Subject-Token", expired).send().expect(200);
            own.as(byService, "GET", path).header("X-Subject-Token", revoked).send().expect(404);
            own.as(byService, "GET", "/auth/tokens?allow_expired=0")
                    .header("X-Subject-Token", expired)
                    .send()
                    .expect(404);
            own.as(own.token("plain", "pw", scope), "GET", path)
                    .header("X-Subject-Token", expired)
                    .send()
                    .expect(404);
            own.clock.move(Duration.ofDays(2));
            own.as(own.token("nova", "pw", scope), "GET", path)
                    .header("X-Subject-Token", expired)
                    .send()
                    .expect(404);
        }
    }

    @Test
    void whatCanBeAskedWithGetCanBeAskedWithHead() {
        String token = token();
        for (String path :
                new String[] {"/auth/catalog", "/auth/projects", "/auth/domains", "/auth/system"}) {
            assertThat(keystone.as(token, "HEAD", path).send().status()).as(path).isEqualTo(200);
        }
        assertThat(
                        keystone.api
                                .post(Keystone.V3 + "/auth/tokens?nocatalog")
                                .json(
                                        "{'auth': {'identity': {'methods': ['token'], 'token': {'id':"
                                                + " '"
                                                + token
                                                + "'}}, 'scope': {'project': {'id': '"
                                                + project
                                                + "'}}}}")
                                .send()
                                .expect(201)
                                .json()
                                .at("/token")
                                .has("catalog"))
                .isFalse();
    }
}
