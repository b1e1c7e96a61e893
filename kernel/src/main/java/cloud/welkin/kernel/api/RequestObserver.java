package cloud.welkin.kernel.api;

import cloud.welkin.kernel.policy.Caller;
import java.time.Duration;
import java.util.Map;
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
     * @param answer what was answered; it may hold secrets
     * @param took from the first byte read to the answer made, its sending not included
     * @param notes what the handler said about the request
     */
    record Finished(
            Incoming incoming,
            Optional<String> service,
            Optional<Operation> operation,
            Optional<Caller> caller,
            Answer answer,
            Duration took,
            String requestId,
            Map<String, String> notes) {
        public int status() {
            return answer.status();
        }
    }

    void finished(Finished request);

    default RequestObserver and(RequestObserver other) {
        return request -> {
            finished(request);
            other.finished(request);
        };
    }
}
