package cloud.welkin.object.domain;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Base64;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * A URL that is good without a token until it expires: signed with a key of the account or the
 * container over method, expiry and path (Swift's middleware tempurl).
 *
 * @param signature hex, or the digest's name, a colon and base64
 * @param expires until when
 * @param prefix all objects that begin so are meant, in place of one
 * @param address the network that it is good from
 */
public record TempUrl(
        String signature, Instant expires, Optional<String> prefix, Optional<String> address) {
    /** The digests that are taken. */
    public static final List<String> DIGESTS = List.of("sha1", "sha256", "sha512");

    private static final Map<String, String> ALGORITHMS =
            Map.of("sha1", "HmacSHA1", "sha256", "HmacSHA256", "sha512", "HmacSHA512");
    private static final Map<Integer, String> BY_HEX =
            Map.of(40, "sha1", 64, "sha256", 128, "sha512");

    /** The moment as it is written: seconds of Unix, or ISO 8601. */
    public static Optional<Instant> moment(String text) {
        try {
            if (text.matches("\\d{1,12}")) {
                return Optional.of(Instant.ofEpochSecond(Long.parseLong(text)));
            }
            String zoned = text.matches(".*T.*(Z|[+-]\\d\\d:?\\d\\d)") ? text : text + "Z";
            String whole = zoned.matches("\\d{4}-\\d\\d-\\d\\dZ") ? text + "T00:00:00Z" : zoned;
            return Optional.of(
                    java.time.OffsetDateTime.parse(whole.replaceAll("(\\d\\d)(\\d\\d)$", "$1:$2"))
                            .toInstant());
        } catch (java.time.DateTimeException e) {
            return Optional.empty();
        }
    }

    /**
     * Whether it was signed by one of the keys for this use.
     *
     * @param path {@code /v1/account/container/object} as the client names it; with a prefix the
     *     prefix stands for the object
     */
    public boolean isSigned(Collection<String> keys, String method, String path) {
        Optional<Signed> signed = signed();
        if (signed.isEmpty()) {
            return false;
        }
        // What one may write one may look at.
        List<String> methods =
                method.equals("HEAD") ? List.of("HEAD", "GET", "PUT", "POST") : List.of(method);
        String scope = prefix.isPresent() ? "prefix:" + path : path;
        String from = address.map(network -> "ip=" + network + "\n").orElse("");
        boolean good = false;
        for (String key : keys) {
            for (String word : methods) {
                String text = from + word + "\n" + expires.getEpochSecond() + "\n" + scope;
                good |=
                        MessageDigest.isEqual(
                                hmac(signed.get().digest(), key, text), signed.get().bytes());
            }
        }
        return good;
    }

    private record Signed(String digest, byte[] bytes) {}

    private Optional<Signed> signed() {
        try {
            int colon = signature.indexOf(':');
            if (colon > 0) {
                String digest = signature.substring(0, colon);
                String base64 = signature.substring(colon + 1).replace('+', '-').replace('/', '_');
                return DIGESTS.contains(digest)
                        ? Optional.of(new Signed(digest, Base64.getUrlDecoder().decode(base64)))
                        : Optional.empty();
            }
            byte[] bytes = HexFormat.of().parseHex(signature);
            return Optional.ofNullable(BY_HEX.get(signature.length()))
                    .map(digest -> new Signed(digest, bytes));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** An HMAC of a text by one of {@link #DIGESTS}. */
    static byte[] hmac(String digest, String key, String text) {
        String algorithm = ALGORITHMS.get(digest);
        if (algorithm == null) {
            throw new IllegalArgumentException("no digest " + digest);
        }
        try {
            Mac mac = Mac.getInstance(algorithm);
            mac.init(new SecretKeySpec(key.getBytes(StandardCharsets.UTF_8), algorithm));
            return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
