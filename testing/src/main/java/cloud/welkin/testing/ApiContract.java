package cloud.welkin.testing;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import cloud.welkin.kernel.api.Api;
import cloud.welkin.kernel.api.Microversion;
import cloud.welkin.kernel.api.Operation;
import cloud.welkin.kernel.api.Versioning;
import cloud.welkin.kernel.policy.Caller;
import cloud.welkin.kernel.policy.Policy;
import cloud.welkin.kernel.policy.Target;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.slf4j.LoggerFactory;

/**
 * What holds for every operation of every API, tried on the declarations: nothing without a token,
 * nothing that the rule refuses, and nothing that a client can send ends in a 500. A service gives
 * it its tester and some callers, and returns {@link #tests} from a {@code @TestFactory}.
 */
public final class ApiContract {
    private static final int LARGE = 10 << 20;
    private static final String UNLIKELY = "contract";
    private static final List<String> HOSTILE_SEGMENTS =
            List.of(
                    "'%22%3B--",
                    "%00",
                    "%F0%9F%98%80",
                    "%FF%FE",
                    "%zz",
                    "..%2F..%2Fetc",
                    "x".repeat(5000),
                    "9223372036854775808",
                    "-1",
                    "None",
                    UUID.randomUUID().toString(),
                    UUID.randomUUID().toString().replace("-", ""));

    private final ApiTester tester;
    private final Api api;
    private final Policy policy;
    private final Map<String, Caller> callers = new LinkedHashMap<>();
    private final Caller strongest;
    private final Set<String> optionalFields = new HashSet<>();

    private ApiContract(ApiTester tester, Api api, Caller admin) {
        this.tester = tester;
        this.api = api;
        this.policy = Policy.of(api.rules(), Map.of());
        this.strongest = admin;
        callers.put("admin", admin);
    }

    /**
     * @param admin a caller whom every rule of the API lets through, known to the tester's
     *     authenticator
     */
    public static ApiContract of(ApiTester tester, Api api, Caller admin) {
        return new ApiContract(tester, api, admin);
    }

    /**
     * Another caller, who gets no 2xx from an operation whose rule refuses even the caller's own
     * things.
     */
    public ApiContract caller(String name, Caller caller) {
        callers.put(name, caller);
        return this;
    }

    /** An operation whose body may be an object without fields, e.g. {@code POST /images}. */
    public ApiContract mayHaveNoFields(String operation) {
        optionalFields.add(operation);
        return this;
    }

    /** One test for each operation and each thing that must hold of it. */
    public Stream<DynamicTest> tests() {
        List<DynamicTest> tests = new ArrayList<>();
        for (Operation operation : api.operations()) {
            if (!isOpen(operation)) {
                add(tests, operation, "needs a token", this::needsAToken);
                add(tests, operation, "has a documented rule", this::hasARule);
                add(tests, operation, "obeys its rule", this::obeysItsRule);
            }
            if (operation.body().isPresent()) {
                add(tests, operation, "refuses broken bodies", this::refusesBrokenBodies);
                add(tests, operation, "survives odd values", this::survivesOddValues);
            }
            if (!operation.path().variables().isEmpty()) {
                add(tests, operation, "knows no hostile names", this::knowsNoHostileNames);
            }
            add(tests, operation, "takes no unknown parameters", this::takesNoUnknownParameters);
        }
        return tests.stream();
    }

    private interface Check {
        void on(Operation operation);
    }

    private void add(List<DynamicTest> tests, Operation operation, String what, Check check) {
        tests.add(
                DynamicTest.dynamicTest(
                        operation + " " + what,
                        () -> {
                            try (Errors errors = new Errors()) {
                                check.on(operation);
                                errors.none();
                            }
                        }));
    }

    private void needsAToken(Operation operation) {
        expect(request(operation, "x").send(), List.of(401), "without a token");
        for (String token : List.of("nonsense", "", "gAAAAA", "é", "x".repeat(20_000))) {
            expect(
                    request(operation, "x").header("X-Auth-Token", token).send(),
                    List.of(401),
                    "with a malformed token");
        }
    }

