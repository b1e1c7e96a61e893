package cloud.welkin.identity.oidc;

import cloud.welkin.kernel.api.Exchange;
import cloud.welkin.kernel.json.Json;
import com.nimbusds.oauth2.sdk.ErrorObject;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** How the provider answers: JSON for clients, pages and redirects for browsers. None is cached. */
final class Answers {
    private Answers() {}

    static void json(Exchange exchange, int status, Object body) {
        send(exchange, status, jsonHeaders(), Json.bytes(body));
    }

    /** OAuth's own form of errors (RFC 6749, 5.2). */
    static void error(Exchange exchange, ErrorObject error) {
        Map<String, String> headers = jsonHeaders();
        int status = error.getHTTPStatusCode() == 0 ? 400 : error.getHTTPStatusCode();
        if (status == 401) {
            headers.put("WWW-Authenticate", "Basic realm=\"oidc\"");
        }
        send(exchange, status, headers, Json.bytes(error.toJSONObject()));
    }

    /** To who shows a bearer token that is not good (RFC 6750, 3). */
    static void badToken(Exchange exchange) {
        Map<String, String> headers = jsonHeaders();
        headers.put("WWW-Authenticate", "Bearer error=\"invalid_token\"");
        send(exchange, 401, headers, Json.bytes(Map.of("error", "invalid_token")));
    }

    static void page(Exchange exchange, int status, Page page, Optional<String> cookie) {
        Map<String, String> headers = headers();
        headers.put("Content-Type", "text/html; charset=utf-8");
        headers.put("Content-Security-Policy", page.policy());
        headers.put("X-Frame-Options", "DENY");
        cookie.ifPresent(value -> headers.put("Set-Cookie", value));
        send(exchange, status, headers, page.html().getBytes(StandardCharsets.UTF_8));
    }

    static void redirect(Exchange exchange, URI to, Optional<String> cookie) {
        Map<String, String> headers = headers();
        headers.put("Location", to.toASCIIString());
        cookie.ifPresent(value -> headers.put("Set-Cookie", value));
        send(exchange, 303, headers, new byte[0]);
    }

    private static Map<String, String> jsonHeaders() {
        Map<String, String> headers = headers();
        headers.put("Content-Type", "application/json");
        // Applications in browsers ask without cookies: what they get, they could get elsewhere.
        headers.put("Access-Control-Allow-Origin", "*");
        return headers;
    }

    private static Map<String, String> headers() {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Cache-Control", "no-store");
        headers.put("Pragma", "no-cache");
        headers.put("X-Content-Type-Options", "nosniff");
        headers.put("Referrer-Policy", "same-origin");
        return headers;
    }

    private static void send(
            Exchange exchange, int status, Map<String, String> headers, byte[] body) {
        try (OutputStream out = exchange.answer(status, headers)) {
            out.write(body);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
