package cloud.welkin.kernel.telemetry;

import cloud.welkin.kernel.api.Authenticator;
import cloud.welkin.kernel.policy.Caller;
import cloud.welkin.kernel.work.ReconcilerObserver;
import cloud.welkin.kernel.work.ReconcilerStatus;
import cloud.welkin.kernel.work.SagaId;
import cloud.welkin.kernel.work.SagaObserver;
import cloud.welkin.kernel.work.SagaState;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.security.cert.X509Certificate;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import javax.sql.DataSource;

/**
 * The registry of this process. Names are Prometheus' own style with the prefix {@code welkin.}:
 * {@code welkin.saga.step}, {@code welkin.saga}, {@code welkin.reconciler}, {@code
 * welkin.database.connections}, {@code welkin.token.check}. Tags are names from the code, never
 * ids.
 */
public final class Telemetry implements AutoCloseable {

    private final PrometheusMeterRegistry registry =
            new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final JvmGcMetrics garbage = new JvmGcMetrics();

    public Telemetry() {
        new ClassLoaderMetrics().bindTo(registry);
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new FileDescriptorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
        garbage.bindTo(registry);
    }

    public MeterRegistry registry() {
        return registry;
    }

    /** The body of {@code /metrics}: Prometheus' text format 0.0.4. */
    public String scrape() {
        return registry.scrape();
    }

    /** Connections of the database's pool: active, idle, awaited, most. */
    public void watch(DataSource pool) {
        try {
            if (pool.isWrapperFor(HikariDataSource.class)) {
                HikariPoolMXBean bean = pool.unwrap(HikariDataSource.class).getHikariPoolMXBean();
                connections(bean, "active", HikariPoolMXBean::getActiveConnections);
                connections(bean, "idle", HikariPoolMXBean::getIdleConnections);
                connections(bean, "awaited", HikariPoolMXBean::getThreadsAwaitingConnection);
                connections(bean, "total", HikariPoolMXBean::getTotalConnections);
            }
        } catch (SQLException e) {
            throw new IllegalArgumentException("The pool cannot be watched", e);
        }
    }

    private void connections(
            HikariPoolMXBean bean, String state, ToDoubleFunction<HikariPoolMXBean> value) {
        Gauge.builder("welkin.database.connections", bean, value)
                .tag("state", state)
                .description("Connections of the pool to PostgreSQL")
                .strongReference(true)
                .register(registry);
    }

    /** The same authenticator; how long it takes to make a caller of a token is told by outcome. */
    public Authenticator timed(Authenticator authenticator) {
        Timer admitted = tokenCheck("admitted");
        Timer refused = tokenCheck("refused");
        return new Authenticator() {
            @Override
            public Caller authenticate(
                    String token, Optional<String> serviceToken, String method, String path) {
                long begun = System.nanoTime();
                Timer outcome = refused;
                try {
                    Caller caller = authenticator.authenticate(token, serviceToken, method, path);
                    outcome = admitted;
                    return caller;
                } finally {
                    outcome.record(System.nanoTime() - begun, TimeUnit.NANOSECONDS);
                }
            }

            @Override
            public void checkHolder(String token, Supplier<Optional<X509Certificate>> certificate) {
                authenticator.checkHolder(token, certificate);
            }
        };
    }

    private Timer tokenCheck(String outcome) {
        return Timer.builder("welkin.token.check")
                .description("From the token of a request to its caller")
                .tag("outcome", outcome)
                .register(registry);
    }

    /** Times of steps by saga, step, direction and outcome; ends of sagas by saga and state. */
    public SagaObserver sagas() {
        return new SagaObserver() {
            @Override
            public void afterStep(
                    SagaId id,
                    String saga,
                    String step,
                    boolean undo,
                    Duration took,
                    String outcome) {
                registry.timer(
                                "welkin.saga.step",
                                "saga",
                                saga,
                                "step",
                                step,
                                "direction",
                                undo ? "undo" : "do",
                                "outcome",
                                outcome)
                        .record(took);
            }

            @Override
            public void afterEnd(SagaId id, String saga, SagaState state) {
                registry.counter(
                                "welkin.saga.ended",
                                "saga",
                                saga,
                                "state",
                                state.name().toLowerCase(Locale.ROOT))
                        .increment();
            }
        };
    }

    /** Times of runs by reconciler and outcome; things changed by reconciler. */
    public ReconcilerObserver reconcilers() {
        return this::ran;
    }

    private void ran(ReconcilerStatus status) {
        String outcome = status.failure().isPresent() ? "failed" : "done";
        registry.timer("welkin.reconciler", "reconciler", status.name(), "outcome", outcome)
                .record(status.took());
        registry.counter("welkin.reconciler.changes", "reconciler", status.name())
                .increment(status.report().changed());
    }

    @Override
    public void close() {
        garbage.close();
        registry.close();
    }
}
