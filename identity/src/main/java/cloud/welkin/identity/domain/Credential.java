package cloud.welkin.identity.domain;

import cloud.welkin.kernel.id.ProjectId;
import cloud.welkin.kernel.id.UserId;
import java.util.Optional;

/**
 * A user's secret for another way of signing.
 *
 * @param type {@code ec2}, {@code totp}, {@code cert} or a word of the client's own
 * @param blob the secret in the type's own form
 */
public record Credential(
        String id, UserId user, Optional<ProjectId> project, String type, String blob) {

    @Override
    public String toString() {
        return "Credential[" + id + " " + type + "]";
    }
}
