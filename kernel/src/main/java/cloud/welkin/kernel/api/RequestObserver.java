package cloud.welkin.kernel.api;

import cloud.welkin.kernel.policy.Caller;
import java.time.Duration;
import java.util.Optional;

/** Told of each request when it has been answered: the log, the measurements, the traces. */
@FunctionalInterface
public interface RequestObserver {
    /**
     * A request and what became of it.
     *
     * @param service as far as the path names one
     * @param operation as far as the service has one for method and path
     * @param caller as far as there was a good token
     * @param status of the answer
     * @param took from the first byte read to the answer made, its sending not included
     */
    record Finished(
            Incoming incoming,
            Optional<String> service,
            Optional<Operation> operation,
            Optional<Caller> caller,
            int status,
            Duration took,
            String requestId) {}

    void finished(Finished request);

    default RequestObserver and(RequestObserver other) {
        return request -> {
            finished(request);
            other.finished(request);
        };
    }
}
