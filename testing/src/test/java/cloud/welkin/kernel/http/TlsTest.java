package cloud.welkin.kernel.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import cloud.welkin.kernel.api.Api;
import cloud.welkin.kernel.api.Dispatcher;
import cloud.welkin.kernel.api.ErrorForm;
import cloud.welkin.kernel.api.Operation;
import cloud.welkin.kernel.api.RequestLog;
import cloud.welkin.kernel.policy.Policy;
import cloud.welkin.testing.Callers;
import cloud.welkin.testing.Eventually;
import cloud.welkin.testing.TestDatabase;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** The listener with TLS, with certificates made here. */
@TestInstance(Lifecycle.PER_CLASS)
class TlsTest {
    @TempDir static Path directory = Path.of("");

    private record Identity(X509Certificate certificate, KeyPair keys) {}

    private final TestDatabase database = TestDatabase.with("kernel");
    private final Identity root = made("CN=root", "EC", Optional.empty());
    private final Identity stranger = made("CN=root", "EC", Optional.empty());
    private Path certificate = Path.of("");
    private Path key = Path.of("");

    // The folder is there only after the fields are: see serve().
    @SuppressWarnings("NullAway.Init")
    private HttpServer server;

    @BeforeAll
    void serve() throws IOException {
        certificate = directory.resolve("cert.pem");
        key = directory.resolve("key.pem");
        write(made("CN=one", "RSA", Optional.of(root)));
        put(directory.resolve("ca.pem"), pem("CERTIFICATE", encoded(root.certificate())));
        Operation who =
                Operation.get("/who")
                        .openToAll()
                        .doc("…")
                        .streams(
                                (call, exchange) -> {
                                    try (OutputStream out = exchange.answer(200, Map.of())) {
                                        out.write(
                                                exchange.clientCertificate()
                                                        .map(
                                                                c ->
                                                                        c.getSubjectX500Principal()
                                                                                .getName())
                                                        .orElse("nobody")
                                                        .getBytes(StandardCharsets.UTF_8));
                                    } catch (IOException e) {
                                        throw new UncheckedIOException(e);
                                    }
                                });
        server = serving(who, key);
        server.start();
    }

    private HttpServer serving(Operation operation, Path keyFile) {
        Api api =
                new Api(
                        "test",
                        "/test",
                        false,
                        Optional.empty(),
                        ErrorForm.keystone(),
                        1000,
                        List.of(operation),
                        List.of());
        return new HttpServer(
                new HttpSettings(
                        "127.0.0.1",
                        0,
                        Duration.ofSeconds(20),
                        Optional.of(
                                new TlsSettings(
                                        "127.0.0.1",
                                        0,
                                        certificate,
                                        keyFile,
                                        Optional.of(directory.resolve("ca.pem"))))),
                new Dispatcher(
                        List.of(api),
                        Policy.of(List.of(), Map.of()),
                        database.database(),
                        new Callers(),
                        "https://127.0.0.1",
                        new RequestLog(new SimpleMeterRegistry())),
                http -> List.of());
    }

    @AfterAll
    void close() {
        server.close();
        database.close();
    }

