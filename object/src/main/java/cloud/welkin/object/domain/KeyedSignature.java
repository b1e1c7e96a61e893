package cloud.welkin.object.domain;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * A signature as Swift's signed URLs and forms carry it: an HMAC by one of {@link #DIGESTS}.
 *
 * @param text hex, or the digest's name, a colon and base64
 */
public record KeyedSignature(String text) {
    /** The digests that are taken. */
    public static final List<String> DIGESTS = List.of("sha1", "sha256", "sha512");

    private static final Map<String, String> ALGORITHMS =
            Map.of("sha1", "HmacSHA1", "sha256", "HmacSHA256", "sha512", "HmacSHA512");
    private static final Map<Integer, String> BY_HEX =
            Map.of(40, "sha1", 64, "sha256", 128, "sha512");

    private record Signed(String digest, byte[] bytes) {}

    /** Whether one of the keys signed the message so. */
    public boolean isOf(Collection<String> keys, String message) {
        Optional<Signed> signed = signed();
        if (signed.isEmpty()) {
            return false;
        }
        boolean good = false;
        for (String key : keys) {
            good |=
                    !key.isEmpty()
                            && MessageDigest.isEqual(
                                    hmac(signed.get().digest(), key, message),
                                    signed.get().bytes());
        }
        return good;
    }

    private Optional<Signed> signed() {
        try {
            int colon = text.indexOf(':');
            if (colon > 0) {
                String digest = text.substring(0, colon);
                String base64 = text.substring(colon + 1).replace('+', '-').replace('/', '_');
                return DIGESTS.contains(digest)
                        ? Optional.of(new Signed(digest, Base64.getUrlDecoder().decode(base64)))
                        : Optional.empty();
            }
            byte[] bytes = HexFormat.of().parseHex(text);
            return Optional.ofNullable(BY_HEX.get(text.length()))
                    .map(digest -> new Signed(digest, bytes));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static byte[] hmac(String digest, String key, String message) {
        String algorithm = ALGORITHMS.get(digest);
        if (algorithm == null) {
            throw new IllegalArgumentException("no digest " + digest);
        }
        try {
            Mac mac = Mac.getInstance(algorithm);
            mac.init(new SecretKeySpec(key.getBytes(StandardCharsets.UTF_8), algorithm));
            return mac.doFinal(message.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
