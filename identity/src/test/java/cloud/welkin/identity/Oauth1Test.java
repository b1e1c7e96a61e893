package cloud.welkin.identity;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.welkin.identity.auth.SignedRequest;
import cloud.welkin.testing.ApiTester;
import com.nimbusds.oauth2.sdk.util.URLUtils;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** OAuth 1 as Keystone has it: docs.openstack.org/api-ref/identity/v3-ext, OS-OAUTH1. */
@TestInstance(Lifecycle.PER_CLASS)
class Oauth1Test {
    private static final String IN_PROJECT =
            "{'project': {'name': 'admin', 'domain': {'id': 'default'}}}";

    private record Pair(String token, String secret) {}

    private final Keystone keystone = new Keystone();
    private String admin = "";
    private String project = "";
    private String consumer = "";
    private String secret = "";

    @BeforeEach
    void aConsumer() {
        admin = keystone.admin();
        project = keystone.get(admin, "/projects?name=admin").text("/projects/0/id");
        ApiTester.Response made =
                keystone.post(
                                admin,
                                "/OS-OAUTH1/consumers",
                                "{'consumer': {'description': 'a', 'own': 1}}")
                        .expect(201);
        consumer = made.text("/consumer/id");
        secret = made.text("/consumer/secret");
    }

    @AfterAll
    void close() {
        keystone.close();
    }

    @Test
    void aConsumersSecretIsShownOnce() {
        ApiTester.Response shown =
                keystone.get(admin, "/OS-OAUTH1/consumers/" + consumer).expect(200);
        assertThat(shown.json().at("/consumer/secret").isMissingNode()).isTrue();
        assertThat(shown.text("/consumer/description")).isEqualTo("a");
        assertThat(shown.text("/consumer/own")).isEqualTo("1");
        keystone.patch(
                        admin,
                        "/OS-OAUTH1/consumers/" + consumer,
                        "{'consumer': {'secret': 'mine'}}")
                .expect(400);
    }

    @Test
    void ossa2020_005_anAccessTokenIsForTheRolesAndTheProjectThatWereGranted() {
        Pair access = access("reader");
        ApiTester.Response token = token(access, "1").expect(201);

        assertThat(token.json().at("/token/methods").toString()).isEqualTo("[\"oauth1\"]");
        assertThat(token.text("/token/project/id")).isEqualTo(project);
        assertThat(
                        token.json()
                                .at("/token/roles")
                                .valueStream()
                                .map(r -> r.path("name").asString()))
                .containsExactly("reader");
        assertThat(token.text("/token/OS-OAUTH1/access_token_id")).isEqualTo(access.token());
        assertThat(token.text("/token/OS-OAUTH1/consumer_id")).isEqualTo(consumer);
    }

    @Test
    void aTokenOfOauthIsGoodForNoOtherAndGrantsNothing() {
        String token = header(token(access("admin"), "2").expect(201));
        keystone.auth("{'methods': ['token'], 'token': {'id': '" + token + "'}}", IN_PROJECT)
                .expect(403);
        keystone.as(token, "PUT", "/OS-OAUTH1/authorize/" + request())
                .json("{'roles': []}")
                .send()
                .expect(403);
    }

    @Test
    void whatIsTakenAwayEndsTokensThatWereHadByIt() {
        Pair access = access("reader");
        String token = header(token(access, "3").expect(201));
        String user = keystone.caller(admin).user().value();
        String path = "/users/" + user + "/OS-OAUTH1/access_tokens";
        String one = path + "/" + access.token();

        keystone.get(admin, one + "/roles").expect(200);
        assertThat(keystone.get(admin, path).expect(200).json().toString())
                .doesNotContain(access.secret());
        keystone.delete(admin, one).expect(204);
        keystone.get(token, "/auth/projects").expect(401);
        keystone.get(admin, one).expect(404);
        token(access, "4").expect(401);
    }

    @Test
    void deletingAConsumerEndsItsTokens() {
        String token = header(token(access("reader"), "5").expect(201));
        keystone.delete(admin, "/OS-OAUTH1/consumers/" + consumer).expect(204);
        keystone.get(token, "/auth/projects").expect(401);
    }

    @Test
    void aSignatureIsGoodOnce() {
        Pair access = access("reader");
        token(access, "once").expect(201);
        token(access, "once").expect(401);
    }

    @Test
    void anOldTimestampIsRefused() {
        Pair access = access("reader");
        keystone.clock.move(Duration.ofMinutes(6));
        try {
            token(access, "late").expect(401);
        } finally {
            keystone.clock.move(Duration.ofMinutes(-6));
        }
    }

    @Test
    void aWrongSecretOrVerifierIsRefused() {
        signed("/OS-OAUTH1/request_token", Map.of(), "wrong", "", "n").expect(401);
        Pair request = requestToken();
        authorize(request.token(), "reader");
        signed(
                        "/OS-OAUTH1/access_token",
                        Map.of("oauth_token", request.token(), "oauth_verifier", "guessed1"),
                        secret,
                        request.secret(),
                        "n")
                .expect(401);
    }

