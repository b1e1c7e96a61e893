package cloud.welkin.kernel.http;

import java.io.IOException;
import java.security.MessageDigest;
import java.time.Duration;
import org.eclipse.jetty.alpn.server.ALPNServerConnectionFactory;
import org.eclipse.jetty.http2.server.HTTP2ServerConnectionFactory;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The address where TLS 1.2 and 1.3 are spoken, HTTP/2 by ALPN. Certificates end and are replaced
 * while the program runs: the files are looked at every second, new connections get the new
 * certificate, open ones stay. A file that is being written or is wrong is told in the log, and the
 * certificate before it stays in use.
 */
final class TlsListener implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(TlsListener.class);
    private static final Duration LOOK = Duration.ofSeconds(1);

    private final TlsSettings settings;
    private final SslContextFactory.Server tls = new SslContextFactory.Server();
    private final ServerConnector connector;
    private final Thread watch;
    private byte[] digest;

    /**
     * @throws IOException when the files cannot be read, in clear words
     */
    TlsListener(TlsSettings settings, Server server, HttpConfiguration http) throws IOException {
        this.settings = settings;
        PemFiles.Stores stores = PemFiles.read(settings);
        digest = stores.digest();
        tls.setIncludeProtocols("TLSv1.3", "TLSv1.2");
        tls.setKeyStorePassword(PemFiles.PASSWORD);
        tls.setWantClientAuth(settings.clientCa().isPresent());
        use(tls, stores);
        HttpConfiguration https = new HttpConfiguration(http);
        https.setSecureScheme("https");
        // Which name a client asks for is its own affair: the cloud is one, whatever it is called.
        https.addCustomizer(new SecureRequestCustomizer(false));
        ALPNServerConnectionFactory alpn = new ALPNServerConnectionFactory("h2", "http/1.1");
        alpn.setDefaultProtocol("http/1.1");
        connector =
                new ServerConnector(
                        server,
                        1,
                        1,
                        new SslConnectionFactory(tls, alpn.getProtocol()),
                        alpn,
                        new HTTP2ServerConnectionFactory(https),
                        new HttpConnectionFactory(https));
        connector.setHost(settings.host());
        connector.setPort(settings.port());
        watch = Thread.ofVirtual().name("certificates").unstarted(this::watch);
    }

    ServerConnector connector() {
        return connector;
    }

    void start() {
        watch.start();
    }

    private static void use(SslContextFactory.Server tls, PemFiles.Stores stores) {
        tls.setKeyStore(stores.keys());
        stores.clients().ifPresent(tls::setTrustStore);
    }

    private void watch() {
        while (true) {
            try {
                Thread.sleep(LOOK);
                look();
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private void look() {
        byte[] now;
        try {
            now = PemFiles.digest(settings);
        } catch (IOException e) {
            // Between two files of one renewal; the next look finds them, or the restart tells.
            log.debug("the certificate's files cannot be read", e);
            return;
        }
        if (MessageDigest.isEqual(now, digest)) {
            return;
        }
        digest = now;
        try {
            PemFiles.Stores stores = PemFiles.read(settings);
            tls.reload(factory -> use((SslContextFactory.Server) factory, stores));
            log.info("the certificate in {} is in use now", settings.certificate());
        } catch (Exception e) {
            log.warn("the new certificate is of no use, the old one stays", e);
        }
    }

    @Override
    public void close() {
        watch.interrupt();
    }
}
