package cloud.welkin.kernel.api;

import cloud.welkin.kernel.policy.Caller;
import java.util.Optional;

/** Makes a caller of the tokens of a request. The identity service is the one that can. */
@FunctionalInterface
public interface Authenticator {
    /**
     * @param serviceToken the token of a service that acts for the user ({@code X-Service-Token})
     * @param method the request's method and path, which application credentials may be restricted
     *     to
     * @throws cloud.welkin.kernel.failure.Failure 401 when the token is unknown, malformed, expired
     *     or revoked
     */
    Caller authenticate(String token, Optional<String> serviceToken, String method, String path);
}
