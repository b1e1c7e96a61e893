package cloud.welkin.identity.domain;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A device that waits for somebody to grant it something in a browser (RFC 8628).
 *
 * @param hash of the code that the device asks with
 * @param userCode what somebody types, without the dash
 * @param interval between two questions of the device, at least
 * @param challenge PKCE's, by S256, where the device sent one: its code alone is good for nothing
 */
public record OidcDevice(
        String hash,
        String userCode,
        String client,
        List<String> scopes,
        Instant expiresAt,
        Duration interval,
        Optional<Instant> polledAt,
        boolean denied,
        Optional<String> grant,
        Optional<String> challenge) {

    @Override
    public String toString() {
        return "OidcDevice[" + client + "]";
    }
}
