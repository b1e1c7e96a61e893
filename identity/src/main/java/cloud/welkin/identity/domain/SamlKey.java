package cloud.welkin.identity.domain;

import java.time.Instant;

/**
 * What this cloud's assertions are signed with.
 *
 * @param certificate X.509, DER in base64
 * @param privateKey PKCS #8, DER in base64
 */
public record SamlKey(String id, String certificate, String privateKey, Instant createdAt) {
    @Override
    public String toString() {
        return "SamlKey[" + id + "]";
    }
}
