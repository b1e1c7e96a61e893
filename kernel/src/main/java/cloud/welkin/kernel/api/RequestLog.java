package cloud.welkin.kernel.api;

import cloud.welkin.kernel.policy.Caller;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One line in the log and one measurement for every request. Reads are logged at debug: they are
 * most of the traffic.
 */
public final class RequestLog {
    private static final Logger log = LoggerFactory.getLogger("cloud.welkin.request");

    private record Series(String service, String operation, int status) {}

    private final MeterRegistry registry;
    private final Map<Series, Timer> timers = new ConcurrentHashMap<>();

    public RequestLog(MeterRegistry registry) {
        this.registry = registry;
    }

    void finished(
            Incoming incoming,
            Optional<String> service,
            Optional<Operation> operation,
            Optional<Caller> caller,
            int status,
            long nanos,
            String requestId) {
        timers.computeIfAbsent(
                        new Series(
                                service.orElse("none"),
                                operation.map(Operation::toString).orElse("none"),
                                status),
                        this::timer)
                .record(nanos, TimeUnit.NANOSECONDS);
        boolean quiet = status < 400 && operation.map(o -> o.method().equals("GET")).orElse(true);
        if (quiet ? !log.isDebugEnabled() : !log.isInfoEnabled()) {
            return;
        }
        log.atLevel(quiet ? org.slf4j.event.Level.DEBUG : org.slf4j.event.Level.INFO)
                .addKeyValue("method", incoming.method())
                .addKeyValue("path", incoming.rawPath())
                .addKeyValue("status", status)
                .addKeyValue("ms", nanos / 1_000_000.0)
                .addKeyValue("request", requestId)
                .addKeyValue("user", caller.map(c -> c.user().value()).orElse("-"))
                .addKeyValue(
                        "project", caller.flatMap(Caller::project).map(p -> p.value()).orElse("-"))
                .addKeyValue("peer", incoming.peer())
                .log("request");
    }

    private Timer timer(Series series) {
        return Timer.builder("welkin.http.requests")
                .description("requests by service, operation and status")
                .tag("service", series.service())
                .tag("operation", series.operation())
                .tag("status", Integer.toString(series.status()))
                .register(registry);
    }
}
