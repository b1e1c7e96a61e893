package cloud.welkin.kernel.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import cloud.welkin.kernel.api.Answer;
import cloud.welkin.kernel.api.Exchange;
import cloud.welkin.kernel.api.Incoming;
import cloud.welkin.kernel.api.RequestObserver.Finished;
import cloud.welkin.kernel.work.ReconcilerStatus;
import cloud.welkin.kernel.work.Report;
import cloud.welkin.kernel.work.SagaId;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TracesTest {
    private static final String CALLERS_TRACE = "0af7651916cd43dd8448eb211c80319c";

    /** What a receiver of OTLP got: Protobuf, in which texts and ids stand as they are. */
    private final ByteArrayOutputStream received = new ByteArrayOutputStream();

    @SuppressWarnings("NullAway.Init") // before each test
    private HttpServer receiver;

    @SuppressWarnings("NullAway.Init") // before each test
    private Traces traces;

    @BeforeEach
    void start() throws IOException {
        receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        receiver.createContext(
                "/v1/traces",
                exchange -> {
                    synchronized (received) {
                        exchange.getRequestBody().transferTo(received);
                    }
                    exchange.sendResponseHeaders(200, -1);
                    exchange.close();
                });
        receiver.start();
        traces =
                new Traces(
                        URI.create(
                                "http://127.0.0.1:"
                                        + receiver.getAddress().getPort()
                                        + "/v1/traces"),
                        Clock.systemUTC());
    }

    @AfterEach
    void stop() {
        receiver.stop(0);
    }

    /** Latin 1 keeps every byte. */
    private String sent() {
        traces.close();
        synchronized (received) {
            return received.toString(StandardCharsets.ISO_8859_1);
        }
    }

    private static Answer answer(int status) {
        return new Answer(status, Map.of(), new byte[0], false);
    }

    private static String bytes(String hex) {
        return new String(HexFormat.of().parseHex(hex), StandardCharsets.ISO_8859_1);
    }

    @Test
    void aRequestIsASpanOfItsCallersTrace() {
        traces.finished(
                new Finished(
                        new Get("/image/v2/images", "00-" + CALLERS_TRACE + "-b7ad6b7169203331-01"),
                        Optional.of("image"),
                        Optional.empty(),
                        Optional.empty(),
                        answer(404),
                        Duration.ofMillis(3),
                        "req-1",
                        Map.of(),
                        Optional.empty(),
                        false));
        assertThat(sent())
                .contains("/image/v2/images", "req-1", "welkin", bytes(CALLERS_TRACE))
                .contains(bytes("b7ad6b7169203331"));
    }

    @Test
    void aWrongTraceOfTheCallerIsPassedOver() {
        traces.finished(
                new Finished(
                        new Get("/image/v2/images", "00-nonsense"),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        answer(200),
                        Duration.ZERO,
                        "req-2",
                        Map.of(),
                        Optional.empty(),
                        false));
        assertThat(sent()).contains("req-2");
    }

    @Test
    void theStepsOfASagaAreOneTraceWithTheSagasId() {
        SagaId id = new SagaId(UUID.fromString("6d0c2e0e-5b0a-4a9a-8a5e-111111111111"));
        traces.sagas().afterStep(id, "create-image", "copy", false, Duration.ofMillis(7), "done");
        traces.sagas().afterStep(id, "create-image", "copy", true, Duration.ofMillis(7), "done");
        assertThat(sent())
                .contains("create-image: copy", "create-image: undo copy", id.toString())
                .contains(bytes(id.toString().replace("-", "")));
    }

    @Test
    void aReconcilerIsTracedWhenItChangedSomethingOrFailed() {
        traces.reconcilers().ran(status("idle", 0, Optional.empty()));
        traces.reconcilers().ran(status("busy", 2, Optional.empty()));
        traces.reconcilers().ran(status("broken", 0, Optional.of("no route")));
        assertThat(sent())
                .contains("reconcile busy", "reconcile broken", "no route")
                .doesNotContain("idle");
    }

    @Test
    void aReceiverThatIsAwayCostsSpansOnly() {
        receiver.stop(0);
        traces.reconcilers().ran(status("busy", 2, Optional.empty()));
        assertThat(sent()).isEmpty();
    }

    private static ReconcilerStatus status(String name, int changed, Optional<String> failure) {
        return new ReconcilerStatus(
                name,
                "replica",
                Instant.EPOCH,
                Duration.ofMillis(5),
                new Report(changed, ""),
                failure,
                0,
                Optional.empty());
    }

    private record Get(String rawPath, String traceparent) implements Incoming {
        @Override
        public String method() {
            return "GET";
        }

        @Override
        public Optional<String> rawQuery() {
            return Optional.empty();
        }

        @Override
        public Optional<String> header(String name) {
            return name.equals("traceparent") ? Optional.of(traceparent) : Optional.empty();
        }

        @Override
        public String peer() {
            return "127.0.0.1";
        }

        @Override
        public byte[] body(int limit) {
            return new byte[0];
        }

        @Override
        public Exchange exchange() {
            throw new IllegalStateException("no bodies here");
        }
    }
}
