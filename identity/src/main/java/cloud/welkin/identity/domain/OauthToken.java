package cloud.welkin.identity.domain;

import cloud.welkin.kernel.id.ProjectId;
import cloud.welkin.kernel.id.UserId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A token of OAuth 1: a request token, with which a consumer asks a user for a part of the user's
 * roles in a project, or the access token that comes of it.
 *
 * @param access whether it is an access token
 * @param user who granted it; of a request token, once it is granted
 * @param roles ids of what was granted
 * @param verifier what the user hands to the consumer when the request token is granted
 */
public record OauthToken(
        String id,
        boolean access,
        String consumer,
        String secret,
        ProjectId project,
        Optional<UserId> user,
        List<String> roles,
        Optional<String> verifier,
        Optional<Instant> expiresAt) {

    public boolean expired(Instant now) {
        return expiresAt.filter(end -> !now.isBefore(end)).isPresent();
    }

    @Override
    public String toString() {
        return "OauthToken[" + id + "]";
    }
}
