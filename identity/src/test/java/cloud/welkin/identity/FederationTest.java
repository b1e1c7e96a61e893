package cloud.welkin.identity;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import cloud.welkin.identity.federation.FederatedSignIn;
import cloud.welkin.identity.saml.Responses;
import cloud.welkin.kernel.json.Json;
import cloud.welkin.testing.ApiTester.Response;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import java.util.Map;
import java.util.Objects;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Users of an OpenID provider, and what they may do here. */
class FederationTest {
    private static final String PROVIDERS = "/OS-FEDERATION/identity_providers";
    private static final String AUTH = PROVIDERS + "/acme/protocols/openid/auth";

    private final Keystone keystone = new Keystone();
    private final OpenIdProvider acme = new OpenIdProvider();
    private final String admin = keystone.admin();
    private String group = "";
    private String project = "";

    @BeforeEach
    void acmeIsTrusted() {
        group =
                keystone.post(admin, "/groups", "{'group': {'name': 'staff'}}")
                        .expect(201)
                        .text("/group/id");
        project = keystone.project("shared");
        keystone.put(
                        admin,
                        "/projects/"
                                + project
                                + "/groups/"
                                + group
                                + "/roles/"
                                + keystone.role("member"))
                .expect(204);
        put(
                PROVIDERS + "/acme",
                "{'identity_provider': {'enabled': true, 'remote_ids': ['" + acme.issuer() + "']}}",
                201);
        put(
                "/OS-FEDERATION/mappings/acme",
                "{'mapping': {'rules': [{'local': [{'user': {'id': '{0}', 'name': '{1}'}},"
                        + " {'groups': '{2}', 'domain': {'id': 'default'}}, {'projects': [{'name': 'of"
                        + " {1}', 'roles': [{'name': 'reader'}]}]}], 'remote': [{'type': 'OIDC-sub'},"
                        + " {'type': 'HTTP_OIDC_PREFERRED_USERNAME'}, {'type': 'OIDC-groups'}]}]}}",
                201);
        put(
                PROVIDERS + "/acme/protocols/openid",
                "{'protocol': {'mapping_id': 'acme', 'remote_id_attribute': 'OIDC-iss'}}",
                201);
        verifyBy("'client_secret': 's3cret'");
    }

    @AfterEach
    void close() {
        acme.close();
        keystone.close();
    }

    private void verifyBy(String more) {
        put(
                PROVIDERS + "/acme/protocols/openid/verification",
                "{'verification': {'oidc': {'issuer': '"
                        + acme.issuer()
                        + "', 'audience': 'welkin'"
                        + (more.isEmpty() ? "" : ", " + more)
                        + "}}}",
                200);
    }

    private void put(String path, String json, int status) {
        keystone.as(admin, "PUT", path).json(json).send().expect(status);
    }

    private Response by(String token) {
        return keystone.api
                .method("GET", Keystone.V3 + AUTH)
                .header("Authorization", "Bearer " + token)
                .send();
    }

    private String signIn() {
        return Objects.requireNonNull(
                by(acme.signed(acme.claims())).expect(201).headers().get("x-subject-token"));
    }

    private Response scoped(String token, String project) {
        return keystone.auth(
                "{'methods': ['token'], 'token': {'id': '" + token + "'}}",
                "{'project': {'id': '" + project + "'}}");
    }

    @Test
    void aUserOfTheProvidersIsOneOfOursInItsDomain() {
        Response first = by(acme.signed(acme.claims())).expect(201);
        assertThat(first.text("/token/user/name")).isEqualTo("joe");
        assertThat(first.text("/token/user/OS-FEDERATION/identity_provider/id")).isEqualTo("acme");
        assertThat(first.text("/token/user/OS-FEDERATION/protocol/id")).isEqualTo("openid");
        assertThat(first.text("/token/user/OS-FEDERATION/groups/0/id")).isEqualTo(group);
        assertThat(first.text("/token/methods/0")).isEqualTo("mapped");
        assertThat(first.json().at("/token/project").isMissingNode()).isTrue();
        Response again = by(acme.signed(acme.claims())).expect(201);
        assertThat(again.text("/token/user/id")).isEqualTo(first.text("/token/user/id"));
        String domain = first.text("/token/user/domain/id");
        assertThat(domain).isNotEqualTo("default");
        assertThat(keystone.get(admin, PROVIDERS + "/acme").text("/identity_provider/domain_id"))
                .isEqualTo(domain);
    }

