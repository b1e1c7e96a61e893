package cloud.welkin.identity.domain;

import cloud.welkin.kernel.id.ProjectId;
import cloud.welkin.kernel.id.UserId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A secret with which a program acts for a user in one project, with some of the user's roles
 * there.
 *
 * @param rules the only things that it may do, where it may not do everything
 */
public record ApplicationCredential(
        String id,
        UserId user,
        ProjectId project,
        String name,
        Optional<String> description,
        String secretHash,
        boolean unrestricted,
        Optional<Instant> expiresAt,
        List<Role> roles,
        Optional<List<AccessRule>> rules) {

    public boolean expired(Instant now) {
        return expiresAt.map(end -> !now.isBefore(end)).orElse(false);
    }

    @Override
    public String toString() {
        return "ApplicationCredential[" + id + "]";
    }
}
