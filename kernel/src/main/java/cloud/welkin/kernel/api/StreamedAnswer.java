package cloud.welkin.kernel.api;

import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * An exchange that remembers whether and how it was answered, and adds the request's id to the
 * answer.
 */
final class StreamedAnswer implements Exchange {
    private final Exchange exchange;
    private final String requestId;
    private Optional<Integer> status = Optional.empty();

    StreamedAnswer(Exchange exchange, String requestId) {
        this.exchange = exchange;
        this.requestId = requestId;
    }

    Optional<Integer> status() {
        return status;
    }

    @Override
    public Optional<X509Certificate> clientCertificate() {
        return exchange.clientCertificate();
    }

    @Override
    public OptionalLong contentLength() {
        return exchange.contentLength();
    }

    @Override
    public InputStream body() {
        return exchange.body();
    }

    @Override
    public OutputStream answer(int code, Map<String, String> headers) {
        status = Optional.of(code);
        return exchange.answer(code, withId(headers));
    }

    @Override
    public void answerFile(
            int code, Map<String, String> headers, Path file, long from, long length) {
        // Until here nothing is sent: a file that is not there is an error that the client can
        // still be told.
        if (!java.nio.file.Files.isReadable(file)) {
            throw new IllegalStateException("there is no file " + file);
        }
        status = Optional.of(code);
        exchange.answerFile(code, withId(headers), file, from, length);
    }

    private Map<String, String> withId(Map<String, String> headers) {
        Map<String, String> all = new LinkedHashMap<>(headers);
        all.put("x-openstack-request-id", requestId);
        return all;
    }
}
