package cloud.welkin.identity.domain;

import cloud.welkin.kernel.id.DomainId;
import cloud.welkin.kernel.id.ProjectId;
import cloud.welkin.kernel.id.UserId;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * A user of the cloud.
 *
 * @param passwordHash empty for a user that cannot log in by password
 * @param tokensValidAfter older tokens are refused
 * @param options Keystone's resource options: {@code lock_password}, {@code
 *     multi_factor_auth_rules} …
 * @param passwordExpiresAt when the password ends, if ever
 */
public record User(
        UserId id,
        DomainId domain,
        String name,
        boolean enabled,
        Optional<String> description,
        Optional<String> email,
        Optional<ProjectId> defaultProject,
        Optional<String> passwordHash,
        Instant tokensValidAfter,
        Map<String, JsonNode> options,
        Map<String, JsonNode> extra,
        Optional<Instant> passwordExpiresAt) {

    /** A user whose password never ends. */
    public User(
            UserId id,
            DomainId domain,
            String name,
            boolean enabled,
            Optional<String> description,
            Optional<String> email,
            Optional<ProjectId> defaultProject,
            Optional<String> passwordHash,
            Instant tokensValidAfter,
            Map<String, JsonNode> options,
            Map<String, JsonNode> extra) {
        this(
                id,
                domain,
                name,
                enabled,
                description,
                email,
                defaultProject,
                passwordHash,
                tokensValidAfter,
                options,
                extra,
                Optional.empty());
    }

    @Override
    public String toString() {
        return "User[" + id + " " + name + "]";
    }
}
