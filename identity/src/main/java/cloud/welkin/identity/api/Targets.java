package cloud.welkin.identity.api;

import cloud.welkin.identity.domain.Project;
import cloud.welkin.identity.domain.User;
import cloud.welkin.kernel.id.DomainId;
import cloud.welkin.kernel.id.UserId;
import cloud.welkin.kernel.policy.Target;
import java.util.Map;
import java.util.Optional;

/** What Keystone's rules compare the caller with. */
final class Targets {
    private Targets() {}

    static Target project(Project project) {
        return new Target(
                Map.of(
                        "target.project.id", project.id().value(),
                        "target.project.domain_id", project.domain().value()));
    }

    static Target domain(Project domain) {
        return new Target(Map.of("target.domain.id", domain.id().value()));
    }

    static Target user(User user) {
        return new Target(
                Map.of(
                        "target.user.id", user.id().value(),
                        "target.user.domain_id", user.domain().value()));
    }

    static Target user(UserId user) {
        return new Target(Map.of("target.user.id", user.value()));
    }

    static Target inDomain(String attribute, DomainId domain) {
        return new Target(Map.of(attribute, domain.value()));
    }

    /** What a list is about: one domain, or everything. */
    static Target listed(Optional<DomainId> domain) {
        return domain.map(id -> inDomain("target.domain_id", id)).orElse(Target.NOTHING);
    }
}