    private void hasARule(Operation operation) {
        String name = operation.policyName();
        boolean documented =
                policy.rules().stream().anyMatch(r -> r.name().equals(name) && !r.doc().isBlank());
        if (!documented) {
            throw new AssertionError(operation + ": the rule " + name + " has no doc line");
        }
    }

    private void obeysItsRule(Operation operation) {
        for (Map.Entry<String, Caller> entry : callers.entrySet()) {
            Caller caller = entry.getValue();
            ApiTester.Response response =
                    withBody(operation, request(operation, UUID.randomUUID().toString()))
                            .by(caller)
                            .send();
            client(response, "as " + entry.getKey());
            if (response.status() < 300 && !mayOwn(operation, caller)) {
                throw new AssertionError(
                        operation
                                + " answered "
                                + response.status()
                                + " to "
                                + entry.getKey()
                                + ", whom "
                                + operation.policyName()
                                + " refuses");
            }
        }
    }

    /**
     * Whether the rule lets the caller act on a thing that is the caller's own in every respect.
     */
    private boolean mayOwn(Operation operation, Caller caller) {
        Map<String, String> own = new LinkedHashMap<>();
        for (String user : List.of("user_id", "target.user.id", "target.credential.user_id")) {
            own.put(user, caller.user().value());
        }
        caller.project()
                .ifPresent(
                        project ->
                                Stream.of("project_id", "tenant_id", "owner", "target.project.id")
                                        .forEach(name -> own.put(name, project.value())));
        String domain =
                caller.scope() instanceof cloud.welkin.kernel.policy.Scope.Domain(var id)
                        ? id.value()
                        : caller.userDomain().value();
        for (String name :
                List.of(
                        "domain_id",
                        "target.domain_id",
                        "target.domain.id",
                        "target.user.domain_id",
                        "target.group.domain_id",
                        "target.project.domain_id")) {
            own.put(name, domain);
        }
        return policy.allows(operation.policyName(), caller, new Target(own));
    }

    private void refusesBrokenBodies(Operation operation) {
        Map<String, byte[]> bodies = new LinkedHashMap<>();
        bodies.put("array", bytes("[]"));
        bodies.put("text", bytes("\"x\""));
        bodies.put("null", bytes("null"));
        bodies.put("half", bytes("{\"a\": "));
        bodies.put("unknown field", bytes("{\"no_such_field_here\": {\"a\": 1}}"));
        bodies.put(
                "bad UTF-8", new byte[] {'{', '"', (byte) 0xff, (byte) 0xfe, '"', ':', '1', '}'});
        bodies.put("NUL", bytes("{\"\\u0000\": \"\\u0000\"}"));
        bodies.put("deep", bytes("{\"a\": " + "[".repeat(50_000)));
        byte[] large = new byte[LARGE];
        Arrays.fill(large, (byte) ' ');
        bodies.put("large", large);
        if (!operation.isBodyOptional()) {
            bodies.put("empty", new byte[0]);
            if (!optionalFields.contains(operation.toString())) {
                bodies.put("{}", bytes("{}"));
            }
        }
        bodies.forEach(
                (what, body) -> {
                    ApiTester.Response response =
                            request(operation, UUID.randomUUID().toString())
                                    .by(strongest)
                                    .body("application/json", body)
                                    .send();
                    if (response.status() < 400 || response.status() >= 500) {
                        throw new AssertionError(
                                operation
                                        + " answered "
                                        + response.status()
                                        + " to a body: "
                                        + what);
                    }
                    form(response);
                });
        expect(
                request(operation, UUID.randomUUID().toString())
                        .by(strongest)
                        .body("text/html", bytes("<p>"))
                        .send(),
                List.of(415, 404, 403, 400),
                "with HTML");
    }

    /**
     * Bodies of the declared shape with values from the edges: whatever the answer, it is no 500.
     */
    private void survivesOddValues(Operation operation) {
        for (SampleBody sample : SampleBody.all()) {
            Object body = sample.of(operation.body().orElseThrow());
            ApiTester.Response response =
                    request(operation, UUID.randomUUID().toString())
                            .by(strongest)
                            .view(body)
                            .send();
            client(response, "to " + body);
        }
    }

