package cloud.welkin.identity.oidc;

import cloud.welkin.identity.domain.Sha256;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;

/**
 * Texts that mean nothing but that who has them was given them: codes, tokens, cookies, clients'
 * secrets. 256 random bits each, so a plain hash in the database is as good as a slow one.
 */
public final class Opaque {
    private Opaque() {}

    public static String make(SecureRandom random) {
        byte[] bytes = new byte[32];
        random.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /** SHA-256, base64url. */
    public static String hash(String text) {
        return Sha256.base64Url(text);
    }

    public static boolean same(String one, String other) {
        return MessageDigest.isEqual(
                one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));
    }
}
