package cloud.welkin.identity.api;

import cloud.welkin.identity.domain.Project;
import cloud.welkin.identity.domain.Role;
import cloud.welkin.identity.domain.User;
import cloud.welkin.kernel.id.DomainId;
import cloud.welkin.kernel.id.UserId;
import cloud.welkin.kernel.policy.Target;
import java.util.Map;
import java.util.Optional;

/** What Keystone's rules compare the caller with. */
final class Targets {
    /** What Keystone's rules call an attribute that is there and empty. */
    private static final String NONE = "None";

    private Targets() {}

    /** A domain looked at as a project is in no domain: who manages it does not own it. */
    static Target project(Project project) {
        return new Target(
                Map.of(
                        "target.project.id",
                        project.id().value(),
                        "target.project.domain_id",
                        project.isDomain() ? NONE : project.domain().value()));
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

    /** A role; of one that is not there, as of any that is handed on freely. */
    static Target role(Optional<Role> role) {
        return new Target(ofRole(role));
    }

    static Map<String, String> ofRole(Optional<Role> role) {
        return Map.of(
                "target.role.name",
                role.map(Role::name).orElse("reader"),
                "target.role.domain_id",
                role.flatMap(Role::domain).map(DomainId::value).orElse(NONE));
    }

    /** A token of this user. */
    static Target token(UserId user) {
        return new Target(Map.of("target.token.user_id", user.value()));
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
