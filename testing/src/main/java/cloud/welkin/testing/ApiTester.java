package cloud.welkin.testing;

import cloud.welkin.database.Database;
import cloud.welkin.kernel.api.Answer;
import cloud.welkin.kernel.api.Api;
import cloud.welkin.kernel.api.Authenticator;
import cloud.welkin.kernel.api.Dispatcher;
import cloud.welkin.kernel.api.Exchange;
import cloud.welkin.kernel.api.Incoming;
import cloud.welkin.kernel.api.RequestLog;
import cloud.welkin.kernel.api.RequestObserver;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.json.Json;
import cloud.welkin.kernel.policy.Caller;
import cloud.welkin.kernel.policy.Policy;
import cloud.welkin.kernel.policy.PolicyRule;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import tools.jackson.databind.JsonNode;

/** Sends requests through the real dispatcher without a socket. */
public final class ApiTester {
    private final Dispatcher dispatcher;

    public ApiTester(Database database, Authenticator authenticator, List<Api> apis) {
        this(database, authenticator, apis, request -> {});
    }

    /**
     * @param observer is told of each request, beside the usual log
     */
    public ApiTester(
            Database database,
            Authenticator authenticator,
            List<Api> apis,
            RequestObserver observer) {
        List<PolicyRule> rules = new ArrayList<>();
        apis.forEach(api -> rules.addAll(api.rules()));
        this.dispatcher =
                new Dispatcher(
                        apis,
                        Policy.of(rules, Map.of()),
                        database,
                        authenticator,
                        "http://cloud.test",
                        new RequestLog(new SimpleMeterRegistry()).and(observer));
    }

    public Dispatcher dispatcher() {
        return dispatcher;
    }

    public Request get(String url) {
        return new Request("GET", url);
    }

    public Request post(String url) {
        return new Request("POST", url);
    }

    public Request put(String url) {
        return new Request("PUT", url);
    }

    public Request patch(String url) {
        return new Request("PATCH", url);
    }

    public Request delete(String url) {
        return new Request("DELETE", url);
    }

    public Request method(String method, String url) {
        return new Request(method, url);
    }

    /** A request in the making. */
    public final class Request {
        private final String method;
        private final String url;
        private final Map<String, String> headers = new LinkedHashMap<>();
        private byte[] body = {};
        private Optional<X509Certificate> certificate = Optional.empty();
        private String peer = "test";

        private Request(String method, String url) {
            this.method = method;
            this.url = url;
        }

        public Request by(Caller caller) {
            return header("X-Auth-Token", caller.token().text());
        }

        public Request header(String name, String value) {
            headers.put(name.toLowerCase(Locale.ROOT), value);
            return this;
        }

        /** JSON in single quotes, for tests that read well. */
        public Request json(String singleQuoted) {
            return body(
                    "application/json",
                    singleQuoted.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
        }

        public Request view(Object view) {
            return body("application/json", Json.bytes(view));
        }

        public Request body(String contentType, byte[] bytes) {
            body = bytes;
            return header("Content-Type", contentType);
        }

        /** An HTML form, encoded already: {@code a=1&b=2}. */
        public Request form(String encoded) {
            return body(
                    "application/x-www-form-urlencoded", encoded.getBytes(StandardCharsets.UTF_8));
        }

        /** As if it came from that address. */
        public Request from(String address) {
            peer = address;
            return this;
        }

        /** As if it came over TLS from the holder of the certificate. */
        public Request certificate(X509Certificate shown) {
            certificate = Optional.of(shown);
            return this;
        }

        public Response send() {
            Transport transport = new Transport(this);
            Answer answer = dispatcher.dispatch(transport);
            return answer.streamed()
                    ? new Response(
                            answer.status(), transport.headers, transport.streamed.toByteArray())
                    : new Response(answer.status(), flat(answer.headers()), answer.body());
        }

        private static Map<String, String> flat(Map<String, List<String>> headers) {
            Map<String, String> flat = new LinkedHashMap<>();
            headers.forEach(
                    (name, values) ->
                            flat.put(name.toLowerCase(Locale.ROOT), String.join(",", values)));
            return flat;
        }
    }

    /** What came back; header names in lower case. */
    public record Response(int status, Map<String, String> headers, byte[] body) {
        public JsonNode json() {
            return Json.mapper().readTree(body);
        }

        /** A value deep inside the body, by JSON pointer, as text. */
        public String text(String pointer) {
            return json().at(pointer).asString();
        }

        public Response expect(int expected) {
            if (status != expected) {
                throw new AssertionError(
                        "expected "
                                + expected
                                + ", got "
                                + status
                                + ": "
                                + new String(body, StandardCharsets.UTF_8));
            }
            return this;
        }
    }

    private static final class Transport implements Incoming, Exchange {
        private final Request request;
        private final Map<String, String> headers = new LinkedHashMap<>();
        private final ByteArrayOutputStream streamed = new ByteArrayOutputStream();

        Transport(Request request) {
            this.request = request;
        }

        @Override
        public String method() {
            return request.method;
        }

        @Override
        public String rawPath() {
            return request.url.split("\\?", 2)[0];
        }

        @Override
        public Optional<String> rawQuery() {
            String[] parts = request.url.split("\\?", 2);
            return parts.length == 2 ? Optional.of(parts[1]) : Optional.empty();
        }

        @Override
        public Optional<String> header(String name) {
            return Optional.ofNullable(request.headers.get(name.toLowerCase(Locale.ROOT)));
        }

        @Override
        public List<String> headerNames() {
            return List.copyOf(request.headers.keySet());
        }

        @Override
        public Optional<X509Certificate> clientCertificate() {
            return request.certificate;
        }

        @Override
        public String peer() {
            return request.peer;
        }

        @Override
        public byte[] body(int limit) {
            if (request.body.length > limit) {
                throw Failure.tooLarge("The request body is larger than %d bytes.", limit);
            }
            return request.body;
        }

        @Override
        public Exchange exchange() {
            return this;
        }

        @Override
        public OptionalLong contentLength() {
            return OptionalLong.of(request.body.length);
        }

        @Override
        public InputStream body() {
            return new ByteArrayInputStream(request.body);
        }

        @Override
        public OutputStream answer(int status, Map<String, String> more) {
            more.forEach((name, value) -> headers.put(name.toLowerCase(Locale.ROOT), value));
            return streamed;
        }

        @Override
        public void answerFile(
                int status, Map<String, String> more, Path file, long from, long length) {
            answer(status, more);
            try {
                byte[] all = Files.readAllBytes(file);
                streamed.write(all, (int) from, (int) length);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
