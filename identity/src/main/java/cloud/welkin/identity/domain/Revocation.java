package cloud.welkin.identity.domain;

import java.time.Instant;
import java.util.Optional;

/**
 * Which tokens have ended: those that match everything that is given
 * (docs.openstack.org/api-ref/identity/v3-ext, "OS-REVOKE API").
 *
 * @param auditId one token
 * @param auditChainId the tokens that came of one
 * @param issuedBefore only those that were issued before
 */
public record Revocation(
        Optional<String> auditId,
        Optional<String> auditChainId,
        Optional<String> user,
        Optional<String> project,
        Optional<String> domain,
        Optional<String> role,
        Optional<String> trust,
        Instant issuedBefore,
        Instant revokedAt) {}
