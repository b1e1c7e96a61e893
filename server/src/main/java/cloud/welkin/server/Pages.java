package cloud.welkin.server;

import cloud.welkin.kernel.telemetry.Telemetry;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** The pages beside the APIs that need no token: /healthz and /metrics. */
final class Pages extends Handler.Abstract {
    private record Page(int status, String type, String text) {}

    private final Map<String, Supplier<Page>> pages;

    Pages(BooleanSupplier healthy, Telemetry telemetry, Supplier<String> guests) {
        super(InvocationType.BLOCKING);
        pages =
                Map.of(
                        "/healthz",
                        () ->
                                healthy.getAsBoolean()
                                        ? new Page(200, "text/plain", "ok\n")
                                        : new Page(
                                                503,
                                                "text/plain",
                                                "the database does not answer\n"),
                        "/metrics",
                        () ->
                                new Page(
                                        200,
                                        "text/plain; version=0.0.4; charset=utf-8",
                                        telemetry.scrape() + guests.get()));
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        Supplier<Page> page = pages.get(request.getHttpURI().getPath());
        if (page == null || !request.getMethod().equals("GET")) {
            return false;
        }
        Page answer = page.get();
        response.setStatus(answer.status());
        response.getHeaders().put("Content-Type", answer.type());
        response.write(
                true, ByteBuffer.wrap(answer.text().getBytes(StandardCharsets.UTF_8)), callback);
        return true;
    }
}
