package cloud.welkin.kernel.http;

import cloud.welkin.kernel.api.Exchange;
import cloud.welkin.kernel.api.Incoming;
import cloud.welkin.kernel.failure.Failure;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;

/** A request of Jetty's, as the dispatcher sees it. */
final class JettyIncoming implements Incoming, Exchange {
    private final Request request;
    private final Response response;

    JettyIncoming(Request request, Response response) {
        this.request = request;
        this.response = response;
    }

    @Override
    public String method() {
        return request.getMethod();
    }

    @Override
    public String rawPath() {
        return request.getHttpURI().getPath();
    }

    @Override
    public Optional<String> rawQuery() {
        return Optional.ofNullable(request.getHttpURI().getQuery());
    }

    @Override
    public Optional<String> header(String name) {
        return Optional.ofNullable(request.getHeaders().get(name));
    }

    @Override
    public List<String> headerNames() {
        return request.getHeaders().getFieldNamesCollection().stream().toList();
    }

    @Override
    public String peer() {
        return Request.getRemoteAddr(request);
    }

    @Override
    public Optional<X509Certificate> clientCertificate() {
        return request.getAttribute(EndPoint.SslSessionData.ATTRIBUTE)
                                instanceof EndPoint.SslSessionData session
                        && session.peerCertificates() != null
                        && session.peerCertificates().length > 0
                ? Optional.of(session.peerCertificates()[0])
                : Optional.empty();
    }

    @Override
    public byte[] body(int limit) {
        if (request.getLength() > limit) {
            throw tooLarge(limit);
        }
        try {
            // Not closed: that would fail what has not been read, and the client's connection with
            // it.
            byte[] bytes = body().readNBytes(limit + 1);
            if (bytes.length > limit) {
                throw tooLarge(limit);
            }
            return bytes;
        } catch (IOException e) {
            throw Failure.badRequest("The request body could not be read.");
        }
    }

    private static Failure tooLarge(int limit) {
        return Failure.tooLarge("The request body is larger than %d bytes.", limit);
    }

    @Override
    public Exchange exchange() {
        return this;
    }

    @Override
    public OptionalLong contentLength() {
        long length = request.getLength();
        return length < 0 ? OptionalLong.empty() : OptionalLong.of(length);
    }

    @Override
    public InputStream body() {
        return Content.Source.asInputStream(request);
    }

    @Override
    public OutputStream answer(int status, Map<String, String> headers) {
        response.setStatus(status);
        headers.forEach((name, value) -> response.getHeaders().put(name, value));
        return Content.Sink.asOutputStream(response);
    }

    @Override
    public void answerFile(
            int status, Map<String, String> headers, Path file, long from, long length) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
                OutputStream out = answer(status, headers)) {
            response.getHeaders().put("Content-Length", Long.toString(length));
            WritableByteChannel sink = Channels.newChannel(out);
            long at = from;
            long end = from + length;
            while (at < end) {
                long sent = channel.transferTo(at, Math.min(end - at, 1 << 20), sink);
                if (sent <= 0) {
                    throw new IOException("the file is shorter than it was: " + file);
                }
                at += sent;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
