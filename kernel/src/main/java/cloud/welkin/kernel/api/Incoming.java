package cloud.welkin.kernel.api;

import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;

/** A request as the transport hands it over. */
public interface Incoming {
    String method();

    /** The path as it came, percent signs and all, without the query. */
    String rawPath();

    Optional<String> rawQuery();

    Optional<String> header(String name);

    /** The names of all headers, as they came. */
    default List<String> headerNames() {
        return List.of();
    }

    /** Where it came from, for the audit. */
    String peer();

    /** The certificate that the client proved to hold by TLS, checked up to a trusted root. */
    default Optional<X509Certificate> clientCertificate() {
        return Optional.empty();
    }

    /**
     * The whole body.
     *
     * @throws cloud.welkin.kernel.failure.Failure 413 when it is longer than the limit; no more
     *     than that is read
     */
    byte[] body(int limit);

    /** For operations that stream: both bodies. */
    Exchange exchange();
}