    @Test
    void anotherConsumerCannotTakeARequestOver() {
        Pair request = requestToken();
        String verifier = authorize(request.token(), "reader");
        aConsumer();
        signed(
                        "/OS-OAUTH1/access_token",
                        Map.of("oauth_token", request.token(), "oauth_verifier", verifier),
                        secret,
                        request.secret(),
                        "n")
                .expect(401);
    }

    @Test
    void nobodyGrantsWhatTheyDoNotHave() {
        keystone.as(admin, "PUT", "/OS-OAUTH1/authorize/" + request())
                .json("{'roles': [{'id': '" + keystone.role("service") + "'}]}")
                .send()
                .expect(401);
    }

    /** The query of RFC 5849, 3.4.1.3, and a name that begins another; signed by oauthlib 3.2.2. */
    @Test
    void signaturesAreThoseOfOtherLibraries() {
        SignedRequest request =
                new SignedRequest(
                        "POST",
                        List.of("http://example.com/request"),
                        cloud.welkin.kernel.api.Query.parse(
                                java.util.Optional.of(
                                        "b5=%3D%253D&a3=a&c%40=&a2=r%20b&a=2&a%20=1")),
                        Map.of(
                                "oauth_consumer_key", "9djdj82h48djs9d2",
                                "oauth_token", "kkk9d7dh3k39sjv7",
                                "oauth_signature_method", "HMAC-SHA1",
                                "oauth_version", "1.0",
                                "oauth_timestamp", "137131201",
                                "oauth_nonce", "7d8f3e4a",
                                "oauth_signature", "u0RenwKHy/YYRZrBo/rbv7wQWwA="));
        assertThat(request.signedWith("j49sk3j29djd", "dh893hdasih9")).isTrue();
        assertThat(request.signedWith("j49sk3j29djd", "dh893hdasih8")).isFalse();
    }

    private Pair access(String role) {
        Pair request = requestToken();
        String verifier = authorize(request.token(), role);
        return form(
                signed(
                                "/OS-OAUTH1/access_token",
                                Map.of("oauth_token", request.token(), "oauth_verifier", verifier),
                                secret,
                                request.secret(),
                                UUID.randomUUID().toString())
                        .expect(201));
    }

    private String authorize(String request, String role) {
        return keystone.as(admin, "PUT", "/OS-OAUTH1/authorize/" + request)
                .json("{'roles': [{'id': '" + keystone.role(role) + "'}]}")
                .send()
                .expect(200)
                .text("/token/oauth_verifier");
    }

    private String request() {
        return requestToken().token();
    }

    private Pair requestToken() {
        return form(
                signed(
                                "/OS-OAUTH1/request_token",
                                Map.of(),
                                secret,
                                "",
                                UUID.randomUUID().toString())
                        .expect(201));
    }

    private ApiTester.Response token(Pair access, String nonce) {
        return signed(
                "/auth/tokens",
                Map.of("oauth_token", access.token()),
                secret,
                access.secret(),
                nonce);
    }

    private ApiTester.Response signed(
            String path,
            Map<String, String> more,
            String consumerSecret,
            String tokenSecret,
            String nonce) {
        Map<String, String> all = new TreeMap<>(more);
        all.put("oauth_consumer_key", consumer);
        all.put("oauth_signature_method", "HMAC-SHA1");
        all.put("oauth_timestamp", String.valueOf(java.time.Instant.now().getEpochSecond()));
        all.put("oauth_nonce", nonce);
        all.put("oauth_version", "1.0");
        String base =
                "POST&"
                        + SignedRequest.encode("http://cloud.test" + Keystone.V3 + path)
                        + "&"
                        + SignedRequest.encode(
                                String.join(
                                        "&",
                                        all.entrySet().stream()
                                                .map(e -> e.getKey() + "=" + e.getValue())
                                                .toList()));
        all.put("oauth_signature", hmac(base, consumerSecret + "&" + tokenSecret));
        String header =
                "OAuth "
                        + String.join(
                                ", ",
                                all.entrySet().stream()
                                        .map(
                                                e ->
                                                        e.getKey()
                                                                + "=\""
                                                                + SignedRequest.encode(e.getValue())
                                                                + "\"")
                                        .toList());
        ApiTester.Request request =
                keystone.api
                        .post(Keystone.V3 + path)
                        .header("Authorization", header)
                        .header("Requested-Project-Id", project);
        return path.equals("/auth/tokens")
                ? request.json("{'auth': {'identity': {'methods': ['oauth1'], 'oauth1': {}}}}")
                        .send()
                : request.send();
    }

    private static String hmac(String text, String key) {
        try {
            Mac mac = Mac.getInstance("HmacSHA1");
            mac.init(new SecretKeySpec(key.getBytes(StandardCharsets.UTF_8), "HmacSHA1"));
            return Base64.getEncoder()
                    .encodeToString(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
        } catch (java.security.GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Pair form(ApiTester.Response response) {
        Map<String, List<String>> form =
                URLUtils.parseParameters(new String(response.body(), StandardCharsets.UTF_8));
        return new Pair(
                form.getOrDefault("oauth_token", List.of()).getFirst(),
                form.getOrDefault("oauth_token_secret", List.of()).getFirst());
    }

    private static String header(ApiTester.Response response) {
        return java.util.Objects.requireNonNull(response.headers().get("x-subject-token"));
    }
}
