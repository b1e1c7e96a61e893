package cloud.welkin.identity.domain;

import cloud.welkin.kernel.validate.Length;
import java.util.Optional;

/**
 * How what an identity provider says is verified: exactly one of these.
 *
 * @param oidc OpenID Connect
 * @param saml SAML 2.0
 */
public record Verification(Optional<Oidc> oidc, Optional<Saml> saml) {
    /**
     * @param issuer whose discovery document tells the rest
     * @param audience which access tokens must be for: our client id there
     * @param clientSecret for introspection, where access tokens are opaque
     */
    public record Oidc(
            @Length(min = 1, max = 1024) String issuer,
            @Length(min = 1, max = 255) String audience,
            @Length(max = 1024) Optional<String> clientSecret) {
        @Override
        public String toString() {
            return "Oidc[" + issuer + "]";
        }
    }

    /**
     * @param metadata the provider's, as XML
     */
    public record Saml(@Length(min = 1, max = 262144) String metadata) {}
}
