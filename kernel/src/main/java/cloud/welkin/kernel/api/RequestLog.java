package cloud.welkin.kernel.api;

import cloud.welkin.kernel.policy.Caller;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * One line in the log and one measurement for every request. Reads are logged at debug: they are
 * most of the traffic.
 */
public final class RequestLog implements RequestObserver {
    private static final Logger log = LoggerFactory.getLogger("cloud.welkin.request");

    private record Series(String service, String operation, int status) {}

    private final MeterRegistry registry;
    private final Map<Series, Timer> timers = new ConcurrentHashMap<>();

    public RequestLog(MeterRegistry registry) {
        this.registry = registry;
    }

    @Override
    public void finished(Finished request) {
        Optional<Operation> operation = request.operation();
        int status = request.status();
        timers.computeIfAbsent(
                        new Series(
                                request.service().orElse("none"),
                                operation.map(Operation::toString).orElse("none"),
                                status),
                        this::timer)
                .record(request.took());
        boolean quiet = status < 400 && operation.map(o -> o.method().equals("GET")).orElse(true);
        if (quiet ? !log.isDebugEnabled() : !log.isInfoEnabled()) {
            return;
        }
        Optional<Caller> caller = request.caller();
        log.atLevel(quiet ? Level.DEBUG : Level.INFO)
                .addKeyValue("method", request.incoming().method())
                .addKeyValue("path", request.incoming().rawPath())
                .addKeyValue("status", status)
                .addKeyValue("ms", request.took().toNanos() / 1_000_000.0)
                .addKeyValue("request", request.requestId())
                .addKeyValue("user", caller.map(c -> c.user().value()).orElse("-"))
                .addKeyValue(
                        "project", caller.flatMap(Caller::project).map(p -> p.value()).orElse("-"))
                .addKeyValue("peer", request.incoming().peer())
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
