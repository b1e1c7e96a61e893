package cloud.welkin.server;

import cloud.welkin.kernel.api.Api;
import cloud.welkin.kernel.api.OpenApi;
import cloud.welkin.kernel.json.Json;
import cloud.welkin.kernel.telemetry.Telemetry;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * The pages beside the APIs. Open to all: {@code /healthz}, {@code /metrics} of the program itself,
 * {@code /openapi} (which documents there are) and {@code /openapi/NAME.json} (OpenAPI 3.1). What
 * tells of tenants' guests, {@code /metrics/guests}, wants the home's metrics token as {@code
 * Authorization: Bearer}.
 */
final class Pages extends Handler.Abstract {
    private static final String METRICS = "text/plain; version=0.0.4; charset=utf-8";
    private static final Page NONE = new Page(404, "text/plain", "no such page\n");

    private record Page(int status, String type, String text) {}

    private final BooleanSupplier healthy;
    private final Telemetry telemetry;
    private final Supplier<String> guests;
    private final byte[] token;
    private final List<Api> apis;

    /**
     * @param token that a reader of the guests' metrics shows
     */
    Pages(
            BooleanSupplier healthy,
            Telemetry telemetry,
            Supplier<String> guests,
            String token,
            List<Api> apis) {
        super(InvocationType.BLOCKING);
        this.healthy = healthy;
        this.telemetry = telemetry;
        this.guests = guests;
        this.token = ("Bearer " + token).getBytes(StandardCharsets.UTF_8);
        this.apis = apis;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        if (!request.getMethod().equals("GET")) {
            return false;
        }
        Optional<Page> page =
                page(
                        request.getHttpURI().getPath(),
                        Optional.ofNullable(request.getHeaders().get("Authorization")));
        if (page.isEmpty()) {
            return false;
        }
        response.setStatus(page.get().status());
        response.getHeaders().put("Content-Type", page.get().type());
        if (page.get().status() == 401) {
            response.getHeaders().put("WWW-Authenticate", "Bearer");
        }
        response.write(
                true,
                ByteBuffer.wrap(page.get().text().getBytes(StandardCharsets.UTF_8)),
                callback);
        return true;
    }

    private Optional<Page> page(String path, Optional<String> authorization) {
        return switch (path) {
            case "/healthz" ->
                    Optional.of(
                            healthy.getAsBoolean()
                                    ? new Page(200, "text/plain", "ok\n")
                                    : new Page(
                                            503, "text/plain", "the database does not answer\n"));
            case "/metrics" -> Optional.of(new Page(200, METRICS, telemetry.scrape()));
            case "/metrics/guests" ->
                    Optional.of(
                            authorization.filter(this::isToken).isPresent()
                                    ? new Page(200, METRICS, guests.get())
                                    : new Page(
                                            401,
                                            "text/plain",
                                            "the home's secrets/metrics-token is wanted as a bearer"
                                                    + " token\n"));
            case "/openapi" ->
                    Optional.of(
                            json(
                                    Map.of(
                                            "documents",
                                            apis.stream()
                                                    .map(api -> "/openapi/" + api.name() + ".json")
                                                    .toList())));
            default ->
                    path.startsWith("/openapi/")
                            ? Optional.of(document(path.substring("/openapi/".length())))
                            : Optional.empty();
        };
    }

    private Page document(String file) {
        return apis.stream()
                .filter(api -> file.equals(api.name() + ".json"))
                .findFirst()
                .map(api -> json(OpenApi.of(api)))
                .orElse(NONE);
    }

    private static Page json(Object value) {
        return new Page(200, "application/json", Json.text(value) + "\n");
    }

    private boolean isToken(String authorization) {
        return MessageDigest.isEqual(authorization.getBytes(StandardCharsets.UTF_8), token);
    }
}
