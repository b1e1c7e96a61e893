package cloud.welkin.identity;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.welkin.kernel.json.Json;
import cloud.welkin.testing.ApiTester.Response;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two clouds, of which one takes the other's word for who somebody is (Keystone to Keystone). */
class ServiceProvidersTest {
    private static final String PROTOCOL = "/OS-FEDERATION/identity_providers/home/protocols/saml2";
    private static final String SHOWN = "http://cloud.test" + Keystone.V3 + PROTOCOL + "/auth";

    private final Keystone home = new Keystone();
    private final Keystone away = new Keystone();
    private final String admin = home.admin();

    @AfterEach
    void close() {
        home.close();
        away.close();
    }

    @BeforeEach
    void eachKnowsTheOther() {
        put(
                        home,
                        "/OS-FEDERATION/service_providers/away",
                        "{'service_provider': {'enabled': true, 'auth_url': '"
                                + SHOWN
                                + "', 'sp_url': '"
                                + SHOWN
                                + "'}}")
                .expect(201);
        put(
                        away,
                        "/OS-FEDERATION/identity_providers/home",
                        "{'identity_provider': {'enabled': true}}")
                .expect(201);
        put(
                        away,
                        "/OS-FEDERATION/mappings/home",
                        "{'mapping': {'rules': [{'local': [{'user': {'name': '{0} of {1}'}},"
                                + " {'projects': [{'name': '{2} of home', 'roles': [{'name':"
                                + " 'reader'}]}]}], 'remote': [{'type': 'openstack_user'},"
                                + " {'type': 'openstack_user_domain'}, {'type':"
                                + " 'openstack_project'}, {'type': 'openstack_roles',"
                                + " 'any_one_of': ['admin']}]}]}}")
                .expect(201);
        put(away, PROTOCOL, "{'protocol': {'mapping_id': 'home'}}").expect(201);
        away.as(away.admin(), "PUT", PROTOCOL + "/verification")
                .body(
                        "application/json",
                        Json.bytes(
                                Map.of(
                                        "verification",
                                        Map.of("saml", Map.of("metadata", metadata())))))
                .send()
                .expect(200);
    }

    private String metadata() {
        return text(home.api.get(Keystone.V3 + "/OS-FEDERATION/saml2/metadata").send().expect(200));
    }

    private static String text(Response response) {
        return new String(response.body(), StandardCharsets.UTF_8);
    }

    private static Response put(Keystone cloud, String path, String json) {
        return cloud.as(cloud.admin(), "PUT", path).json(json).send();
    }

    private Response asked(String path, String token) {
        return home.api
                .post(Keystone.V3 + "/auth/OS-FEDERATION/saml2" + path)
                .json(
                        "{'auth': {'identity': {'methods': ['token'], 'token': {'id': '"
                                + token
                                + "'}}, 'scope': {'service_provider': {'id': 'away'}}}}")
                .send();
    }

    private Response shown(String envelope) {
        return away.api
                .post(Keystone.V3 + PROTOCOL + "/auth")
                .body("application/vnd.paos+xml", envelope.getBytes(StandardCharsets.UTF_8))
                .send();
    }

    @Test
    void aTokenOfOneCloudIsTakenToTheOther() {
        Response said = asked("/ecp", admin).expect(200);
        assertThat(said.headers())
                .containsEntry("x-sp-url", SHOWN)
                .containsEntry("x-auth-url", SHOWN);
        assertThat(text(said)).contains("ss:mem:");
        Response token = shown(text(said)).expect(201);
        assertThat(token.text("/token/user/name")).isEqualTo("admin of Default");
        assertThat(token.text("/token/user/OS-FEDERATION/identity_provider/id")).isEqualTo("home");
        String unscoped = String.valueOf(token.headers().get("x-subject-token"));
        assertThat(away.get(unscoped, "/auth/projects").expect(200).json().toString())
                .contains("admin of home");
        // It is taken once.
        shown(text(said)).expect(401);
    }

    @Test
    void anAssertionSaysWhatKeystonesSay() {
        String group =
                home.post(admin, "/groups", "{'group': {'name': 'a & b'}}")
                        .expect(201)
                        .text("/group/id");
        home.put(admin, "/groups/" + group + "/users/" + home.made.admin()).expect(204);
        String said = text(asked("", home.admin()).expect(200));
        assertThat(said)
                .startsWith("<samlp:Response")
                .contains("Recipient=\"" + SHOWN + "\"")
                .contains("Name=\"openstack_user\"><saml:AttributeValue>admin<")
                .contains("Name=\"openstack_user_domain\"><saml:AttributeValue>Default<")
                .contains("Name=\"openstack_project\"><saml:AttributeValue>admin<")
                .contains("Name=\"openstack_project_domain\"><saml:AttributeValue>Default<")
                .contains("<saml:AttributeValue>admin</saml:AttributeValue>")
                .contains("JSON:{\"name\":\"a &amp; b\",\"domain\":{\"name\":\"Default\"}}");
    }

