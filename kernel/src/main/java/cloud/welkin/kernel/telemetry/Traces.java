package cloud.welkin.kernel.telemetry;

import cloud.welkin.kernel.api.RequestObserver;
import cloud.welkin.kernel.work.ReconcilerObserver;
import cloud.welkin.kernel.work.ReconcilerStatus;
import cloud.welkin.kernel.work.SagaId;
import cloud.welkin.kernel.work.SagaObserver;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * OpenTelemetry traces, sent by OTLP over HTTP: a span for each request (within the caller's trace
 * where it says one in {@code traceparent}), for each step of a saga, and for each run of a
 * reconciler that changed something or failed. The steps of one run of a saga are one trace, whose
 * id is the saga's own, so that the id in the log, in {@code doctor} and in the trace are one.
 *
 * <p>All is observed from without and after the fact: work knows nothing of traces, and where no
 * receiver is set there is no object of this class. A receiver that is away costs spans, never
 * requests.
 */
public final class Traces implements RequestObserver, AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private static final AttributeKey<String> SERVICE = AttributeKey.stringKey("service.name");
    private static final AttributeKey<String> METHOD =
            AttributeKey.stringKey("http.request.method");
    private static final AttributeKey<String> PATH = AttributeKey.stringKey("url.path");
    private static final AttributeKey<Long> STATUS =
            AttributeKey.longKey("http.response.status_code");
    private static final AttributeKey<String> REQUEST = AttributeKey.stringKey("welkin.request_id");
    private static final AttributeKey<String> PROJECT = AttributeKey.stringKey("welkin.project_id");
    private static final AttributeKey<String> SAGA = AttributeKey.stringKey("welkin.saga_id");
    private static final AttributeKey<String> OUTCOME = AttributeKey.stringKey("welkin.outcome");
    private static final AttributeKey<Long> CHANGED = AttributeKey.longKey("welkin.changed");

    private static final TextMapGetter<Finished> HEADERS =
            new TextMapGetter<>() {
                @Override
                public Iterable<String> keys(Finished request) {
                    return List.of("traceparent", "tracestate");
                }

                @Override
                public @Nullable String get(@Nullable Finished request, String name) {
                    return request == null ? null : request.incoming().header(name).orElse(null);
                }
            };

    private final SdkTracerProvider provider;
    private final Tracer tracer;
    private final Clock clock;

    /**
     * @param receiver of OTLP over HTTP, e.g. {@code http://127.0.0.1:4318/v1/traces}
     */
    public Traces(URI receiver, Clock clock) {
        this.clock = clock;
        this.provider =
                SdkTracerProvider.builder()
                        .setResource(
                                Resource.getDefault()
                                        .merge(Resource.create(Attributes.of(SERVICE, "welkin"))))
                        .addSpanProcessor(
                                BatchSpanProcessor.builder(
                                                OtlpHttpSpanExporter.builder()
                                                        .setEndpoint(receiver.toString())
                                                        .setTimeout(PATIENCE)
                                                        .build())
                                        .build())
                        .build();
        this.tracer = provider.get("cloud.welkin");
    }

    @Override
    public void finished(Finished request) {
        Context caller =
                W3CTraceContextPropagator.getInstance().extract(Context.root(), request, HEADERS);
        String name =
                request.operation()
                        .map(operation -> request.service().orElse("") + " " + operation)
                        .orElse(request.incoming().method());
        Span span = begin(name, SpanKind.SERVER, caller, request.took());
        span.setAttribute(METHOD, request.incoming().method());
        span.setAttribute(PATH, request.incoming().rawPath());
        span.setAttribute(STATUS, (long) request.status());
        span.setAttribute(REQUEST, request.requestId());
        request.caller()
                .flatMap(who -> who.project())
                .ifPresent(project -> span.setAttribute(PROJECT, project.value()));
        if (request.status() >= 500) {
            span.setStatus(StatusCode.ERROR);
        }
        span.end();
    }

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
                Span span =
                        begin(
                                saga + ": " + (undo ? "undo " : "") + step,
                                SpanKind.INTERNAL,
                                trace(id.value()),
                                took);
                span.setAttribute(SAGA, id.toString());
                span.setAttribute(OUTCOME, outcome);
                span.end();
            }
        };
    }

    public ReconcilerObserver reconcilers() {
        return this::ran;
    }

    private void ran(ReconcilerStatus status) {
        if (status.failure().isEmpty() && status.report().changed() == 0) {
            return;
        }
        Span span =
                begin(
                        "reconcile " + status.name(),
                        SpanKind.INTERNAL,
                        Context.root(),
                        status.took());
        span.setAttribute(CHANGED, (long) status.report().changed());
        status.failure().ifPresent(why -> span.setStatus(StatusCode.ERROR, why));
        span.end();
    }

    private Span begin(String name, SpanKind kind, Context within, Duration took) {
        Instant began = clock.instant().minus(took);
        return tracer.spanBuilder(name)
                .setSpanKind(kind)
                .setParent(within)
                .setStartTimestamp(began)
                .startSpan();
    }

    /** The trace whose id is this one. */
    private static Context trace(UUID id) {
        String hex = id.toString().replace("-", "");
        return Context.root()
                .with(
                        Span.wrap(
                                SpanContext.createFromRemoteParent(
                                        hex,
                                        hex.substring(16),
                                        TraceFlags.getSampled(),
                                        TraceState.getDefault())));
    }

    /** Sends what is left, but does not hold up the end for long. */
    @Override
    public void close() {
        provider.shutdown().join(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }
}
