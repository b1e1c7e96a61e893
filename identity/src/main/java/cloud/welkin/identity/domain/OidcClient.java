package cloud.welkin.identity.domain;

import java.util.List;
import java.util.Optional;

/**
 * An application that signs people in with the cloud's accounts.
 *
 * @param secretHash empty for a public client
 * @param secretMethod how it shows its secret: {@code client_secret_basic}, {@code
 *     client_secret_post} or {@code none}
 * @param redirectUris where its users may be sent back to, compared letter by letter
 * @param logoutUris the same after they have signed out
 * @param algorithm that its ID tokens are signed by: RS256 or ES256
 */
public record OidcClient(
        String id,
        String name,
        Optional<String> secretHash,
        String secretMethod,
        List<String> redirectUris,
        List<String> logoutUris,
        List<String> grantTypes,
        List<String> scopes,
        String algorithm) {

    public boolean isPublic() {
        return secretHash.isEmpty();
    }

    public boolean may(String grantType) {
        return grantTypes.contains(grantType);
    }

    @Override
    public String toString() {
        return "OidcClient[" + id + "]";
    }
}
