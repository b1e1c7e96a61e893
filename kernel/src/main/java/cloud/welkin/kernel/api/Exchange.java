package cloud.welkin.kernel.api;

import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The two bodies of an operation that streams: nothing is read or sent before the operation asks
 * for it.
 */
public interface Exchange {
    /** The certificate that the client proved to hold by TLS, checked up to a trusted root. */
    default Optional<X509Certificate> clientCertificate() {
        return Optional.empty();
    }

    /** The length that the client announced. */
    OptionalLong contentLength();

    /** The body; asking for it is what answers {@code Expect: 100-continue}. */
    InputStream body();

    /** Begins the answer. May be called once, and not after the operation returned. */
    OutputStream answer(int status, java.util.Map<String, String> headers);

    /** Answers with a part of a file, sent without copying where the connection allows. */
    void answerFile(
            int status, java.util.Map<String, String> headers, Path file, long from, long length);
}
