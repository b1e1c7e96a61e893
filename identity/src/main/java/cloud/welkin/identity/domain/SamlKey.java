package cloud.welkin.identity.domain;

import java.time.Instant;
import java.util.Optional;

/**
 * What this cloud's assertions and requests are signed with.
 *
 * @param certificate X.509, DER in base64
 * @param privateKey PKCS #8, DER in base64
 * @param promoted since when it signs; empty for one that is staged
 * @param retired since when it signs no more
 */
public record SamlKey(
        String id,
        String certificate,
        String privateKey,
        Instant createdAt,
        Optional<Instant> promoted,
        Optional<Instant> retired) {
    /** {@code staged}, {@code primary} or {@code secondary}, as those of tokens. */
    public String stage() {
        return new TokenKey(0, createdAt, promoted, retired).stage();
    }

    @Override
    public String toString() {
        return "SamlKey[" + id + "]";
    }
}