    @Test
    void http2IsAgreedUponByAlpn() throws Exception {
        HttpResponse<String> answer = get(client(Optional.empty()));
        assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_2);
        assertThat(answer.body()).isEqualTo("nobody");
    }

    @Test
    void aClientsCertificateIsKnownToTheOperation() throws Exception {
        Identity client = made("CN=client", "EC", Optional.of(root));
        assertThat(get(client(Optional.of(client))).body()).isEqualTo("CN=client");
    }

    @Test
    void aCertificateThatTheRootHasNotSignedEndsTheHandshake() {
        Identity client = made("CN=client", "EC", Optional.of(stranger));
        assertThatThrownBy(() -> get(client(Optional.of(client)))).isInstanceOf(IOException.class);
    }

    @Test
    void oldProtocolsAreNotSpoken() throws Exception {
        try (SSLSocket socket =
                (SSLSocket)
                        context(Optional.empty())
                                .getSocketFactory()
                                .createSocket("127.0.0.1", server.tlsPort().orElseThrow())) {
            assertThat(socket.getSupportedProtocols()).contains("TLSv1.1");
            socket.setEnabledProtocols(new String[] {"TLSv1.1"});
            assertThatThrownBy(socket::startHandshake).isInstanceOf(SSLHandshakeException.class);
        }
    }

    @Test
    void aRenewedCertificateIsUsedWithoutARestartAndABrokenOneIsNot() throws Exception {
        write(made("CN=two", "EC", Optional.of(root)));
        Eventually.holds("the new certificate is in use", () -> "CN=two".equals(served()));
        put(certificate, "half a fi");
        Eventually.holds("the old one is still in use", () -> "CN=two".equals(served()));
        write(made("CN=three", "EC", Optional.of(root)));
        Eventually.holds("the next one is in use", () -> "CN=three".equals(served()));
    }

    @Test
    void aKeyThatIsNotTheCertificatesIsToldAtTheStart() {
        Path other = directory.resolve("other.pem");
        put(other, pem("PRIVATE KEY", root.keys().getPrivate().getEncoded()));
        Operation none = Operation.get("/x").openToAll().doc("…").reads((call, tx) -> Map.of());
        assertThatThrownBy(() -> serving(none, other).close())
                .hasMessageContaining("is not the key of the certificate");
        put(other, "nothing");
        assertThatThrownBy(() -> serving(none, other).close())
                .hasMessageContaining("openssl pkcs8 -topk8 -nocrypt");
    }

    @Test
    void aFileThatIsNotThereIsToldAtTheStart() {
        Path absent = directory.resolve("absent.pem");
        Operation none = Operation.get("/x").openToAll().doc("…").reads((call, tx) -> Map.of());
        assertThatThrownBy(() -> serving(none, absent).close())
                .hasMessage("TLS: " + absent + " is not there");
        assertThatThrownBy(() -> serving(none, directory).close())
                .hasMessage("TLS: " + directory + " cannot be read");
    }

    private String served() {
        try (SSLSocket socket =
                (SSLSocket)
                        context(Optional.empty())
                                .getSocketFactory()
                                .createSocket("127.0.0.1", server.tlsPort().orElseThrow())) {
            socket.startHandshake();
            return ((X509Certificate) socket.getSession().getPeerCertificates()[0])
                    .getSubjectX500Principal()
                    .getName();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private HttpResponse<String> get(HttpClient client) throws Exception {
        try (client) {
            return client.send(
                    HttpRequest.newBuilder(
                                    URI.create(
                                            "https://127.0.0.1:"
                                                    + server.tlsPort().orElseThrow()
                                                    + "/test/who"))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        }
    }

    private HttpClient client(Optional<Identity> identity) throws Exception {
        return HttpClient.newBuilder().sslContext(context(identity)).build();
    }

    private SSLContext context(Optional<Identity> identity) throws Exception {
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("root", root.certificate());
        TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
        trust.init(trusted);
        KeyStore own = KeyStore.getInstance("PKCS12");
        own.load(null, null);
        if (identity.isPresent()) {
            own.setKeyEntry(
                    "own",
                    identity.get().keys().getPrivate(),
                    new char[0],
                    new X509Certificate[] {identity.get().certificate()});
        }
        KeyManagerFactory keys = KeyManagerFactory.getInstance("SunX509");
        keys.init(own, new char[0]);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
    }

    private void write(Identity identity) {
        put(key, pem("PRIVATE KEY", identity.keys().getPrivate().getEncoded()));
        put(certificate, pem("CERTIFICATE", encoded(identity.certificate())));
    }

    private static byte[] encoded(X509Certificate certificate) {
        try {
            return certificate.getEncoded();
        } catch (java.security.cert.CertificateEncodingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void put(Path file, String text) {
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String pem(String what, byte[] der) {
        return "-----BEGIN "
                + what
                + "-----\n"
                + Base64.getMimeEncoder().encodeToString(der)
                + "\n-----END "
                + what
                + "-----\n";
    }

    private static Identity made(String name, String algorithm, Optional<Identity> issuer) {
        try {
            KeyPair keys = KeyPairGenerator.getInstance(algorithm).generateKeyPair();
            Instant now = Instant.now();
            JcaX509v3CertificateBuilder builder =
                    new JcaX509v3CertificateBuilder(
                            new X500Name(
                                    issuer.map(
                                                    by ->
                                                            by.certificate()
                                                                    .getSubjectX500Principal()
                                                                    .getName())
                                            .orElse(name)),
                            BigInteger.valueOf(System.nanoTime()),
                            Date.from(now.minusSeconds(60)),
                            Date.from(now.plusSeconds(3600)),
                            new X500Name(name),
                            keys.getPublic());
            builder.addExtension(
                    Extension.basicConstraints, true, new BasicConstraints(issuer.isEmpty()));
            builder.addExtension(
                    Extension.subjectAlternativeName,
                    false,
                    new GeneralNames(new GeneralName(GeneralName.iPAddress, "127.0.0.1")));
            KeyPair signer = issuer.map(Identity::keys).orElse(keys);
            return new Identity(
                    new JcaX509CertificateConverter()
                            .getCertificate(
                                    builder.build(
                                            new JcaContentSignerBuilder("SHA256withECDSA")
                                                    .build(signer.getPrivate()))),
                    keys);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
