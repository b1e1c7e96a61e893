package cloud.welkin.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.CookieHandler;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * People of a SAML identity provider that others wrote (tngan's samlify, which insists on signed
 * requests) sign in to a dashboard by their browser: asked by redirect, and by form.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Tag("engine")
class SamlProviderTest {
    private static final String DASHBOARD = "http://dashboard.test/auth/websso/";
    private static final String V3 = "/identity/v3";

    private final CloudUnderTest cloud =
            CloudUnderTest.onSimulatedHosts("identity.trusted-dashboards=" + DASHBOARD);
    private final Rest admin = cloud.rest();
    private final String idp;
    private final NodeProgram provider;

    SamlProviderTest(@TempDir Path folder) throws IOException {
        Files.createDirectories(folder);
        int port = CloudUnderTest.freePort();
        idp = "http://127.0.0.1:" + port;
        provider = new NodeProgram("saml.mjs", String.valueOf(port), folder.toString());
        put(
                "/OS-FEDERATION/identity_providers/acme",
                "{\"identity_provider\": {\"enabled\": true}}");
        put(
                "/OS-FEDERATION/mappings/acme",
                """
                {"mapping": {"rules": [{"local": [{"user": {"name": "{0}"}}],
                  "remote": [{"type": "REMOTE_USER"},
                   {"type": "groups", "any_one_of": ["staff"]}]}]}}
                """);
        for (String binding : new String[] {"redirect", "post"}) {
            put(protocol(binding), "{\"protocol\": {\"mapping_id\": \"acme\"}}");
            put(
                    protocol(binding) + "/verification",
                    Rest.JSON.writeValueAsString(
                            Map.of(
                                    "verification",
                                    Map.of(
                                            "saml",
                                            Map.of(
                                                    "metadata",
                                                    new Browser()
                                                            .open(idp + "/" + binding + "/metadata")
                                                            .body())))));
        }
    }

    /**
     * With the key that signs alone, which comes first: samlify takes one for what is redirected.
     */
    @BeforeEach
    void theProviderKnowsUs() {
        tellUs(metadata().replaceFirst("(?s)(</md:KeyDescriptor>).*</md:KeyDescriptor>", "$1"));
    }

    /** This cloud is one service provider, whichever protocol's metadata are read. */
    private String metadata() {
        return new Browser().open(cloud.origin() + V3 + protocol("post") + "/metadata").body();
    }

    private void tellUs(String metadata) {
        new Browser()
                .send(
                        HttpRequest.newBuilder(URI.create(idp + "/sp"))
                                .POST(BodyPublishers.ofString(metadata))
                                .build());
    }

    @AfterAll
    void close() {
        provider.close();
        cloud.close();
    }

    private static String protocol(String id) {
        return "/OS-FEDERATION/identity_providers/acme/protocols/" + id;
    }

    private void put(String path, String json) {
        admin.put(V3 + path, json).expect(200, 201, 204);
    }

    /**
     * Brings cookies back to the cloud as they came. Java's own puts those that name a Max-Age in
     * quotes, which no browser does.
     */
    private static final class Jar extends CookieHandler {
        private final Map<String, String> cookies = new ConcurrentHashMap<>();

        @Override
        public Map<String, List<String>> get(URI to, Map<String, List<String>> headers) {
            return cookies.isEmpty() || !to.getPath().startsWith(V3 + "/auth/OS-FEDERATION")
                    ? Map.of()
                    : Map.of(
                            "Cookie",
                            List.of(
                                    cookies.entrySet().stream()
                                            .map(one -> one.getKey() + "=" + one.getValue())
                                            .collect(Collectors.joining("; "))));
        }

        @Override
        public void put(URI from, Map<String, List<String>> headers) {
            headers.forEach(
                    (name, values) -> {
                        if (name.equalsIgnoreCase("Set-Cookie")) {
                            for (String value : values) {
                                String[] pair = value.split(";", 2)[0].split("=", 2);
                                cookies.put(pair[0], pair[1]);
                            }
                        }
                    });
        }
    }

    /** Follows links and posts forms, as people and their scripts would; keeps cookies. */
    private static final class Browser {
        private static final Pattern ACTION = Pattern.compile("<form[^>]* action=\"([^\"]*)\"");
        private static final Pattern FIELD =
                Pattern.compile("<input[^>]* name=\"([^\"]*)\"(?: value=\"([^\"]*)\")?");

