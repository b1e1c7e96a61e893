package cloud.welkin.identity.domain;

import cloud.welkin.kernel.policy.Scope;
import java.util.Optional;

/** What a role is held on. */
public record AssignmentTarget(Kind kind, String id) {
    /** The three things that roles are held on. */
    public enum Kind {
        PROJECT,
        DOMAIN,
        SYSTEM
    }

    public static final AssignmentTarget SYSTEM = new AssignmentTarget(Kind.SYSTEM, "system");

    public static AssignmentTarget project(String id) {
        return new AssignmentTarget(Kind.PROJECT, id);
    }

    public static AssignmentTarget domain(String id) {
        return new AssignmentTarget(Kind.DOMAIN, id);
    }

    /** The target whose roles a token of this scope carries. */
    public static Optional<AssignmentTarget> of(Scope scope) {
        return switch (scope) {
            case Scope.Project project -> Optional.of(project(project.id().value()));
            case Scope.Domain domain -> Optional.of(domain(domain.id().value()));
            case Scope.System system -> Optional.of(SYSTEM);
            case Scope.Unscoped unscoped -> Optional.empty();
        };
    }
}
