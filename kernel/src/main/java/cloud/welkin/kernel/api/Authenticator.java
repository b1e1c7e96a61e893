package cloud.welkin.kernel.api;

import cloud.welkin.kernel.policy.Caller;
import java.security.cert.X509Certificate;
import java.util.Optional;
import java.util.function.Supplier;

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

    /**
     * A token may be bound to a certificate (RFC 8705); then only who holds that may use it.
     *
     * @param certificate the one that the client proved to hold by TLS
     * @throws cloud.welkin.kernel.failure.Failure 401 when the token is another's
     */
    default void checkHolder(String token, Supplier<Optional<X509Certificate>> certificate) {}
}