    @Test
    void itMayDoWhatItsGroupsAndProjectsGive() {
        String token = signIn();
        Response scoped = scoped(token, project).expect(201);
        assertThat(scoped.text("/token/user/OS-FEDERATION/protocol/id")).isEqualTo("openid");
        assertThat(scoped.json().at("/token/roles").toString()).contains("member");
        Response projects = keystone.get(token, "/auth/projects").expect(200);
        assertThat(projects.json().toString()).contains("of joe").contains("shared");
        scoped(token, keystone.made.adminProject().value()).expect(401);
    }

    @Test
    void cve2026_44394_aTokenForAScopeEndsWithTheOneThatItCameFrom() {
        Response first = by(acme.signed(acme.claims())).expect(201);
        String end = first.text("/token/expires_at");
        String token = Objects.requireNonNull(first.headers().get("x-subject-token"));
        for (int i = 0; i < 3; i++) {
            keystone.clock.move(Duration.ofMinutes(15));
            Response again = scoped(token, project).expect(201);
            assertThat(again.text("/token/expires_at")).isEqualTo(end);
            token = Objects.requireNonNull(again.headers().get("x-subject-token"));
        }
        keystone.clock.move(Duration.ofMinutes(16));
        scoped(token, project).expect(404);
    }

    @Test
    void ossa2017_004_withoutGroupsNobodyGetsTheRolesOfOthersInAProject() {
        keystone.grant(keystone.user("boss", "pw"), project, "admin");
        assertThat(scoped(signIn(), project).expect(201).json().at("/token/roles").toString())
                .contains("member")
                .doesNotContain("admin", "manager");
        keystone.patch(
                        admin,
                        "/OS-FEDERATION/mappings/acme",
                        "{'mapping': {'rules': [{'local': [{'user': {'id': '{0}', 'name': '{0}'}},"
                                + " {'projects': [{'name': 'shared of acme', 'roles': [{'name':"
                                + " 'reader'}]}]}], 'remote': [{'type': 'OIDC-sub'}]}]}}")
                .expect(200);
        String token = signIn();
        scoped(token, project).expect(401);
        String own =
                keystone.get(token, "/auth/projects")
                        .expect(200)
                        .json()
                        .at("/projects")
                        .valueStream()
                        .filter(one -> one.path("name").asString().equals("shared of acme"))
                        .map(one -> one.path("id").asString())
                        .findFirst()
                        .orElseThrow();
        assertThat(scoped(token, own).expect(201).json().at("/token/roles").toString())
                .contains("reader")
                .doesNotContain("member");
    }

    @Test
    void membershipsEndWithWhatTheProviderVouchesFor() {
        String token = signIn();
        String old =
                Objects.requireNonNull(
                        scoped(token, project).expect(201).headers().get("x-subject-token"));
        // The provider says that joe is in no group of ours any more.
        by(acme.signed(acme.claims().claim("groups", "guests"))).expect(201);
        keystone.get(old, "/auth/projects").expect(401);
        scoped(token, project).expect(401);
    }

    @Test
    void aDisabledProvidersTokensEndAndNewOnesAreRefused() {
        String token = signIn();
        keystone.patch(admin, PROVIDERS + "/acme", "{'identity_provider': {'enabled': false}}")
                .expect(200);
        keystone.get(token, "/auth/projects").expect(401);
        by(acme.signed(acme.claims())).expect(403);
        keystone.patch(admin, PROVIDERS + "/acme", "{'identity_provider': {'enabled': true}}")
                .expect(200);
        keystone.get(signIn(), "/auth/projects").expect(200);
        keystone.delete(admin, PROVIDERS + "/acme/protocols/openid").expect(204);
        keystone.get(token, "/auth/projects").expect(401);
    }

