package cloud.welkin.kernel.policy;

import cloud.welkin.kernel.id.ProjectId;
import java.util.Map;
import java.util.Optional;

/**
 * What a rule may compare the caller with: the attributes of the thing acted upon, by the names
 * that OpenStack's policy files use ({@code project_id}, {@code user_id}, {@code
 * target.user.domain_id} …).
 */
public record Target(Map<String, String> attributes) {
    public static final Target NOTHING = new Target(Map.of());

    public Target {
        attributes = Map.copyOf(attributes);
    }

    /** A thing that belongs to a project; {@code tenant_id} is the older name of the same. */
    public static Target ownedBy(ProjectId project) {
        return new Target(Map.of("project_id", project.value(), "tenant_id", project.value()));
    }

    /** A thing that belongs to a project and was made by a user. */
    public static Target ownedBy(ProjectId project, String user) {
        return new Target(
                Map.of(
                        "project_id",
                        project.value(),
                        "tenant_id",
                        project.value(),
                        "user_id",
                        user));
    }

    Optional<String> attribute(String name) {
        return Optional.ofNullable(attributes.get(name));
    }
}