    private void knowsNoHostileNames(Operation operation) {
        for (String segment : HOSTILE_SEGMENTS) {
            ApiTester.Response response =
                    withBody(operation, request(operation, segment)).by(strongest).send();
            client(response, "for " + segment);
        }
    }

    private void takesNoUnknownParameters(Operation operation) {
        for (String query :
                List.of(
                        "no_such_parameter=1",
                        "a=%00",
                        "%zz",
                        "limit=-1",
                        "marker=%F0%9F%98%80",
                        "&&=")) {
            ApiTester.Response response =
                    withBody(
                                    operation,
                                    versioned(
                                            operation,
                                            tester.method(
                                                    operation.method(),
                                                    url(operation, UUID.randomUUID().toString())
                                                            + "?"
                                                            + query)))
                            .by(strongest)
                            .send();
            client(response, "with the query " + query);
            if (query.startsWith("no_such")
                    && !operation.takesAnyParam(version(operation))
                    && operation.params().stream().noneMatch(p -> p.name().equals("*"))) {
                expect(response, List.of(400, 401, 403, 404), "with an unknown parameter");
            }
        }
    }

    /** With the least that the declaration asks for, so that the handler is reached. */
    private static ApiTester.Request withBody(Operation operation, ApiTester.Request request) {
        return operation
                .body()
                .map(type -> request.view(new SampleBody(UNLIKELY, 1, false).of(type)))
                .orElse(request);
    }

    private ApiTester.Request request(Operation operation, String segment) {
        return versioned(operation, tester.method(operation.method(), url(operation, segment)));
    }

    /** At the newest version that has the operation. */
    private ApiTester.Request versioned(Operation operation, ApiTester.Request request) {
        return api.versioning()
                .map(
                        versioning ->
                                request.header(
                                        "OpenStack-API-Version",
                                        versioning.serviceType() + " " + version(operation)))
                .orElse(request);
    }

    private Microversion version(Operation operation) {
        return operation
                .until()
                .or(() -> api.versioning().map(Versioning::newest))
                .orElse(Versioning.NONE);
    }

    private String url(Operation operation, String segment) {
        String path = operation.path().text().replaceAll("\\{[^}]*}", "\u0001");
        return api.path() + path.replace("\u0001", segment);
    }

    private static boolean isOpen(Operation operation) {
        return operation.access() instanceof Operation.Access.Open;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Any answer but a 5xx, and errors in the service's form. */
    private void client(ApiTester.Response response, String when) {
        if (response.status() >= 500 && response.status() != 501) {
            throw new AssertionError(response.status() + " " + when);
        }
        if (response.status() >= 400) {
            form(response);
        }
    }

    private void expect(ApiTester.Response response, List<Integer> statuses, String when) {
        if (!statuses.contains(response.status())) {
            throw new AssertionError(response.status() + " " + when + ", not one of " + statuses);
        }
        form(response);
    }

    private static void form(ApiTester.Response response) {
        if (!response.headers().containsKey("x-openstack-request-id")) {
            throw new AssertionError("an error without x-openstack-request-id");
        }
        // What is for people to read, in a browser, is no JSON.
        boolean page = response.headers().getOrDefault("content-type", "").startsWith("text/html");
        if (!page && response.body().length > 0 && !response.json().isObject()) {
            throw new AssertionError("an error whose body is no object: " + response.json());
        }
    }

    /** Errors that the dispatcher logs while a request is under way: each is a 500 somewhere. */
    private static final class Errors implements AutoCloseable {
        private final Logger root =
                (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        private final ListAppender<ILoggingEvent> appender = new ListAppender<>();

        Errors() {
            appender.start();
            root.addAppender(appender);
        }

        void none() {
            for (ILoggingEvent event : List.copyOf(appender.list)) {
                if (event.getLevel().isGreaterOrEqual(Level.ERROR)) {
                    AssertionError error = new AssertionError(event.getFormattedMessage());
                    if (event.getThrowableProxy()
                            instanceof ch.qos.logback.classic.spi.ThrowableProxy thrown) {
                        error.initCause(thrown.getThrowable());
                    }
                    throw error;
                }
            }
        }

        @Override
        public void close() {
            root.detachAppender(appender);
        }
    }
}
