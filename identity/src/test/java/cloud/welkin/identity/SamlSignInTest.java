package cloud.welkin.identity;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.welkin.identity.saml.Responses;
import cloud.welkin.identity.store.AuditStore;
import cloud.welkin.kernel.api.Query;
import cloud.welkin.kernel.json.Json;
import cloud.welkin.testing.ApiTester.Response;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.Inflater;
import java.util.zip.InflaterInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** People who sign in to a dashboard by a SAML identity provider, with a browser. */
class SamlSignInTest {
    private static final String PROTOCOL = "/OS-FEDERATION/identity_providers/acme/protocols/saml2";
    private static final String ONE = "/auth" + PROTOCOL + "/websso";
    private static final String ANY = "/auth/OS-FEDERATION/websso/saml2";
    private static final String BACK = "/auth/OS-FEDERATION/saml2_post";
    private static final String US = "http://cloud.test" + Keystone.V3;

    /** A browser on its way to the provider: what it brings there, and its cookie. */
    private record Away(String cookie, String request, String relayState) {
        String id() {
            return of("ID", request);
        }
    }

    private final Keystone keystone = new Keystone();
    private final String admin = keystone.admin();
    private final Responses answer = new Responses();

    @AfterEach
    void close() {
        keystone.close();
    }

    @BeforeEach
    void acmeIsTrusted() {
        put("/OS-FEDERATION/identity_providers/acme", "{'identity_provider': {'enabled': true}}");
        put(
                "/OS-FEDERATION/mappings/acme",
                "{'mapping': {'rules': [{'local': [{'user': {'name': '{0}'}}],"
                        + " 'remote': [{'type': 'REMOTE_USER'}]}]}}");
        put(PROTOCOL, "{'protocol': {'mapping_id': 'acme'}}");
        trust(Responses.metadata(), 200);
        answer.audience = US;
        answer.recipient = US + BACK;
        answer.destination = US + BACK;
        answer.from = Instant.now().minusSeconds(5);
        answer.to = Instant.now().plusSeconds(300);
    }

    private void put(String path, String json) {
        keystone.as(admin, "PUT", path).json(json).send().expect(201);
    }

    private Response trust(String metadata, int status) {
        return keystone.as(admin, "PUT", PROTOCOL + "/verification")
                .body(
                        "application/json",
                        Json.bytes(
                                Map.of(
                                        "verification",
                                        Map.of("saml", Map.of("metadata", metadata)))))
                .send()
                .expect(status);
    }

