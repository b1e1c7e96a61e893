package cloud.welkin.identity.domain;

import java.time.Instant;
import java.util.Optional;

/**
 * A key that ID tokens are signed with.
 *
 * @param jwk with its private part, as JSON
 * @param activeAt from when it signs; it is published before, so that clients know it by then
 * @param endsAt until when it is published after another has taken its place
 */
public record OidcKey(
        String id, String algorithm, String jwk, Instant activeAt, Optional<Instant> endsAt) {

    @Override
    public String toString() {
        return "OidcKey[" + id + " " + algorithm + "]";
    }
}
