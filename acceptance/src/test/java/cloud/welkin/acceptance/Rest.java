package cloud.welkin.acceptance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A thin client for the cloud's APIs, where the start of Debian's client would cost more than the
 * request. Paths begin with the service: {@code /compute/v2.1/servers}. The token is asked for when
 * it is first needed.
 */
final class Rest {
    static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Duration LIMIT = Duration.ofMinutes(1);

    /** Who asks. */
    record User(String name, String password, String project) {}

    /** An answer with its body as text. */
    record Answer(String request, int status, Map<String, String> headers, String body) {
        JsonNode json() {
            return JSON.readTree(body.isEmpty() ? "{}" : body);
        }

        Answer expect(int... statuses) {
            for (int expected : statuses) {
                if (status == expected) {
                    return this;
                }
            }
            throw new AssertionError("%s answered %d: %s".formatted(request, status, body));
        }

        String header(String name) {
            return Optional.ofNullable(headers.get(name.toLowerCase(Locale.ROOT)))
                    .orElseThrow(() -> new AssertionError(request + ": no header " + name));
        }

        boolean success() {
            return status / 100 == 2;
        }
    }

    private final HttpClient http =
            HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(Duration.ofSeconds(10))
                    .build();
    private final String origin;
    private final User user;
    private final Map<String, String> headers = new LinkedHashMap<>();
    private String token = "";

    Rest(String origin, User user) {
        this.origin = origin;
        this.user = user;
        headers.put("OpenStack-API-Version", "compute 2.96");
    }

    /** The same user at another version, e.g. {@code compute 2.43}. */
    Rest at(String version) {
        Rest other = new Rest(origin, user);
        other.headers.put("OpenStack-API-Version", version);
        return other;
    }

    synchronized String token() {
        if (token.isEmpty()) {
            token = issue().expect(201).header("X-Subject-Token");
        }
        return token;
    }

    /** Signs in anew. */
    Answer issue() {
        String body =
                """
                {"auth": {"identity": {"methods": ["password"], "password": {"user": {"name": "%s",
                 "domain": {"name": "Default"}, "password": "%s"}}},
                 "scope": {"project": {"name": "%s", "domain": {"name": "Default"}}}}}
                """
                        .formatted(user.name(), user.password(), user.project());
        return send(
                request("POST", "/identity/v3/auth/tokens", body.getBytes(StandardCharsets.UTF_8))
                        .header("Content-Type", "application/json"));
    }

    Answer get(String path) {
        return send(authorized("GET", path, new byte[0]));
    }

    Answer delete(String path) {
        return send(authorized("DELETE", path, new byte[0]));
    }

    Answer post(String path, String json) {
        return json("POST", path, json);
    }

    Answer put(String path, String json) {
        return json("PUT", path, json);
    }

    Answer json(String method, String path, String json) {
        return raw(method, path, "application/json", json.getBytes(StandardCharsets.UTF_8));
    }

    /** Any bytes, named as the given type. */
    Answer raw(String method, String path, String type, byte[] body) {
        return send(authorized(method, path, body).header("Content-Type", type));
    }

    /** What was made: the answer's first member, which every service wraps its resource in. */
    JsonNode make(String path, String json) {
        return post(path, json).expect(200, 201, 202).json().values().iterator().next();
    }

    private HttpRequest.Builder authorized(String method, String path, byte[] body) {
        return request(method, path, body).header("X-Auth-Token", token());
    }

    private HttpRequest.Builder request(String method, String path, byte[] body) {
        HttpRequest.Builder builder =
                HttpRequest.newBuilder(URI.create(origin + path))
                        .timeout(LIMIT)
                        .method(
                                method,
                                body.length == 0
                                        ? BodyPublishers.noBody()
                                        : BodyPublishers.ofByteArray(body));
        headers.forEach(builder::header);
        return builder;
    }

    private Answer send(HttpRequest.Builder builder) {
        HttpRequest request = builder.build();
        try {
            HttpResponse<String> response = http.send(request, BodyHandlers.ofString());
            Map<String, String> fields = new LinkedHashMap<>();
            response.headers().map().forEach((name, values) -> fields.put(name, values.getFirst()));
            return new Answer(
                    request.method() + " " + request.uri(),
                    response.statusCode(),
                    fields,
                    response.body());
        } catch (IOException e) {
            throw new UncheckedIOException(request.method() + " " + request.uri(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }
}