    private Response begun(String method, String path, String origin) {
        return keystone.api
                .method(method, Keystone.V3 + path + "?origin=" + encoded(origin))
                .send();
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private Away away() {
        return away(begun("GET", ONE, Keystone.DASHBOARD).expect(302));
    }

    private static Away away(Response begun) {
        Query query = query(begun);
        return new Away(
                cookie(begun),
                inflated(query.text("SAMLRequest").orElseThrow()),
                query.text("RelayState").orElseThrow());
    }

    private static Query query(Response begun) {
        return Query.parse(
                Optional.of(
                        URI.create(Objects.requireNonNull(begun.headers().get("location")))
                                .getRawQuery()));
    }

    private static String cookie(Response begun) {
        String cookie = Objects.requireNonNull(begun.headers().get("set-cookie"));
        assertThat(cookie).contains("HttpOnly", "Path=/identity/v3/auth");
        return cookie.split(";", 2)[0];
    }

    private static String inflated(String request) {
        try (InflaterInputStream in =
                new InflaterInputStream(
                        new ByteArrayInputStream(Base64.getDecoder().decode(request)),
                        new Inflater(true))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static String of(String attribute, String xml) {
        Matcher found = Pattern.compile(" " + attribute + "=\"([^\"]*)\"").matcher(xml);
        assertThat(found.find()).as(attribute).isTrue();
        return found.group(1);
    }

    private Response back(Away away, String response) {
        return posted(away.cookie(), away.relayState(), Responses.base64(response));
    }

    private Response posted(String cookie, String relayState, String response) {
        return keystone.api
                .post(Keystone.V3 + BACK)
                .header("Cookie", "other=1; " + cookie)
                .form("RelayState=" + encoded(relayState) + "&SAMLResponse=" + encoded(response))
                .send();
    }

    /** As the provider answers a request when all is well. */
    private String good(Away away) {
        answer.asked = away.id();
        return answer.signed();
    }

    private static String text(Response page) {
        return new String(page.body(), StandardCharsets.UTF_8);
    }

    private static String field(String name, Response page) {
        Matcher found =
                Pattern.compile("name=\"" + name + "\" value=\"([^\"]+)\"").matcher(text(page));
        assertThat(found.find()).as(text(page)).isTrue();
        return found.group(1);
    }

    @Test
    void theDashboardIsGivenATokenOfWhoSignedIn() {
        for (Response begun :
                List.of(
                        begun("GET", ONE, Keystone.DASHBOARD),
                        begun("POST", ONE, Keystone.DASHBOARD),
                        begun("GET", ANY, Keystone.DASHBOARD))) {
            Away away = away(begun.expect(302));
            assertThat(begun.headers().get("location")).startsWith("https://idp.example/sso?");
            assertThat(of("Destination", away.request())).isEqualTo("https://idp.example/sso");
            assertThat(of("AssertionConsumerServiceURL", away.request())).isEqualTo(US + BACK);
            assertThat(away.request()).contains(">" + US + "</saml:Issuer>");
            Response page = back(away, anew(away)).expect(200);
            assertThat(text(page))
                    .contains("action=\"" + Keystone.DASHBOARD.replace("&", "&amp;") + "\"");
            assertThat(page.headers().get("content-security-policy"))
                    .contains("default-src 'none'", "form-action https://dashboard.test");
            assertThat(page.headers().get("cache-control")).isEqualTo("no-store");
            String token = field("token", page);
            Response shown =
                    keystone.as(token, "GET", "/auth/tokens")
                            .header("X-Subject-Token", token)
                            .send()
                            .expect(200);
            assertThat(shown.text("/token/user/name")).isEqualTo("joe@example.org");
            assertThat(shown.text("/token/user/OS-FEDERATION/protocol/id")).isEqualTo("saml2");
        }
        assertThat(events("authenticate"))
                .filteredOn(event -> event.contains("saml2_post"))
                .hasSize(3)
                .allMatch(event -> event.contains("\"success\""));
        assertThat(events("create")).noneMatch(event -> event.contains("websso"));
    }

    private List<String> events(String action) {
        return keystone.service
                .audit()
                .find(
                        new AuditStore.Filter(
                                Optional.empty(),
                                Optional.of(action),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty(),
                                1000));
    }

    /** An assertion of its own. */
    private String anew(Away away) {
        answer.asked = away.id();
        String id = "_assertion" + away.id();
        return Responses.sign(answer.response(answer.assertion(id)), id, Responses.KEYS);
    }

    @Test
    void theRequestIsSignedByTheKeyOfOurMetadata() throws GeneralSecurityException {
        Response begun = begun("GET", ONE, Keystone.DASHBOARD).expect(302);
        String location = Objects.requireNonNull(begun.headers().get("location"));
        String query = location.substring(location.indexOf('?') + 1);
        String metadata =
                text(keystone.api.get(Keystone.V3 + PROTOCOL + "/metadata").send().expect(200));
        assertThat(metadata)
                .contains("AuthnRequestsSigned=\"true\"")
                .contains("Location=\"" + US + BACK + "\" index=\"0\" isDefault=\"true\"");
        Matcher certificate = Pattern.compile("<ds:X509Certificate>([^<]+)").matcher(metadata);
        assertThat(certificate.find()).isTrue();
        Signature signature = Signature.getInstance("SHA256withRSA");
        signature.initVerify(
                CertificateFactory.getInstance("X.509")
                        .generateCertificate(
                                new ByteArrayInputStream(
                                        Base64.getDecoder().decode(certificate.group(1))))
                        .getPublicKey());
        signature.update(
                query.substring(0, query.indexOf("&Signature="))
                        .getBytes(StandardCharsets.US_ASCII));
        assertThat(
                        signature.verify(
                                Base64.getDecoder()
                                        .decode(query(begun).text("Signature").orElseThrow())))
                .isTrue();
    }

    @Test
    void aProviderThatWantsAFormIsPostedOne() {
        trust(Responses.metadata().replace("HTTP-Redirect", "HTTP-POST"), 200);
        Response page = begun("GET", ONE, Keystone.DASHBOARD).expect(200);
        assertThat(text(page)).contains("action=\"https://idp.example/sso\" method=\"post\"");
        assertThat(page.headers().get("content-security-policy"))
                .contains("default-src 'none'")
                .doesNotContain("form-action");
        Away away =
                new Away(
                        cookie(page),
                        new String(
                                Base64.getDecoder().decode(field("SAMLRequest", page)),
                                StandardCharsets.UTF_8),
                        field("RelayState", page));
        assertThat(away.request()).contains("SignatureValue").contains("URI=\"#" + away.id());
        back(away, good(away)).expect(200);
    }

    @Test
    void onlyTrustedDashboardsAreGivenTokensAndNothingOfTheOriginGetsIntoAPage() {
        for (String origin :
                List.of(
                        "https://evil.test/",
                        Keystone.DASHBOARD + "/",
                        Keystone.DASHBOARD + "\"><script>alert(1)</script>",
                        "https://dashboard.test@evil.test/auth/websso/",
                        "javascript:alert(1)")) {
            for (String path : List.of(ONE, ANY)) {
                Response refused = begun("GET", path, origin).expect(401);
                assertThat(refused.headers().get("content-type")).contains("application/json");
                assertThat(refused.headers()).doesNotContainKeys("location", "set-cookie");
            }
        }
        keystone.api.get(Keystone.V3 + ONE).send().expect(400);
    }

    @Test
    void aRelayStateThatIsMarkupIsInNoAnswer() {
        Response refused = posted(away().cookie(), "\"><script>alert(1)</script>", "x").expect(401);
        assertThat(text(refused)).doesNotContain("<script>");
    }

    @Test
    void whoComesBackIsWhoSetOutAndOnlyOnce() {
        Away victim = away();
        Away attacker = away();
        // The attacker's own answer, brought by the victim's browser: with its own state, and with
        // the victim's.
        posted(victim.cookie(), attacker.relayState(), Responses.base64(good(attacker)))
                .expect(401);
        posted(victim.cookie(), victim.relayState(), Responses.base64(good(attacker))).expect(401);
        // Either attempt has used its state up.
        back(attacker, good(attacker)).expect(401);
        back(victim, good(victim)).expect(401);

        Away bare = away();
        keystone.api
                .post(Keystone.V3 + BACK)
                .form(
                        "RelayState="
                                + encoded(bare.relayState())
                                + "&SAMLResponse="
                                + encoded(Responses.base64(good(bare))))
                .send()
                .expect(401);

        Away good = away();
        back(good, good(good)).expect(200);
        back(good, good(good)).expect(401);

        Away late = away();
        keystone.clock.move(Duration.ofMinutes(11));
        answer.to = Instant.now().plus(Duration.ofHours(1));
        back(late, anew(late)).expect(401);
    }

    @Test
    void anAssertionIsTakenOnceWhicheverWayItComes() {
        Away first = away();
        String signed = good(first);
        back(first, signed).expect(200);
        Away second = away();
        back(second, signed).expect(401);
        answer.asked = second.id();
        back(away(), answer.signed()).expect(401);
    }

    @Test
    void anAnswerThatIsNotToThisRequestIsRefused() {
        Away asked = away();
        answer.asked = "_another";
        back(asked, answer.signed()).expect(401);
        Away unsolicited = away();
        answer.asked = "";
        back(unsolicited, answer.signed()).expect(401);
        Away around = away();
        answer.answers = " InResponseTo=\"_another\"";
        back(around, good(around)).expect(401);
    }

    @Test
    void whatTheProviderDidNotSayToUsNowIsRefused() {
        Away unsigned = away();
        answer.asked = unsigned.id();
        back(unsigned, answer.response(answer.assertion("_a"))).expect(401);
        Away strange = away();
        answer.asked = strange.id();
        back(
                        strange,
                        Responses.sign(
                                answer.response(answer.assertion("_a")), "_a", Responses.keys()))
                .expect(401);
        refused(() -> answer.audience = "https://another.example");
        refused(() -> answer.destination = "https://another.example/acs");
        // What is for programs is not for browsers.
        refused(() -> answer.recipient = US + PROTOCOL + "/auth");
        refused(() -> answer.issuer = "https://another.example");
        refused(() -> answer.to = Instant.now().minus(Duration.ofMinutes(3)));
        refused(() -> answer.from = Instant.now().plus(Duration.ofMinutes(3)));
        refused(() -> answer.status = "urn:oasis:names:tc:SAML:2.0:status:Responder");
        posted(away().cookie(), away().relayState(), "%%%").expect(401);
        Away nothing = away();
        keystone.api
                .post(Keystone.V3 + BACK)
                .header("Cookie", nothing.cookie())
                .form("RelayState=" + nothing.relayState())
                .send()
                .expect(401);
    }

    private void refused(Runnable change) {
        String audience = answer.audience;
        String destination = answer.destination;
        String recipient = answer.recipient;
        String issuer = answer.issuer;
        String status = answer.status;
        Instant from = answer.from;
        Instant to = answer.to;
        change.run();
        Away away = away();
        back(away, anew(away)).expect(401);
        answer.audience = audience;
        answer.destination = destination;
        answer.recipient = recipient;
        answer.issuer = issuer;
        answer.status = status;
        answer.from = from;
        answer.to = to;
        Away well = away();
        back(well, anew(well)).expect(200);
    }

    @Test
    void anAnswerMayNameManyGroups() {
        Away away = away();
        answer.asked = away.id();
        String many = answer.assertion("_many").replace("staff", "x".repeat(200_000));
        back(away, Responses.sign(answer.response(many), "_many", Responses.KEYS)).expect(200);
        posted(away().cookie(), "x", "x".repeat(600_000)).expect(413);
    }

    @Test
    void aDisabledProviderSignsNobodyIn() {
        Away away = away();
        keystone.patch(
                        admin,
                        "/OS-FEDERATION/identity_providers/acme",
                        "{'identity_provider': {'enabled': false}}")
                .expect(200);
        back(away, good(away)).expect(403);
        begun("GET", ANY, Keystone.DASHBOARD).expect(404);
    }

    @Test
    void metadataThatLeadAstrayAreRefused() {
        for (String address :
                List.of(
                        "javascript:alert(1)",
                        "data:text/html,x",
                        "file:///etc/passwd",
                        "//idp.example/sso",
                        "https://somebody@idp.example/sso",
                        "")) {
            trust(Responses.metadata().replace("https://idp.example/sso", address), 400);
        }
        trust(Responses.metadata().replace("HTTP-Redirect", "SOAP"), 200);
        begun("GET", ONE, Keystone.DASHBOARD).expect(403);
    }

    @Test
    void startsAreCountedByAddressAndInAllAndForgottenInTheEnd() {
        for (int i = 0; i < 50; i++) {
            away();
        }
        // As many are under way as may be at once.
        begun("GET", ONE, Keystone.DASHBOARD).expect(429);
        keystone.clock.move(Duration.ofMinutes(11));
        assertThat(sweep()).isEqualTo(50);
        assertThat(sweep()).isZero();
        answer.from = keystone.clock.instant().minusSeconds(5);
        answer.to = keystone.clock.instant().plusSeconds(300);
        Away again = away();
        back(again, anew(again)).expect(200);
        int started = 0;
        while (begun("GET", ONE, "https://evil.test/").status() == 401
                && begun("GET", ONE, Keystone.DASHBOARD).status() == 302) {
            started++;
        }
        assertThat(started).isLessThanOrEqualTo(50);
        // Who brings answers is counted too: 100 in a minute.
        int brought = 0;
        while (posted("", "x", "x").status() == 401) {
            brought++;
        }
        assertThat(brought).isLessThanOrEqualTo(100);
        Response held = posted("", "x", "x").expect(429);
        assertThat(held.headers()).containsKey("retry-after");
    }

    private int sweep() {
        return keystone.service.reconcilers().stream()
                .filter(one -> one.name().equals("identity sign-ins by browser"))
                .findFirst()
                .orElseThrow()
                .reconcile()
                .changed();
    }
}
