package cloud.welkin.kernel.failure;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/**
 * What a client is told when its request cannot be done. The code is stable: clients, dashboards
 * and logs may count on it; services use the exception names of the OpenStack service they speak
 * for (Neutron shows them as {@code type}). The message is for people and says what was wrong with
 * which thing; it never holds a secret or a host's detail.
 */
public final class Failure extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final FailureKind kind;
    private final String code;
    private final transient Optional<Duration> retryAfter;
    private final transient Optional<String> reason;

    public Failure(FailureKind kind, String code, String message) {
        this(kind, code, message, Optional.empty(), Optional.empty());
    }

    private Failure(
            FailureKind kind,
            String code,
            String message,
            Optional<Duration> retryAfter,
            Optional<String> reason) {
        // A refusal is an ordinary answer: its stack tells nothing and would cost most of the
        // request.
        super(message, null, false, false);
        this.kind = kind;
        this.code = code;
        this.retryAfter = retryAfter;
        this.reason = reason;
    }

    public FailureKind kind() {
        return kind;
    }

    public String code() {
        return code;
    }

    /** When to try again, where that is known; becomes the header Retry-After. */
    public Optional<Duration> retryAfter() {
        return retryAfter;
    }

    /**
     * What only the operator is told, in the audit: never a part of the answer. No secret either.
     */
    public Optional<String> reason() {
        return reason;
    }

    /** The same answer, with what the operator is told beside it. */
    public Failure because(String why) {
        return new Failure(kind, code, text(), retryAfter, Optional.of(why));
    }

    /** The text for people; never absent. */
    public String text() {
        String message = getMessage();
        return message == null ? kind.title() : message;
    }

    public static Failure badRequest(String message, Object... arguments) {
        return of(FailureKind.BAD_REQUEST, "BadRequest", message, arguments);
    }

    /** What everybody without a good token is told, whatever was wrong with it. */
    public static Failure unauthorized() {
        return unauthorized("The request you have made requires authentication.");
    }

    public static Failure unauthorized(String message, Object... arguments) {
        return of(FailureKind.UNAUTHORIZED, "Unauthorized", message, arguments);
    }

    public static Failure forbidden(String message, Object... arguments) {
        return of(FailureKind.FORBIDDEN, "Forbidden", message, arguments);
    }

    public static Failure notFound(String message, Object... arguments) {
        return of(FailureKind.NOT_FOUND, "NotFound", message, arguments);
    }

    public static Failure conflict(String message, Object... arguments) {
        return of(FailureKind.CONFLICT, "Conflict", message, arguments);
    }

    public static Failure tooLarge(String message, Object... arguments) {
        return of(FailureKind.TOO_LARGE, "RequestTooLarge", message, arguments);
    }

    /** Too much of something; it may be tried again after the pause. */
    public static Failure tooMany(Duration pause, String message) {
        return new Failure(
                FailureKind.TOO_MANY_REQUESTS,
                "TooManyRequests",
                message,
                Optional.of(pause),
                Optional.empty());
    }

    public static Failure unavailable(String message, Object... arguments) {
        return of(FailureKind.UNAVAILABLE, "ServiceUnavailable", message, arguments);
    }

    /**
     * The same failure under the exception name of the service that answers, e.g. {@code
     * NetworkInUse}.
     */
    public Failure as(String otherCode) {
        return new Failure(kind, otherCode, text(), retryAfter, reason);
    }

    private static Failure of(FailureKind kind, String code, String message, Object[] arguments) {
        String text =
                arguments.length == 0 ? message : String.format(Locale.ROOT, message, arguments);
        return new Failure(kind, code, text);
    }
}
