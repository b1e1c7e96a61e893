package cloud.welkin.identity.domain;

import cloud.welkin.kernel.id.UserId;
import java.time.Instant;
import java.util.List;

/**
 * A browser that a user has signed in with.
 *
 * @param hash of the cookie
 * @param methods by which, as Keystone names them
 */
public record OidcSession(
        String hash, UserId user, List<String> methods, Instant beganAt, Instant expiresAt) {}
