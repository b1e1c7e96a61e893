package cloud.welkin.identity.ec2;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** The keyed hashes of Amazon's signatures. */
final class Hmac {
    private Hmac() {}

    static String base64(String algorithm, String secret, String text) {
        return Base64.getEncoder().encodeToString(of(algorithm, utf8(secret), text));
    }

    /**
     * Version 4: the secret signs the day, that the region, that the service, and what comes of it
     * the text.
     *
     * @return lower-case hex
     */
    static String version4(String secret, String day, String region, String service, String text) {
        byte[] key = of("HmacSHA256", utf8("AWS4" + secret), day);
        for (String part : new String[] {region, service, "aws4_request"}) {
            key = of("HmacSHA256", key, part);
        }
        return HexFormat.of().formatHex(of("HmacSHA256", key, text));
    }

    /** In the same time wherever they differ. */
    static boolean same(String one, String other) {
        return MessageDigest.isEqual(utf8(one), utf8(other));
    }

    private static byte[] of(String algorithm, byte[] key, String text) {
        try {
            Mac mac = Mac.getInstance(algorithm);
            mac.init(new SecretKeySpec(key, algorithm));
            return mac.doFinal(utf8(text));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
