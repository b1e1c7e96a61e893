package cloud.welkin.kernel.api;

import cloud.welkin.database.Database;
import cloud.welkin.database.DatabaseUnavailable;
import cloud.welkin.database.Tx;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.failure.FailureKind;
import cloud.welkin.kernel.json.Json;
import cloud.welkin.kernel.policy.Caller;
import cloud.welkin.kernel.policy.Policy;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Takes a request through its stations: service by path, version by header, operation by route,
 * caller by token, policy, parameters, body, then the handler in its transaction, and the answer in
 * the form of the asked version. Knows nothing of the transport. Every failure leaves as the
 * service's own error body.
 */
public final class Dispatcher {
    /**
     * Nova names a request by a header of its own too, and so does Cinder, which was part of it.
     */
    private static final Set<String> OLDER_REQUEST_ID = Set.of("compute", "volume");

    private static final Logger log = LoggerFactory.getLogger(Dispatcher.class);
    private static final byte[] NO_BODY = {};
    private static final String FORMAT = ".json";

    private record Mounted(Api api, Router router) {}

    private final List<Mounted> apis = new ArrayList<>();
    private final List<Mounted> claiming;
    private final Policy policy;
    private final Database database;
    private final Authenticator authenticator;
    private final String origin;
    private final RequestObserver requests;