    @Test
    void nameOfSomebodyElseGivesNothingOfTheirs() {
        String domain =
                keystone.get(admin, PROVIDERS + "/acme").text("/identity_provider/domain_id");
        String local =
                keystone.post(
                                admin,
                                "/users",
                                "{'user': {'name': 'joe', 'domain_id': '" + domain + "'}}")
                        .expect(201)
                        .text("/user/id");
        assertThat(by(acme.signed(acme.claims())).expect(201).text("/token/user/id"))
                .isNotEqualTo(local);
    }

    @Test
    void forgedTokensAreRefused() throws JOSEException {
        by("nonsense").expect(401);
        by(new PlainJWT(acme.claims().build()).serialize()).expect(401);
        SignedJWT symmetric =
                new SignedJWT(new JWSHeader(JWSAlgorithm.HS256), acme.claims().build());
        symmetric.sign(new MACSigner(Arrays.copyOf(acme.key.toRSAPublicKey().getEncoded(), 256)));
        by(symmetric.serialize()).expect(401);
        by(OpenIdProvider.signed(acme.claims(), OpenIdProvider.key("one"))).expect(401);
        by(OpenIdProvider.signed(acme.claims(), OpenIdProvider.key("unknown"))).expect(401);
        by(acme.signed(acme.claims().audience("another"))).expect(401);
        by(acme.signed(acme.claims().issuer("http://another.example"))).expect(401);
        by(acme.signed(acme.claims().expirationTime(Date.from(Instant.now().minusSeconds(120)))))
                .expect(401);
        by(acme.signed(acme.claims().expirationTime(null))).expect(401);
        by(acme.signed(acme.claims().subject(null))).expect(401);
        String good = acme.signed(acme.claims());
        by(good.substring(0, good.length() - 4) + "AAAA").expect(401);
        by("x".repeat(20_000)).expect(401);
        keystone.api.method("GET", Keystone.V3 + AUTH).send().expect(401);
    }

    @Test
    void anotherProviderOfTheSameWordsIsRefused() {
        keystone.patch(
                        admin,
                        PROVIDERS + "/acme",
                        "{'identity_provider': {'remote_ids': ['http://another.example']}}")
                .expect(200);
        by(acme.signed(acme.claims())).expect(403);
    }

    @Test
    void whyTheMappingMakesNobodyIsInTheLogWithoutWhatTheProviderSays() {
        Logger logger = (Logger) LoggerFactory.getLogger(FederatedSignIn.class);
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        logger.addAppender(lines);
        try {
            by(acme.signed(acme.claims().claim("groups", null).claim("phone", "0170-1")))
                    .expect(401);
        } finally {
            logger.detachAppender(lines);
        }
        assertThat(lines.list)
                .singleElement()
                .extracting(ILoggingEvent::getFormattedMessage, InstanceOfAssertFactories.STRING)
                .startsWith("somebody of acme by openid is refused: mapping acme makes no user")
                .contains("OIDC-phone")
                .doesNotContain("0170-1");
    }

    @Test
    void newKeysOfTheProviderAreFetchedButNotOverAndOver() {
        signIn();
        RSAKey next = OpenIdProvider.key("two");
        acme.key = next;
        by(acme.signed(acme.claims())).expect(201);
        int asked = acme.keysAsked.get();
        for (int i = 0; i < 20; i++) {
            by(OpenIdProvider.signed(acme.claims(), OpenIdProvider.key("made up " + i)))
                    .expect(401);
        }
        assertThat(acme.keysAsked.get() - asked).isLessThan(5);
    }

