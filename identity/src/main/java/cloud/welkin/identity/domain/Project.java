package cloud.welkin.identity.domain;

import cloud.welkin.kernel.id.DomainId;
import cloud.welkin.kernel.id.ProjectId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * A project, or a domain ({@code isDomain}), which is a project that is its own domain.
 *
 * @param tags words by which lists can be narrowed, in order
 * @param options Keystone's resource options: {@code immutable}
 * @param extra attributes of the client's own, kept and shown as they came
 */
public record Project(
        ProjectId id,
        DomainId domain,
        Optional<ProjectId> parent,
        String name,
        String description,
        boolean enabled,
        boolean isDomain,
        List<String> tags,
        Map<String, JsonNode> options,
        Map<String, JsonNode> extra) {

    public Project enabled(boolean now) {
        return new Project(
                id, domain, parent, name, description, now, isDomain, tags, options, extra);
    }

    public Project tagged(List<String> others) {
        return new Project(
                id, domain, parent, name, description, enabled, isDomain, others, options, extra);
    }
}
