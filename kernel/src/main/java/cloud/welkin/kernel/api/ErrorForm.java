package cloud.welkin.kernel.api;

import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.failure.FailureKind;
import cloud.welkin.kernel.json.Json;
import java.util.List;
import java.util.Map;

/**
 * How a service words its errors: the body of a failure, JSON but with Swift. Every OpenStack
 * service has its own.
 */
@FunctionalInterface
public interface ErrorForm {
    /** The body, as something that becomes a JSON object. */
    Object body(Failure failure, String requestId);

    /** The status, where a service differs from the usual one of the kind. */
    default int status(Failure failure) {
        return failure.kind().status();
    }

    /** The body as it is sent. */
    default byte[] bytes(Failure failure, String requestId) {
        return Json.bytes(body(failure, requestId));
    }

    /** What {@link #bytes} is. */
    default String contentType() {
        return "application/json";
    }

    /** Headers of every refusal. */
    default Map<String, String> headers(String requestId) {
        return Map.of();
    }

    /** Keystone: {@code {"error": {"code", "message", "title"}}}. */
    static ErrorForm keystone() {
        return (failure, requestId) ->
                Map.of(
                        "error",
                        Map.of(
                                "code", failure.kind().status(),
                                "message", failure.text(),
                                "title", failure.kind().title()));
    }

    /** Nova and Cinder: one member named after the kind, with code and message. */
    static ErrorForm nova() {
        return (failure, requestId) ->
                Map.of(
                        novaName(failure),
                        Map.of("code", failure.kind().status(), "message", failure.text()));
    }

    /** Neutron: {@code {"NeutronError": {"type", "message", "detail"}}}. */
    static ErrorForm neutron() {
        return (failure, requestId) ->
                Map.of(
                        "NeutronError",
                        Map.of("type", failure.code(), "message", failure.text(), "detail", ""));
    }

    /** Placement: {@code {"errors": [{"status", "title", "detail", "code", "request_id"}]}}. */
    static ErrorForm placement() {
        return (failure, requestId) ->
                Map.of(
                        "errors",
                        List.of(
                                Map.of(
                                        "status", failure.kind().status(),
                                        "title", failure.kind().title(),
                                        "detail", failure.text(),
                                        "code", failure.code(),
                                        "request_id", requestId)));
    }

    /** Glance, which answers in plain words: status, title and message. */
    static ErrorForm glance() {
        return (failure, requestId) ->
                Map.of(
                        "code", failure.kind().status() + " " + failure.kind().title(),
                        "title", failure.kind().title(),
                        "message", failure.text());
    }

    private static String novaName(Failure failure) {
        FailureKind kind = failure.kind();
        return switch (kind) {
            case BAD_REQUEST -> "badRequest";
            case UNAUTHORIZED -> "unauthorized";
            case FORBIDDEN -> "forbidden";
            case NOT_FOUND -> "itemNotFound";
            case METHOD_NOT_ALLOWED -> "badMethod";
            case CONFLICT -> "conflictingRequest";
            case TOO_LARGE, TOO_MANY_REQUESTS -> "overLimit";
            case UNSUPPORTED_MEDIA_TYPE -> "badMediaType";
            case NOT_IMPLEMENTED -> "notImplemented";
            case UNAVAILABLE -> "serviceUnavailable";
            case INTERNAL,
                    NOT_ACCEPTABLE,
                    REQUEST_TIMEOUT,
                    GONE,
                    LENGTH_REQUIRED,
                    PRECONDITION_FAILED,
                    RANGE_NOT_SATISFIABLE,
                    UNPROCESSABLE,
                    INSUFFICIENT_STORAGE ->
                    "computeFault";
        };
    }
}
