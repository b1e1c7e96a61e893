package cloud.welkin.identity;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.welkin.identity.auth.CertificateMapping;
import cloud.welkin.identity.domain.Certificates;
import cloud.welkin.testing.ApiTester;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Set;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** Tokens by OAuth 2.0's client credentials: docs.openstack.org/api-ref/identity/v3-ext. */
@TestInstance(Lifecycle.PER_CLASS)
class ClientCredentialsTest {
    private static final String GRANT = "grant_type=client_credentials";

    private final Keystone keystone = new Keystone();
    private String user = "";
    private String project = "";

    @BeforeAll
    void aUserWithADefaultProject() {
        project = keystone.project("machines");
        user = keystone.user("robot", "pw");
        keystone.grant(user, project, "member");
        keystone.patch(
                        keystone.admin(),
                        "/users/" + user,
                        "{'user': {'default_project_id': '" + project + "'}}")
                .expect(200);
    }

    @AfterAll
    void close() {
        keystone.close();
    }

    @Test
    void anApplicationCredentialsSecretGivesAToken() {
        String robot = keystone.token("robot", "pw", "{'project': {'id': '" + project + "'}}");
        ApiTester.Response made =
                keystone.post(
                                robot,
                                "/users/" + user + "/application_credentials",
                                "{'application_credential': {'name': 'one'}}")
                        .expect(201);
        String id = made.text("/application_credential/id");
        String secret = made.text("/application_credential/secret");

        ApiTester.Response token =
                ask(GRANT).header("Authorization", basic(id, secret)).send().expect(200);
        assertThat(token.text("/token_type")).isEqualTo("Bearer");
        assertThat(token.text("/expires_in").length()).isGreaterThan(3);
        assertThat(token.headers()).containsEntry("cache-control", "no-store");
        String access = token.text("/access_token");
        keystone.get(access, "/auth/projects").expect(200);
        // As RFC 6750 sends it.
        keystone.api
                .get(Keystone.V3 + "/auth/projects")
                .header("Authorization", "Bearer " + access)
                .send()
                .expect(200);

        ApiTester.Response wrong =
                ask(GRANT).header("Authorization", basic(id, "wrong")).send().expect(401);
        assertThat(wrong.text("/error")).isEqualTo("invalid_client");
        assertThat(ask("grant_type=password").send().expect(400).text("/error"))
                .isEqualTo("unsupported_grant_type");
        assertThat(ask("a=b").send().expect(400).text("/error")).isEqualTo("invalid_request");
        ask(GRANT).send().expect(401);
    }

    @Test
    void aCertificateGivesATokenThatIsGoodWithItAlone() {
        X509Certificate own = certificate("CN=robot,UID=" + user + ",O=Default,DC=default");
        X509Certificate other = certificate("CN=robot,UID=" + user + ",O=Default,DC=default");
        String access = byCertificate(own).expect(200).text("/access_token");

        keystone.as(access, "GET", "/auth/projects").certificate(own).send().expect(200);
        keystone.as(access, "GET", "/auth/projects").certificate(other).send().expect(401);
        keystone.get(access, "/auth/projects").expect(401);
        ApiTester.Response shown =
                keystone.as(keystone.admin(), "GET", "/auth/tokens")
                        .header("X-Subject-Token", access)
                        .send()
                        .expect(200);
        assertThat(shown.json().at("/token/oauth2_credential").path("x5t#S256").asString())
                .isEqualTo(Certificates.thumbprint(own));
        assertThat(shown.text("/token/project/id")).isEqualTo(project);
        assertThat(shown.text("/token/methods/0")).isEqualTo("oauth2_credential");
        // It cannot be exchanged for one that is bound to nothing.
        keystone.auth("{'methods': ['token'], 'token': {'id': '" + access + "'}}", "").expect(403);
    }

