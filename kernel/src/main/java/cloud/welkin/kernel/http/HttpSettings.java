package cloud.welkin.kernel.http;

import java.time.Duration;
import java.util.Optional;

/**
 * Where and how the program listens.
 *
 * @param host the address to bind
 * @param port the port; 0 lets the system choose
 * @param idle how long a silent connection is kept
 * @param tls a second address where TLS is spoken
 */
public record HttpSettings(String host, int port, Duration idle, Optional<TlsSettings> tls) {
    /** Without TLS. */
    public HttpSettings(String host, int port, Duration idle) {
        this(host, port, idle, Optional.empty());
    }
}
