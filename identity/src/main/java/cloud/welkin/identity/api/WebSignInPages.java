package cloud.welkin.identity.api;

import cloud.welkin.identity.domain.Sha256;
import cloud.welkin.identity.oidc.Html;
import cloud.welkin.kernel.api.Exchange;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** What browsers are answered on their way to an identity provider and on to a dashboard. */
final class WebSignInPages {
    /** The only script of a page, named by its hash in the page's policy. */
    private static final String SCRIPT = "document.forms[0].submit()";

    private static final String SCRIPT_HASH = Base64.getEncoder().encodeToString(Sha256.of(SCRIPT));

    private WebSignInPages() {}

    static void redirect(Exchange exchange, URI to, String cookie) {
        Map<String, String> headers = headers();
        headers.put("Location", to.toASCIIString());
        headers.put("Set-Cookie", cookie);
        answer(exchange, 302, headers, "");
    }

    /**
     * A form that posts itself to a dashboard, and nowhere else.
     *
     * @param origin as the dashboard is trusted
     */
    static void toDashboard(Exchange exchange, String origin, String token) {
        URI dashboard = URI.create(origin);
        form(
                exchange,
                origin,
                Map.of("token", token),
                "; form-action " + dashboard.getScheme() + "://" + dashboard.getRawAuthority(),
                Optional.empty());
    }

    /**
     * A form that posts itself to an identity provider. Where that leads the browser further is the
     * provider's affair, and browsers hold such redirects against a form-action: there is none.
     */
    static void toProvider(
            Exchange exchange, URI provider, Map<String, String> fields, String cookie) {
        form(exchange, provider.toString(), fields, "", Optional.of(cookie));
    }

    private static void form(
            Exchange exchange,
            String action,
            Map<String, String> fields,
            String policy,
            Optional<String> cookie) {
        Map<String, String> headers = headers();
        headers.put("Content-Type", "text/html; charset=utf-8");
        headers.put(
                "Content-Security-Policy",
                "default-src 'none'; base-uri 'none'; frame-ancestors 'none'; script-src 'sha256-"
                        + SCRIPT_HASH
                        + "'"
                        + policy);
        cookie.ifPresent(value -> headers.put("Set-Cookie", value));
        answer(
                exchange,
                200,
                headers,
                """
                <!DOCTYPE html>
                <html lang="en"><head><meta charset="utf-8"><title>Signing in</title></head><body>
                <form id="sso" action="%s" method="post"><p>One moment …</p>
                %s
                <noscript><input type="submit" value="Continue"></noscript></form>
                <script>%s</script></body></html>
                """
                        .formatted(
                                Html.escaped(action),
                                fields.entrySet().stream()
                                        .map(
                                                field ->
                                                        "<input type=\"hidden\" name=\"%s\" value=\"%s\">"
                                                                .formatted(
                                                                        Html.escaped(
                                                                                field.getKey()),
                                                                        Html.escaped(
                                                                                field.getValue())))
                                        .collect(Collectors.joining("\n")),
                                SCRIPT));
    }

    private static Map<String, String> headers() {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Cache-Control", "no-store");
        headers.put("Pragma", "no-cache");
        headers.put("X-Content-Type-Options", "nosniff");
        headers.put("X-Frame-Options", "DENY");
        headers.put("Referrer-Policy", "strict-origin");
        return headers;
    }

    private static void answer(
            Exchange exchange, int status, Map<String, String> headers, String body) {
        try (OutputStream out = exchange.answer(status, headers)) {
            out.write(body.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