    /**
     * @param origin {@code http://host:port} as clients reach it
     * @throws IllegalArgumentException naming every wrong declaration of all APIs at once
     */
    public Dispatcher(
            List<Api> apis,
            Policy policy,
            Database database,
            Authenticator authenticator,
            String origin,
            RequestObserver requests) {
        List<String> problems = Declarations.problems(apis, policy);
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(
                    "wrong declarations: " + String.join("; ", problems));
        }
        for (Api api : apis) {
            this.apis.add(new Mounted(api, new Router(api.operations())));
        }
        // The longest path first, so that /identity/v3 is asked before /identity.
        this.apis.sort(
                Comparator.comparingInt((Mounted mounted) -> mounted.api().path().length())
                        .reversed());
        this.claiming = this.apis.stream().filter(it -> it.api().claim().isPresent()).toList();
        this.policy = policy;
        this.database = database;
        this.authenticator = authenticator;
        this.origin = origin;
        this.requests = requests;
    }

    /**
     * Whether the request belongs to any of the APIs; what does not is for the console and the
     * like.
     */
    public boolean owns(Incoming incoming) {
        return routed(incoming).isPresent();
    }

    public Answer dispatch(Incoming incoming) {
        Station at = new Station();
        String requestId = at.requestId;
        Answer answer;
        try {
            answer = handle(incoming, requestId, at);
        } catch (Failure failure) {
            at.failure = failure;
            answer = refusal(failure, requestId, at);
        } catch (DatabaseUnavailable e) {
            log.warn("{} {}: {}", incoming.method(), incoming.rawPath(), e.getMessage());
            answer =
                    refusal(
                            Failure.unavailable("The database is not available; try again."),
                            requestId,
                            at);
        } catch (RuntimeException e) {
            log.error("{} {} failed [{}]", incoming.method(), incoming.rawPath(), requestId, e);
            answer =
                    refusal(
                            new Failure(
                                    FailureKind.INTERNAL,
                                    "InternalError",
                                    "An unexpected error prevented the server from fulfilling your"
                                            + " request; it is in the log under "
                                            + requestId
                                            + "."),
                            requestId,
                            at);
        }
        requests.finished(at.seen(incoming, answer));
        return answer;
    }

    /** How far a request has come: what its failure is worded by. */
    private static final class Station {
        final long began = System.nanoTime();
        final String requestId = "req-" + UUID.randomUUID();
        @Nullable Api api;
        @Nullable Operation operation;
        @Nullable Caller caller;
        @Nullable Call call;
        Microversion version = Versioning.NONE;
        @Nullable Failure failure;
        boolean told;
        Supplier<Set<String>> allowed = Set::of;

        RequestObserver.Finished seen(Incoming incoming, Answer answer) {
            return new RequestObserver.Finished(
                    incoming,
                    Optional.ofNullable(api).map(Api::name),
                    Optional.ofNullable(operation),
                    Optional.ofNullable(caller),
                    answer,
                    Duration.ofNanos(System.nanoTime() - began),
                    requestId,
                    call == null ? Map.of() : call.notes(),
                    Optional.ofNullable(failure),
                    told);
        }
    }

    /** The answer of a change, which is told of in the transaction that makes it. */
    private Answer told(Tx tx, Object result, Incoming incoming, Station at, Operation operation) {
        Answer answer = answer(result, incoming, at.requestId, at, operation);
        requests.changing(tx, at.seen(incoming, answer));
        tx.afterCommit(() -> at.told = true);
        return answer;
    }

    private Answer handle(Incoming incoming, String requestId, Station at) {
        Routed routed =
                routed(incoming)
                        .orElseThrow(() -> Failure.notFound("The resource could not be found."));
        Mounted mounted = routed.mounted();
        Api api = mounted.api();
        at.api = api;
        api.versioning()
                .ifPresent(
                        versioning ->
                                at.version =
                                        versioning.negotiate(
                                                incoming.header("OpenStack-API-Version"),
                                                versioning
                                                        .legacyHeader()
                                                        .flatMap(incoming::header)));
        String rest = routed.rest();
        if (api.endings() == Api.Endings.NONE && rest.length() > 1 && rest.endsWith("/")) {
            throw Failure.notFound("The resource could not be found.");
        }
        List<String> segments = segments(rest);
        Optional<String> project = Optional.empty();
        if (api.projectInPath()
                && !segments.isEmpty()
                && cloud.welkin.kernel.id.Ids.uuid(segments.getFirst()).isPresent()) {
            project = Optional.of(segments.removeFirst());
        }
        if (api.endings() == Api.Endings.SLASH_OR_FORMAT
                && !segments.isEmpty()
                && segments.getLast().endsWith(FORMAT)
                && !segments.getLast().equals(FORMAT)) {
            String last = segments.removeLast();
            segments.add(last.substring(0, last.length() - FORMAT.length()));
        }
        at.allowed = () -> mounted.router().allowed(segments, at.version);
        Router.Match match = mounted.router().route(incoming.method(), segments, at.version);
        Operation operation = match.operation();
        at.operation = operation;
        Optional<Caller> caller = caller(incoming, operation);
        at.caller = caller.orElse(null);
        project.ifPresent(id -> checkProject(id, caller));

        Query query = Query.parse(incoming.rawQuery());
        Call call =
                new Call(
                        operation,
                        caller,
                        match.variables(),
                        query,
                        incoming::header,
                        incoming::headerNames,
                        at.version,
                        policy,
                        origin,
                        requestId,
                        incoming.rawPath(),
                        incoming.peer(),
                        (tx, result) -> told(tx, result, incoming, at, operation));
        at.call = call;
        if (operation.access() instanceof Operation.Access.Ruled(String rule)
                && !policy.allows(rule, call.caller(), call.own())) {
            throw Call.refusal(rule);
        }
        QueryCheck.check(operation, query, at.version);
        return switch (operation.handler()) {
            case Operation.Handler.Reads(Operation.Read read) ->
                    answer(
                            database.read(tx -> checked(call, read.handle(call, tx))),
                            incoming,
                            requestId,
                            at,
                            operation);
            case Operation.Handler.Writes<?> writes -> write(writes, call, incoming, at);
            case Operation.Handler.Computes<?> computes ->
                    answer(
                            compute(computes, call, incoming, at),
                            incoming,
                            requestId,
                            at,
                            operation);
            case Operation.Handler.Streams(Operation.Stream stream) ->
                    stream(stream, call, incoming, requestId);
        };
    }

    private <B> Answer write(
            Operation.Handler.Writes<B> writes, Call call, Incoming incoming, Station at) {
        @SuppressWarnings("unchecked") // the builder ties the body's type to the handler's
        B body = (B) body(call, incoming, at);
        return database.write(
                (Tx tx) ->
                        told(
                                tx,
                                checked(call, writes.write().handle(call, tx, body)),
                                incoming,
                                at,
                                call.operation()));
    }

    private <B> Object compute(
            Operation.Handler.Computes<B> computes, Call call, Incoming incoming, Station at) {
        @SuppressWarnings("unchecked") // the builder ties the body's type to the handler's
        B body = (B) body(call, incoming, at);
        return checked(call, computes.compute().handle(call, body));
    }

    private static Object body(Call call, Incoming incoming, Station at) {
        Operation operation = call.operation();
        return operation
                .body()
                .map(type -> body(operation, type, incoming, at))
                .orElse(NoBody.NONE);
    }

    private static Object body(
            Operation operation, java.lang.reflect.Type type, Incoming incoming, Station at) {
        Api api = java.util.Objects.requireNonNull(at.api);
        Optional<String> contentType = incoming.header("Content-Type");
        if (contentType.isPresent() && !isJson(contentType.get())) {
            throw new Failure(
                    FailureKind.UNSUPPORTED_MEDIA_TYPE,
                    "UnsupportedMediaType",
                    "Unsupported Content-Type; use application/json.");
        }
        byte[] bytes = incoming.body(api.largestBody());
        if (bytes.length == 0) {
            if (!operation.isBodyOptional()) {
                throw Failure.badRequest("The request must have a JSON body.");
            }
            bytes = "{}".getBytes(StandardCharsets.UTF_8);
        }
        return BodyReader.read(operation, type, bytes, at.version);
    }

    private static Object checked(Call call, Object result) {
        boolean byHandler =
                switch (call.operation().access()) {
                    case Operation.Access.RuledByHandler ruled -> true;
                    case Operation.Access.RuledByThing ruled -> true;
                    case Operation.Access.Open open -> false;
                    case Operation.Access.Ruled ruled -> false;
                };
        if (byHandler && !call.wasAuthorized()) {
            throw new IllegalStateException(call.operation() + " did not check its policy");
        }
        return result;
    }

    private Answer stream(Operation.Stream stream, Call call, Incoming incoming, String requestId) {
        StreamedAnswer exchange = new StreamedAnswer(incoming.exchange(), requestId);
        try {
            stream.handle(call, exchange);
            checked(call, exchange);
        } catch (RuntimeException e) {
            if (exchange.status().isEmpty()) {
                throw e;
            }
            // The answer has begun: only breaking the connection tells the client that it is not
            // whole.
            throw new BrokenAnswer(e);
        }
        return new Answer(
                exchange.status().orElse(204), Map.of(), NO_BODY, exchange.status().isPresent());
    }

    private Answer answer(
            Object result, Incoming incoming, String requestId, Station at, Operation operation) {
        Reply reply = result instanceof Reply given ? given : Reply.of(result);
        int status = reply.status().orElse(operation.status());
        byte[] body = NO_BODY;
        Map<String, List<String>> headers = headers(requestId, at);
        if (reply.view().isPresent() && status != 204) {
            body = render(reply.view().get(), operation, at.version);
            headers.put("Content-Type", List.of("application/json"));
        }
        headers.putAll(reply.headers());
        return new Answer(status, headers, body, false);
    }

    private static byte[] render(Object view, Operation operation, Microversion version) {
        List<Conversion> conversions = operation.conversions();
        if (conversions.isEmpty() || !version.isBefore(conversions.getFirst().since())) {
            return Json.bytes(view);
        }
        ObjectNode tree = (ObjectNode) Json.tree(view);
        for (Conversion conversion : conversions) {
            if (version.isBefore(conversion.since())) {
                conversion.answer().accept(tree);
            }
        }
        return Json.bytes(tree);
    }

    private Answer refusal(Failure failure, String requestId, Station at) {
        ErrorForm form = at.api == null ? ErrorForm.keystone() : at.api.errors();
        Map<String, List<String>> headers = headers(requestId, at);
        headers.put("Content-Type", List.of(form.contentType()));
        form.headers(requestId).forEach((name, value) -> headers.put(name, List.of(value)));
        if (failure.kind() == FailureKind.METHOD_NOT_ALLOWED) {
            headers.put("Allow", List.of(String.join(", ", at.allowed.get())));
        }
        failure.retryAfter()
                .ifPresent(
                        pause ->
                                headers.put(
                                        "Retry-After",
                                        List.of(Long.toString(Math.max(1, pause.toSeconds())))));
        if (failure.kind() == FailureKind.UNAUTHORIZED) {
            headers.put("WWW-Authenticate", List.of("Keystone uri=\"" + origin + "/identity\""));
        }
        return new Answer(form.status(failure), headers, form.bytes(failure, requestId), false);
    }

    private static Map<String, List<String>> headers(String requestId, Station at) {
        Map<String, List<String>> headers = new LinkedHashMap<>();
        headers.put("x-openstack-request-id", List.of(requestId));
        if (at.api != null && at.api.versioning().isPresent()) {
            Versioning versioning = at.api.versioning().get();
            String version = at.version.toString();
            if (OLDER_REQUEST_ID.contains(versioning.serviceType())) {
                headers.put("x-compute-request-id", List.of(requestId));
            }
            headers.put("OpenStack-API-Version", List.of(versioning.serviceType() + " " + version));
            List<String> vary = new ArrayList<>(List.of("OpenStack-API-Version"));
            versioning
                    .legacyHeader()
                    .ifPresent(
                            name -> {
                                headers.put(name, List.of(version));
                                vary.add(name);
                            });
            headers.put("Vary", vary);
        } else {
            headers.put("Vary", List.of("X-Auth-Token"));
        }
        return headers;
    }

    private Optional<Caller> caller(Incoming incoming, Operation operation) {
        if (operation.access() instanceof Operation.Access.Open) {
            return Optional.empty();
        }
        if (operation.access() instanceof Operation.Access.RuledByThing) {
            return guest(incoming);
        }
        String token =
                incoming.header("X-Auth-Token")
                        .or(() -> bearer(incoming))
                        .orElseThrow(
                                () ->
                                        Failure.unauthorized(
                                                        "The request you have made requires"
                                                                + " authentication.")
                                                .because("no token"));
        Caller caller =
                authenticator.authenticate(
                        token,
                        incoming.header("X-Service-Token"),
                        incoming.method(),
                        incoming.rawPath());
        authenticator.checkHolder(token, incoming::clientCertificate);
        return Optional.of(caller);
    }

    /** Whoever a token shows; a bad one is as good as none where the thing itself says who may. */
    private Optional<Caller> guest(Incoming incoming) {
        Optional<String> token = incoming.header("X-Auth-Token").or(() -> bearer(incoming));
        try {
            Optional<Caller> caller =
                    token.map(
                            text ->
                                    authenticator.authenticate(
                                            text,
                                            incoming.header("X-Service-Token"),
                                            incoming.method(),
                                            incoming.rawPath()));
            token.ifPresent(text -> authenticator.checkHolder(text, incoming::clientCertificate));
            return caller;
        } catch (Failure failure) {
            if (failure.kind() != FailureKind.UNAUTHORIZED) {
                throw failure;
            }
            return Optional.empty();
        }
    }

    /** A token had by OAuth 2.0 comes as RFC 6750 says. */
    private static Optional<String> bearer(Incoming incoming) {
        return incoming.header("Authorization")
                .filter(value -> value.regionMatches(true, 0, "Bearer ", 0, 7))
                .map(value -> value.substring(7).strip());
    }

    private static void checkProject(String inPath, Optional<Caller> caller) {
        Optional<String> own = caller.flatMap(Caller::project).map(id -> id.value());
        if (caller.isPresent() && !own.equals(Optional.of(inPath))) {
            throw Failure.badRequest(
                    "Malformed request url: the project in it is not the project of the token.");
        }
    }

    /** An API, and the path within it. */
    private record Routed(Mounted mounted, String rest) {}

    private Optional<Routed> routed(Incoming incoming) {
        for (Mounted mounted : claiming) {
            Optional<String> rest = mounted.api().claim().flatMap(it -> it.path(incoming));
            if (rest.isPresent()) {
                return Optional.of(new Routed(mounted, rest.get()));
            }
        }
        String rawPath = incoming.rawPath();
        for (Mounted mounted : apis) {
            String path = mounted.api().path();
            if (rawPath.startsWith(path)
                    && (rawPath.length() == path.length()
                            || rawPath.charAt(path.length()) == '/')) {
                return Optional.of(new Routed(mounted, rawPath.substring(path.length())));
            }
        }
        return Optional.empty();
    }

    private static List<String> segments(String rawRest) {
        List<String> segments = new ArrayList<>(PathTemplate.split(rawRest));
        try {
            segments.replaceAll(
                    part ->
                            part.indexOf('%') < 0
                                    ? part
                                    : URLDecoder.decode(
                                            part.replace("+", "%2B"), StandardCharsets.UTF_8));
        } catch (IllegalArgumentException e) {
            throw Failure.badRequest("Malformed URL.");
        }
        if (segments.stream().anyMatch(part -> part.indexOf('\0') >= 0)) {
            throw Failure.badRequest("Malformed URL.");
        }
        return segments;
    }

    private static boolean isJson(String contentType) {
        String type = contentType.split(";", 2)[0].strip();
        return type.equalsIgnoreCase("application/json")
                || type.toLowerCase(java.util.Locale.ROOT).endsWith("+json")
                || type.toLowerCase(java.util.Locale.ROOT)
                        .startsWith("application/openstack-images");
    }

    /** For the coverage tests and the documents: all that is mounted. */
    public Map<String, Api> apisByName() {
        Map<String, Api> byName = new HashMap<>();
        apis.forEach(mounted -> byName.put(mounted.api().name(), mounted.api()));
        return byName;
    }
}