    @Test
    void whatWasChangedOnTheWayOrCameLateIsRefused() {
        String said = text(asked("/ecp", admin).expect(200));
        shown(said.replace(">admin<", ">boss<")).expect(401);
        shown(said.replaceAll("(?s)<dsig:Signature.*</dsig:Signature>", "")).expect(401);
        shown(said.replace("</soap:Body>", "<x/></soap:Body>")).expect(401);
        shown("<a/>").expect(401);
        shown("no XML").expect(401);
        away.clock.move(Duration.ofHours(2));
        shown(said).expect(401);
    }

    @Test
    void onlyTokensForAProjectThatAreWholeAreTaken() {
        asked("", "nonsense").expect(404);
        asked("", home.token("admin", "secret", "{'domain': {'id': 'default'}}")).expect(403);
        home.api.post(Keystone.V3 + "/auth/OS-FEDERATION/saml2").json("{}").send().expect(400);
        Response made =
                home.post(
                                admin,
                                "/users/" + home.made.admin() + "/application_credentials",
                                "{'application_credential': {'name': 'a', 'access_rules':"
                                        + " [{'service': 'compute', 'method': 'GET', 'path':"
                                        + " '/servers'}]}}")
                        .expect(201);
        Response limited =
                home.auth(
                        "{'methods': ['application_credential'], 'application_credential': {'id':"
                                + " '"
                                + made.text("/application_credential/id")
                                + "', 'secret': '"
                                + made.text("/application_credential/secret")
                                + "'}}",
                        "");
        asked("", String.valueOf(limited.headers().get("x-subject-token"))).expect(403);
        home.patch(
                        admin,
                        "/OS-FEDERATION/service_providers/away",
                        "{'service_provider': {'enabled': false}}")
                .expect(200);
        asked("", admin).expect(403);
        home.delete(admin, "/OS-FEDERATION/service_providers/away").expect(204);
        asked("", admin).expect(404);
    }

    @Test
    void tokensNameTheServiceProvidersThatAreEnabled() {
        String path = "/OS-FEDERATION/service_providers/away";
        Response token =
                home.as(admin, "GET", "/auth/tokens").header("X-Subject-Token", admin).send();
        assertThat(token.json().at("/token/service_providers").toString())
                .isEqualTo(
                        "[{\"id\":\"away\",\"auth_url\":\""
                                + SHOWN
                                + "\",\"sp_url\":\""
                                + SHOWN
                                + "\"}]");
        home.patch(admin, path, "{'service_provider': {'enabled': false}}").expect(200);
        Response after =
                home.as(admin, "GET", "/auth/tokens").header("X-Subject-Token", admin).send();
        assertThat(after.json().at("/token/service_providers").isMissingNode()).isTrue();
    }

    @Test
    void aServiceProviderIsMadeListedShownChangedAndDeleted() {
        String path = "/OS-FEDERATION/service_providers/b";
        String urls = "'auth_url': 'https://b.example/v3', 'sp_url': 'https://b.example/ecp'";
        Response made = put(home, path, "{'service_provider': {" + urls + "}}").expect(201);
        assertThat(made.json().at("/service_provider/enabled").asBoolean()).isFalse();
        assertThat(made.text("/service_provider/relay_state_prefix")).isEqualTo("ss:mem:");
        assertThat(made.text("/service_provider/links/self")).endsWith(path);
        put(home, path, "{'service_provider': {" + urls + "}}").expect(409);
        put(home, path + "2", "{'service_provider': {'auth_url': 'x', 'sp_url': 'y'}}").expect(400);
        put(home, path + "2", "{'service_provider': {" + urls + ", 'more': 1}}").expect(400);
        assertThat(
                        home.patch(
                                        admin,
                                        path,
                                        "{'service_provider': {'description': 'd',"
                                                + " 'relay_state_prefix': 'r:'}}")
                                .expect(200)
                                .text("/service_provider/relay_state_prefix"))
                .isEqualTo("r:");
        assertThat(
                        home.get(admin, "/OS-FEDERATION/service_providers?enabled=false")
                                .expect(200)
                                .json()
                                .at("/service_providers")
                                .size())
                .isEqualTo(1);
        home.get(admin, path).expect(200);
        home.delete(admin, path).expect(204);
        home.get(admin, path).expect(404);
    }

    @Test
    void theSigningKeyOutlivesTheKeysItIsKeptWith() {
        String before = metadata();
        home.service.keys().rotateCredentials();
        assertThat(metadata()).isEqualTo(before);
        shown(text(asked("/ecp", home.admin()).expect(200))).expect(201);
    }
}
