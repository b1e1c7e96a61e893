package cloud.welkin.object.api;

import cloud.welkin.kernel.api.ErrorForm;
import cloud.welkin.kernel.failure.Failure;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Swift's refusals: a small page for people. */
public final class SwiftErrors implements ErrorForm {
    @Override
    public Object body(Failure failure, String requestId) {
        return "<html><h1>"
                + Listings.escaped(failure.kind().title())
                + "</h1><p>"
                + Listings.escaped(failure.text())
                + "</p></html>";
    }

    @Override
    public byte[] bytes(Failure failure, String requestId) {
        return body(failure, requestId).toString().getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public String contentType() {
        return "text/html; charset=UTF-8";
    }

    @Override
    public Map<String, String> headers(String requestId) {
        return Map.of("X-Trans-Id", Answers.transaction(requestId));
    }
}
