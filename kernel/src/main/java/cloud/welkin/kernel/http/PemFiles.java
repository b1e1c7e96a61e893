package cloud.welkin.kernel.http;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * Certificates and keys as text files, the form that every certificate authority gives them in (RFC
 * 7468).
 */
final class PemFiles {
    private static final String BEGIN = "-----BEGIN PRIVATE KEY-----";
    private static final String END = "-----END PRIVATE KEY-----";
    private static final List<String> ALGORITHMS = List.of("RSA", "EC", "Ed25519");

    /** Only this process sees the store, which is never written. */
    static final String PASSWORD = "in-memory";

    /**
     * What the files hold.
     *
     * @param digest of the files, to see a change by
     */
    record Stores(KeyStore keys, Optional<KeyStore> clients, byte[] digest) {}

    private PemFiles() {}

    /**
     * @throws IOException in words for the operator: which file, and what is wrong with it
     */
    static Stores read(TlsSettings tls) throws IOException {
        byte[] digest = digest(tls);
        Certificate[] chain = certificates(tls.certificate()).toArray(Certificate[]::new);
        PrivateKey key = key(tls.key());
        try {
            KeyStore keys = empty();
            requirePair(tls, chain[0], key);
            keys.setKeyEntry("server", key, PASSWORD.toCharArray(), chain);
            Optional<KeyStore> clients = Optional.empty();
            if (tls.clientCa().isPresent()) {
                KeyStore trusted = empty();
                int number = 0;
                for (Certificate certificate : certificates(tls.clientCa().get())) {
                    trusted.setCertificateEntry("ca-" + number++, certificate);
                }
                clients = Optional.of(trusted);
            }
            return new Stores(keys, clients, digest);
        } catch (GeneralSecurityException e) {
            throw new IOException("the certificate in " + tls.certificate() + " is of no use", e);
        }
    }

    /** Of the files' contents: links that are turned elsewhere count as a change too. */
    static byte[] digest(TlsSettings tls) throws IOException {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(bytes(tls.certificate()));
            digest.update(bytes(tls.key()));
            if (tls.clientCa().isPresent()) {
                digest.update(bytes(tls.clientCa().get()));
            }
            return digest.digest();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] bytes(Path file) throws IOException {
        try {
            return Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            throw new IOException(file + " is not there", e);
        } catch (IOException e) {
            throw new IOException(file + " cannot be read", e);
        }
    }

    /** A key that is not the certificate's would only fail at the first client. */
    private static void requirePair(TlsSettings tls, Certificate certificate, PrivateKey key)
            throws IOException, GeneralSecurityException {
        String algorithm =
                switch (key.getAlgorithm()) {
                    case "RSA" -> "SHA256withRSA";
                    case "EC" -> "SHA256withECDSA";
                    default -> "Ed25519";
                };
        Signature signature = Signature.getInstance(algorithm);
        signature.initSign(key);
        byte[] signed = signature.sign();
        try {
            signature.initVerify(certificate);
            if (signature.verify(signed)) {
                return;
            }
        } catch (InvalidKeyException e) {
            // Of another algorithm, so not the certificate's either.
        }
        throw new IOException(
                tls.key() + " is not the key of the certificate in " + tls.certificate());
    }

    private static KeyStore empty() throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, PASSWORD.toCharArray());
        return store;
    }

    private static Collection<? extends Certificate> certificates(Path file) throws IOException {
        try {
            Collection<? extends Certificate> found =
                    CertificateFactory.getInstance("X.509")
                            .generateCertificates(
                                    new ByteArrayInputStream(Files.readAllBytes(file)));
            if (found.isEmpty()) {
                throw new IOException(file + " holds no certificate");
            }
            return found;
        } catch (GeneralSecurityException e) {
            throw new IOException(file + " is no PEM file of certificates", e);
        }
    }

    private static PrivateKey key(Path file) throws IOException {
        String text = Files.readString(file, StandardCharsets.US_ASCII);
        int begin = text.indexOf(BEGIN);
        int end = text.indexOf(END);
        if (begin < 0 || end < begin) {
            throw new IOException(
                    file
                            + " holds no private key in PKCS #8 without a password; openssl pkcs8 -topk8"
                            + " -nocrypt makes one");
        }
        byte[] der;
        try {
            der = Base64.getMimeDecoder().decode(text.substring(begin + BEGIN.length(), end));
        } catch (IllegalArgumentException e) {
            throw new IOException(file + " is no PEM file", e);
        }
        for (String algorithm : ALGORITHMS) {
            try {
                return KeyFactory.getInstance(algorithm)
                        .generatePrivate(new PKCS8EncodedKeySpec(der));
            } catch (InvalidKeySpecException e) {
                // Of another algorithm; the next is tried, and none of them is told below.
            } catch (GeneralSecurityException e) {
                throw new IOException(e);
            }
        }
        throw new IOException(file + " holds a key of none of " + ALGORITHMS);
    }
}
