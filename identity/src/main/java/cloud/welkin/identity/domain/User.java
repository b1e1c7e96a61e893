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
        Map<String, JsonNode> extra) {

    @Override
    public String toString() {
        return "User[" + id + " " + name + "]";
    }
}
