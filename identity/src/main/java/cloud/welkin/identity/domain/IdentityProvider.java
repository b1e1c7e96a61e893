package cloud.welkin.identity.domain;

import cloud.welkin.kernel.id.DomainId;
import java.util.List;
import java.util.Optional;

/**
 * Somebody else who vouches for users.
 *
 * @param domain where its users are
 * @param authorizationTtl minutes for which memberships in groups last after a sign-in
 * @param remoteIds by which it names itself in what it says
 */
public record IdentityProvider(
        String id,
        DomainId domain,
        boolean enabled,
        Optional<String> description,
        Optional<Integer> authorizationTtl,
        List<String> remoteIds) {}
