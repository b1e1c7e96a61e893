package cloud.welkin.identity.federation;

import cloud.welkin.kernel.id.DomainId;
import java.util.List;
import java.util.Optional;

/** What federation knows of others. */
public final class Providers {
    private Providers() {}

    /**
     * Somebody else who vouches for users.
     *
     * @param domain where its users are
     * @param remoteIds by which it names itself in what it says
     * @param authorizationTtl minutes for which memberships in groups last after a sign-in
     */
    public record IdentityProvider(
            String id,
            DomainId domain,
            boolean enabled,
            Optional<String> description,
            Optional<Integer> authorizationTtl,
            List<String> remoteIds) {}

    /** A way of signing in at a provider, and the mapping that applies. */
    public record Protocol(
            String provider, String id, String mapping, Optional<String> remoteIdAttribute) {}

    /** Another cloud, where our users are known. */
    public record ServiceProvider(
            String id,
            String authUrl,
            String spUrl,
            boolean enabled,
            Optional<String> description,
            String relayStatePrefix) {}

    /** How what a provider says is verified. */
    public sealed interface Verification {
        /**
         * OpenID Connect.
         *
         * @param issuer whose discovery document tells the rest
         * @param audience which access tokens must be for: our client id there
         * @param clientSecret for introspection, where access tokens are opaque
         */
        record Oidc(String issuer, String audience, Optional<String> clientSecret)
                implements Verification {
            @Override
            public String toString() {
                return "Oidc[" + issuer + "]";
            }
        }

        /** SAML 2.0, by the provider's metadata. */
        record Saml(String metadata) implements Verification {}
    }
}