    @Test
    void anOpaqueTokenIsAskedAbout() {
        by("opaque").expect(401);
        acme.introspection =
                "{\"active\": true, \"sub\": \"42\", \"client_id\": \"welkin\", \"scope\":"
                        + " \"openid\"}";
        // userinfo names no groups, so the mapping makes nobody of it.
        by("opaque").expect(401);
        keystone.patch(
                        admin,
                        "/OS-FEDERATION/mappings/acme",
                        "{'mapping': {'rules': [{'local': [{'user': {'name': '{0}'}}], 'remote':"
                                + " [{'type': 'OIDC-preferred_username'}]}]}}")
                .expect(200);
        assertThat(by("opaque").expect(201).text("/token/user/name")).isEqualTo("opaque");
        acme.introspection = acme.introspection.replace("welkin", "another");
        by("opaque").expect(401);
        verifyBy("");
        by("opaque").expect(401);
    }

    @Test
    void aSamlResponseIsTakenOnce() {
        Responses answer = new Responses();
        put(PROVIDERS + "/acme/protocols/saml2", "{'protocol': {'mapping_id': 'acme'}}", 201);
        keystone.patch(
                        admin,
                        "/OS-FEDERATION/mappings/acme",
                        "{'mapping': {'rules': [{'local': [{'user': {'name': '{0}'}}, {'groups':"
                                + " '{1}', 'domain': {'id': 'default'}}], 'remote': [{'type':"
                                + " 'REMOTE_USER'}, {'type': 'groups'}]}]}}")
                .expect(200);
        String path = PROVIDERS + "/acme/protocols/saml2";
        put(path + "/verification", "{'verification': {'saml': {'metadata': '<a/>'}}}", 400);
        keystone.as(admin, "PUT", path + "/verification")
                .body(
                        "application/json",
                        Json.bytes(
                                Map.of(
                                        "verification",
                                        Map.of("saml", Map.of("metadata", Responses.metadata())))))
                .send()
                .expect(200);
        String metadata =
                new String(
                        keystone.api.method("GET", Keystone.V3 + path + "/metadata").send().body(),
                        StandardCharsets.UTF_8);
        answer.audience = metadata.replaceAll("(?s).*entityID=\"([^\"]*)\".*", "$1");
        answer.recipient = metadata.replaceAll("(?s).*Location=\"([^\"]*)\".*", "$1");
        answer.destination = answer.recipient;
        answer.from = Instant.now().minusSeconds(5);
        answer.to = Instant.now().plusSeconds(300);
        String signed = answer.signed();

        Response token = shown(path, signed).expect(201);
        assertThat(token.text("/token/user/name")).isEqualTo("joe@example.org");
        assertThat(token.text("/token/user/OS-FEDERATION/groups/0/id")).isEqualTo(group);
        shown(path, signed).expect(401);
        shown(path, answer.response(answer.assertion("_unsigned"))).expect(401);
        answer.audience = "https://another.example";
        shown(path, answer.signed()).expect(401);
    }

    private Response shown(String path, String response) {
        return keystone.api
                .method("POST", Keystone.V3 + path + "/auth")
                .body(
                        "application/x-www-form-urlencoded",
                        ("SAMLResponse="
                                        + URLEncoder.encode(
                                                Responses.base64(response), StandardCharsets.UTF_8))
                                .getBytes(StandardCharsets.UTF_8))
                .send();
    }

    @Test
    void aProviderThatIsDownIsSaidToBe() {
        acme.close();
        by(acme.signed(acme.claims())).expect(503);
    }

    @Test
    void secretsAreNeitherShownNorKeptInClear() {
        assertThat(
                        keystone.get(admin, PROVIDERS + "/acme/protocols/openid/verification")
                                .expect(200)
                                .json()
                                .toString())
                .contains("welkin")
                .doesNotContain("s3cret");
        String kept =
                keystone.database
                        .database()
                        .read(
                                tx ->
                                        tx.sql()
                                                .fetchSingle(
                                                        "select verification from"
                                                                + " identity.federation_protocol")
                                                .get(0, String.class));
        assertThat(kept).startsWith("gAAAA");
        keystone.service.keys().rotateCredentials();
        signIn();
    }
}
