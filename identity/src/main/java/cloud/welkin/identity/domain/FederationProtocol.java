package cloud.welkin.identity.domain;

import java.util.Optional;

/**
 * A way of signing in at an identity provider.
 *
 * @param mapping what is made of what the provider says
 * @param remoteIdAttribute where in that the provider names itself
 * @param verification how it is verified; empty: nobody can sign in this way yet
 */
public record FederationProtocol(
        String provider,
        String id,
        String mapping,
        Optional<String> remoteIdAttribute,
        Optional<Verification> verification) {}
