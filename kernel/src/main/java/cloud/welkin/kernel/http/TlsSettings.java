package cloud.welkin.kernel.http;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Where TLS is spoken, and who the program is there. The files are read again when they change.
 *
 * @param host the address to bind
 * @param port the port; 0 lets the system choose
 * @param certificate PEM: the server's certificate, then those between it and its root
 * @param key PEM: its private key in PKCS #8, not encrypted
 * @param clientCa PEM: who signs the certificates of clients; with it clients may show one, and one
 *     that is not signed so ends the handshake
 */
public record TlsSettings(
        String host, int port, Path certificate, Path key, Optional<Path> clientCa) {}
