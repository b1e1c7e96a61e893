package cloud.welkin.identity.domain;

import cloud.welkin.kernel.id.ProjectId;
import cloud.welkin.kernel.id.UserId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Some of the trustor's roles in one project, lent to the trustee.
 *
 * @param impersonation whether the trustee acts as the trustor, or as itself with the trustor's
 *     roles
 * @param remainingUses how many tokens can still be had from it; empty for any number
 * @param redelegationCount how many more times it may be passed on
 * @param redelegated the trust that this one passes on
 */
public record Trust(
        String id,
        UserId trustor,
        UserId trustee,
        Optional<ProjectId> project,
        boolean impersonation,
        Optional<Instant> expiresAt,
        Optional<Integer> remainingUses,
        int redelegationCount,
        Optional<String> redelegated,
        List<Role> roles) {

    /** Whether tokens can be had from it. */
    public boolean usable(Instant now) {
        return expiresAt.map(now::isBefore).orElse(true)
                && remainingUses.map(left -> left > 0).orElse(true);
    }

    /** Who a token of the trust is. */
    public UserId user() {
        return impersonation ? trustor : trustee;
    }
}