        private final HttpClient http =
                HttpClient.newBuilder()
                        .cookieHandler(new Jar())
                        .followRedirects(HttpClient.Redirect.NORMAL)
                        .build();

        HttpResponse<String> open(String url) {
            return send(HttpRequest.newBuilder(URI.create(url)).build());
        }

        HttpResponse<String> submit(HttpResponse<String> page, Map<String, String> filled) {
            Map<String, String> fields = new LinkedHashMap<>();
            Matcher field = FIELD.matcher(page.body());
            while (field.find()) {
                fields.put(field.group(1), field.group(2) == null ? "" : field.group(2));
            }
            fields.putAll(filled);
            return send(
                    HttpRequest.newBuilder(URI.create(action(page)))
                            .header("Content-Type", "application/x-www-form-urlencoded")
                            .POST(
                                    BodyPublishers.ofString(
                                            fields.entrySet().stream()
                                                    .map(
                                                            one ->
                                                                    one.getKey()
                                                                            + "="
                                                                            + URLEncoder.encode(
                                                                                    one.getValue(),
                                                                                    StandardCharsets
                                                                                            .UTF_8))
                                                    .collect(Collectors.joining("&"))))
                            .build());
        }

        static String action(HttpResponse<String> page) {
            Matcher action = ACTION.matcher(page.body());
            assertThat(action.find()).as(page.body()).isTrue();
            return action.group(1);
        }

        HttpResponse<String> send(HttpRequest request) {
            try {
                return http.send(request, BodyHandlers.ofString());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError(e);
            }
        }
    }

    private HttpResponse<String> setOut(Browser browser, String binding) {
        HttpResponse<String> first =
                browser.open(
                        cloud.origin()
                                + V3
                                + "/auth"
                                + protocol(binding)
                                + "/websso?origin="
                                + URLEncoder.encode(DASHBOARD, StandardCharsets.UTF_8));
        return binding.equals("post") ? browser.submit(first, Map.of()) : first;
    }

    private static Map<String, String> person(String name) {
        return Map.of("name", name, "password", "pw of " + name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"redirect", "post"})
    void theDashboardIsPostedATokenOfWhoSignedIn(String binding) {
        Browser browser = new Browser();
        HttpResponse<String> brought = browser.submit(setOut(browser, binding), person("joe"));
        HttpResponse<String> page = browser.submit(brought, Map.of());
        assertThat(page.statusCode()).as(page.body()).isEqualTo(200);
        assertThat(Browser.action(page)).isEqualTo(DASHBOARD);
        Matcher token = Pattern.compile("name=\"token\" value=\"([^\"]+)\"").matcher(page.body());
        assertThat(token.find()).isTrue();
        HttpResponse<String> shown =
                browser.send(
                        HttpRequest.newBuilder(URI.create(cloud.origin() + V3 + "/auth/tokens"))
                                .header("X-Auth-Token", token.group(1))
                                .header("X-Subject-Token", token.group(1))
                                .build());
        assertThat(Rest.JSON.readTree(shown.body()).at("/token/user/name").asString(""))
                // Another of the same name, where the other protocol's came first.
                .startsWith("joe");
        assertThat(browser.submit(brought, Map.of()).statusCode()).as("again").isEqualTo(401);
    }

    @Test
    void anAnswerCountsInTheBrowserThatSetOutOnly() {
        Browser one = new Browser();
        HttpResponse<String> brought = one.submit(setOut(one, "redirect"), person("joe"));
        assertThat(new Browser().submit(brought, Map.of()).statusCode()).isEqualTo(401);
    }

    @Test
    void whoTheMappingMakesNobodyIsRefused() {
        Browser browser = new Browser();
        HttpResponse<String> brought = browser.submit(setOut(browser, "redirect"), person("eve"));
        assertThat(browser.submit(brought, Map.of()).statusCode()).isEqualTo(401);
    }

    @Test
    void aKeyThatTakesOverIsKnownToWhoHasReadTheMetadataSinceItWasStaged() {
        rotate("staged");
        tellUs(metadata());
        rotate("rotated");
        theDashboardIsPostedATokenOfWhoSignedIn("post");
    }

    private void rotate(String outcome) {
        assertThat(cloud.launcher("keys", "--rotate", "saml").run().mustSucceed().text())
                .startsWith(outcome);
    }
}