    @Test
    void theRulesOfTheMappingSayWhoseACertificateIs() {
        String rules =
                "{'mapping': {'rules': [{'local': [{'user': {'id': '{0}', 'domain': {'id': '{1}'}}}],"
                        + " 'remote': [{'type': 'SSL_CLIENT_SUBJECT_DN_UID'}, {'type':"
                        + " 'SSL_CLIENT_SUBJECT_DN_DC'}, {'type': 'SSL_CLIENT_ISSUER_DN_CN',"
                        + " 'any_one_of': ['%s']}]}]}}";
        String path = "/OS-FEDERATION/mappings/oauth2_mapping";
        X509Certificate right = certificate("UID=" + user + ",DC=default");
        X509Certificate byName = certificate("CN=robot,O=Default");
        keystone.as(keystone.admin(), "PUT", path).json(rules.formatted("root")).send().expect(201);
        try {
            byCertificate(right).expect(200);
            // What would do without a mapping does not with one.
            byCertificate(byName).expect(401);
            byCertificate(certificate("UID=" + user + ",DC=other")).expect(401);
            byCertificate(certificate("UID=" + keystone.made.admin().value() + ",DC=default"))
                    .expect(401);
            keystone.patch(keystone.admin(), path, rules.formatted("another")).expect(200);
            byCertificate(right).expect(401);
            // A rule that names nobody lets nobody choose.
            keystone.patch(
                            keystone.admin(),
                            path,
                            "{'mapping': {'rules': [{'local': [{'user': {'domain': {'id': '{0}'}}}],"
                                    + " 'remote': [{'type': 'SSL_CLIENT_SUBJECT_DN_DC'}]}]}}")
                    .expect(200);
            byCertificate(right).expect(401);
        } finally {
            keystone.delete(keystone.admin(), path).expect(204);
        }
        byCertificate(byName).expect(200);
    }

    @Test
    void withoutAMappingOnlyIssuersThatTheOperatorNamedAreBelieved() {
        X509Certificate admin = certificate("CN=robot,O=Default", "CN=elsewhere");
        assertThat(byCertificate(admin).expect(401).text("/error")).isEqualTo("invalid_client");
    }

    @Test
    void onlyTheMethodsOfTheSettingAreTaken() {
        try (Keystone strict =
                new Keystone(
                        new CertificateMapping(
                                List.of("root"),
                                "oauth2_mapping",
                                Set.of(CertificateMapping.CERTIFICATE)))) {
            String id = strict.made.admin().value();
            String token = strict.admin();
            ApiTester.Response made =
                    strict.post(
                                    token,
                                    "/users/" + id + "/application_credentials",
                                    "{'application_credential': {'name': 'one'}}")
                            .expect(201);
            strict.api
                    .post(Keystone.V3 + "/OS-OAUTH2/token")
                    .form(GRANT)
                    .header(
                            "Authorization",
                            basic(
                                    made.text("/application_credential/id"),
                                    made.text("/application_credential/secret")))
                    .send()
                    .expect(401);
        }
    }

    @Test
    void aCertificateOfSomebodyElseGivesNothing() {
        for (String subject :
                new String[] {
                    "CN=admin,O=Default",
                    "CN=robot",
                    "O=Default",
                    "CN=robot,O=Other",
                    "CN=robot,UID=" + "0".repeat(32) + ",O=Default",
                    "CN=robot,O=Default,EMAILADDRESS=a@b"
                }) {
            assertThat(byCertificate(certificate(subject)).expect(401).text("/error"))
                    .as(subject)
                    .isEqualTo("invalid_client");
        }
    }

    private ApiTester.Response byCertificate(X509Certificate certificate) {
        return ask(GRANT + "&client_id=" + user).certificate(certificate).send();
    }

    private ApiTester.Request ask(String form) {
        return keystone.api.post(Keystone.V3 + "/OS-OAUTH2/token").form(form);
    }

    private static String basic(String id, String secret) {
        return "Basic "
                + Base64.getEncoder()
                        .encodeToString((id + ":" + secret).getBytes(StandardCharsets.UTF_8));
    }

    private static X509Certificate certificate(String subject) {
        return certificate(subject, "CN=root");
    }

    private static X509Certificate certificate(String subject, String issuer) {
        try {
            KeyPair pair = KeyPairGenerator.getInstance("EC").generateKeyPair();
            Instant now = Instant.now();
            return new JcaX509CertificateConverter()
                    .getCertificate(
                            new JcaX509v3CertificateBuilder(
                                            new X500Name(issuer),
                                            BigInteger.ONE,
                                            Date.from(now.minusSeconds(60)),
                                            Date.from(now.plusSeconds(3600)),
                                            new X500Name(subject),
                                            pair.getPublic())
                                    .build(
                                            new JcaContentSignerBuilder("SHA256withECDSA")
                                                    .build(pair.getPrivate())));
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
