package cloud.welkin.object.engine;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;

/**
 * The keys that bodies are encrypted by. New bodies take the first; each says by an id which one it
 * needs, so that older ones stay readable as long as their key is here. No key ever encrypts: of
 * each a key for every single body is derived.
 */
public final class BodyKeys {
    private static final int LENGTH = 32;

    private final Map<String, byte[]> byId = new LinkedHashMap<>();

    /**
     * @param keys 32 bytes each in base64url, the one for new bodies first
     * @throws IllegalArgumentException when there is none, or one is not so
     */
    public BodyKeys(List<String> keys) {
        for (String text : keys) {
            byte[] key = Base64.getUrlDecoder().decode(text.strip());
            if (key.length != LENGTH) {
                throw new IllegalArgumentException("a key has 32 bytes");
            }
            byId.put(id(key), key);
        }
        if (byId.isEmpty()) {
            throw new IllegalArgumentException("there is no key");
        }
    }

    private BodyKeys() {}

    /** No key: what is encrypted cannot be read, and is known to be there all the same. */
    public static BodyKeys none() {
        return new BodyKeys();
    }

    private static String id(byte[] key) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update("welkin body key id".getBytes(StandardCharsets.US_ASCII));
            return HexFormat.of().formatHex(digest.digest(key), 0, 8);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The id of the key that new bodies take. */
    String first() {
        return byId.keySet().iterator().next();
    }

    /** The key of one body; empty when the key that it comes of is not here. */
    Optional<SecretKey> of(String id, byte[] salt) {
        return Optional.ofNullable(byId.get(id)).map(key -> derived(key, salt));
    }

    private static SecretKey derived(byte[] key, byte[] salt) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return new SecretKeySpec(mac.doFinal(salt), "AES");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
