package cloud.welkin.identity.domain;

import cloud.welkin.kernel.id.UserId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What a user has granted a client once. Codes and tokens are of a grant and end with it.
 *
 * @param beganAt when the user signed in
 */
public record OidcGrant(
        String id,
        String client,
        UserId user,
        List<String> scopes,
        List<String> methods,
        Optional<String> nonce,
        Instant beganAt,
        Instant expiresAt) {

    /**
     * A code that stands for the grant until the client exchanges it.
     *
     * @param challenge SHA-256 of what only the browser's client knows (PKCE)
     */
    public record Code(
            String hash,
            String grant,
            String redirectUri,
            Optional<String> challenge,
            Instant expiresAt,
            boolean used) {}

    /**
     * A token had by the grant.
     *
     * @param used a refresh token that was exchanged for another
     */
    public record Token(
            String hash,
            String grant,
            boolean refresh,
            List<String> scopes,
            Instant issuedAt,
            Instant expiresAt,
            boolean used) {}
}
