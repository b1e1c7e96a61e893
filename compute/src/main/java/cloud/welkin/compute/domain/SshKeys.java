package cloud.welkin.compute.domain;

import cloud.welkin.kernel.failure.Failure;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.interfaces.RSAPublicKey;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Set;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;

/** Public keys as SSH writes them (RFC 4253, 8709), their fingerprints, and new RSA pairs. */
public final class SshKeys {
    private static final Set<String> TYPES =
            Set.of(
                    "ssh-rsa",
                    "ssh-ed25519",
                    "ecdsa-sha2-nistp256",
                    "ecdsa-sha2-nistp384",
                    "ecdsa-sha2-nistp521",
                    "sk-ssh-ed25519@openssh.com",
                    "sk-ecdsa-sha2-nistp256@openssh.com",
                    "ssh-dss");
    private static final int RSA_BITS = 2048;
    private static final int PEM_LINE = 64;

    private SshKeys() {}

    /** A public key and its MD5 fingerprint, as Nova shows it. */
    public record Public(String text, String fingerprint) {}

    /** A new pair; the private half is shown once and kept nowhere. */
    public record Generated(Public key, String privateKey) {
        @Override
        public String toString() {
            return "Generated[" + key.fingerprint() + "]";
        }
    }

    /**
     * @throws Failure 400 when it is not a public key
     */
    public static Public parse(String text) {
        String[] words = text.strip().split("\\s+", 3);
        if (words.length < 2 || !TYPES.contains(words[0])) {
            throw invalid();
        }
        try {
            byte[] blob = Base64.getDecoder().decode(words[1]);
            DataInputStream in = new DataInputStream(new ByteArrayInputStream(blob));
            int length = in.readInt();
            if (length != words[0].length()
                    || !new String(in.readNBytes(length), StandardCharsets.US_ASCII)
                            .equals(words[0])
                    || in.available() == 0) {
                throw invalid();
            }
            return new Public(text, fingerprint("MD5", blob));
        } catch (IllegalArgumentException | IOException e) {
            throw invalid();
        }
    }

    /** A certificate in PEM; its fingerprint is of SHA-1, as Nova's. */
    public static Public certificate(String pem) {
        try {
            var certificate =
                    CertificateFactory.getInstance("X.509")
                            .generateCertificate(
                                    new ByteArrayInputStream(pem.getBytes(StandardCharsets.UTF_8)));
            return new Public(pem, fingerprint("SHA-1", certificate.getEncoded()));
        } catch (CertificateException e) {
            throw invalid();
        }
    }

    public static Generated generate(SecureRandom random) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
            generator.initialize(RSA_BITS, random);
            KeyPair pair = generator.generateKeyPair();
            RSAPublicKey key = (RSAPublicKey) pair.getPublic();
            byte[] blob = rsa(key.getPublicExponent(), key.getModulus());
            String text =
                    "ssh-rsa " + Base64.getEncoder().encodeToString(blob) + " Generated-by-Welkin";
            byte[] pkcs1 =
                    PrivateKeyInfo.getInstance(pair.getPrivate().getEncoded())
                            .parsePrivateKey()
                            .toASN1Primitive()
                            .getEncoded();
            String pem =
                    "-----BEGIN RSA PRIVATE KEY-----\n"
                            + Base64.getMimeEncoder(PEM_LINE, new byte[] {'\n'})
                                    .encodeToString(pkcs1)
                            + "\n-----END RSA PRIVATE KEY-----\n";
            return new Generated(new Public(text, fingerprint("MD5", blob)), pem);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] rsa(BigInteger exponent, BigInteger modulus) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        for (byte[] part :
                new byte[][] {
                    "ssh-rsa".getBytes(StandardCharsets.US_ASCII),
                    exponent.toByteArray(),
                    modulus.toByteArray()
                }) {
            out.writeInt(part.length);
            out.write(part);
        }
        return bytes.toByteArray();
    }

    private static String fingerprint(String algorithm, byte[] data) {
        try {
            return HexFormat.ofDelimiter(":")
                    .formatHex(MessageDigest.getInstance(algorithm).digest(data));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Failure invalid() {
        return Failure.badRequest("Keypair data is invalid: failed to generate fingerprint")
                .as("InvalidKeypair");
    }
}
