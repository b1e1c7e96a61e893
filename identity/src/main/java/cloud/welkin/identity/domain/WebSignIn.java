package cloud.welkin.identity.domain;

import java.time.Instant;

/**
 * A browser that was sent to an identity provider.
 *
 * @param state the hash of what the provider sends back with it
 * @param browser the hash of the cookie that it has to bring
 * @param provider its id here
 * @param origin the dashboard that the token is for
 */
public record WebSignIn(
        String state,
        String browser,
        String provider,
        String protocol,
        String origin,
        Instant endsAt) {}
