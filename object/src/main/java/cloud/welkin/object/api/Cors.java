package cloud.welkin.object.api;

import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Exchange;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.object.domain.Container;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;

/**
 * Which pages of other sites may read a container's answers: those that {@code
 * X-Container-Meta-Access-Control-Allow-Origin} names, or all by {@code *} (Swift's CORS, W3C's
 * recommendation).
 */
final class Cors {
    private static final String SETTING = "x-container-meta-access-control-";
    private static final String METHODS = "HEAD, GET, PUT, POST, COPY, OPTIONS, DELETE";
    private static final String EXPOSED =
            "cache-control, content-language, content-type, expires, last-modified, pragma, etag,"
                    + " x-timestamp, x-trans-id, x-openstack-request-id";

    private Cors() {}

    /** The origin that asks, if the container lets it. */
    private static Optional<String> admitted(Call call, Container container) {
        String allowed = container.header(SETTING + "allow-origin").orElse("");
        return call.header("Origin")
                .filter(
                        origin ->
                                Arrays.stream(allowed.split("\\s+"))
                                        .anyMatch(it -> it.equals("*") || it.equals(origin)))
                .map(origin -> allowed.strip().equals("*") ? "*" : origin);
    }

    /** Adds what tells a browser that the page may see the answer. */
    static void add(Map<String, String> headers, Call call, Container container) {
        Optional<String> origin = admitted(call, container);
        if (origin.isEmpty()) {
            return;
        }
        headers.put("Access-Control-Allow-Origin", origin.get());
        if (!origin.get().equals("*")) {
            headers.put("Vary", "Origin");
        }
        StringBuilder exposed = new StringBuilder(EXPOSED);
        headers.keySet().stream()
                .filter(name -> name.startsWith("X-Object-Meta-"))
                .forEach(
                        name ->
                                exposed.append(", ")
                                        .append(name.toLowerCase(java.util.Locale.ROOT)));
        container
                .header(SETTING + "expose-headers")
                .ifPresent(
                        it -> exposed.append(", ").append(it.strip().replaceAll("[\\s,]+", ", ")));
        headers.put("Access-Control-Expose-Headers", exposed.toString());
    }

    /**
     * Answers a browser that asks before it asks.
     *
     * @throws Failure 401 when the container does not let the origin
     */
    static void preflight(Call call, Exchange exchange, Optional<Container> container) {
        Map<String, String> headers = Answers.headers(call);
        headers.put("Allow", METHODS);
        call.admit();
        Optional<String> asked = call.header("Access-Control-Request-Method");
        if (call.header("Origin").isEmpty()) {
            Answers.empty(exchange, 200, headers);
            return;
        }
        Optional<String> origin = container.flatMap(it -> admitted(call, it));
        if (origin.isEmpty()
                || asked.filter(it -> Arrays.asList(METHODS.split(", ")).contains(it)).isEmpty()) {
            throw Failure.unauthorized("This origin, or this method, is not admitted.");
        }
        headers.put("Access-Control-Allow-Origin", origin.get());
        headers.put("Access-Control-Allow-Methods", METHODS);
        headers.put("Vary", "Origin, Access-Control-Request-Headers");
        call.header("Access-Control-Request-Headers")
                .filter(it -> it.matches("[A-Za-z0-9!#$%&'*+.^_`|~, -]*"))
                .ifPresent(it -> headers.put("Access-Control-Allow-Headers", it));
        container
                .flatMap(it -> it.header(SETTING + "max-age"))
                .filter(it -> it.matches("\\d{1,9}"))
                .ifPresent(it -> headers.put("Access-Control-Max-Age", it));
        Answers.empty(exchange, 200, headers);
    }
}
