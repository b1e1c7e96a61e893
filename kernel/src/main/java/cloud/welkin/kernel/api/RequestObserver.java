package cloud.welkin.kernel.api;

import cloud.welkin.database.Tx;
import cloud.welkin.kernel.failure.Failure;
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
     * @param failure what it was refused for
     * @param told whether {@link #changing} was told of it in a transaction that was committed
     */
    record Finished(
            Incoming incoming,
            Optional<String> service,
            Optional<Operation> operation,
            Optional<Caller> caller,
            Answer answer,
            Duration took,
            String requestId,
            Map<String, String> notes,
            Optional<Failure> failure,
            boolean told) {
        public int status() {
            return answer.status();
        }
    }

    void finished(Finished request);

    /**
     * Told of a change within the transaction that makes it, when all but the commit is done: what
     * is written there is kept if the change is, and only then. It may be told again, when the
     * database asks for a retry; whatever it throws undoes the change.
     */
    default void changing(Tx tx, Finished request) {}

    default RequestObserver and(RequestObserver other) {
        RequestObserver one = this;
        return new RequestObserver() {
            @Override
            public void finished(Finished request) {
                one.finished(request);
                other.finished(request);
            }

            @Override
            public void changing(Tx tx, Finished request) {
                one.changing(tx, request);
                other.changing(tx, request);
            }
        };
    }
}
