package cloud.welkin.kernel.policy;

import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.id.DomainId;
import cloud.welkin.kernel.id.ProjectId;
import cloud.welkin.kernel.id.UserId;
import java.util.Optional;
import java.util.Set;

/**
 * Who asks: the user, what the token is scoped to and the roles held there, implied ones included.
 * Made from a token by the identity service in this process; handed as an argument to whatever acts
 * on the caller's behalf.
 *
 * @param serviceRoles the roles of the service token that came beside the user's ({@code
 *     X-Service-Token}), else empty
 */
public record Caller(
        UserId user,
        DomainId userDomain,
        Scope scope,
        Set<String> roles,
        Set<String> serviceRoles,
        Token token) {

    /**
     * What services may need to know of the token itself.
     *
     * @param text the token as it came in the header; never logged
     * @param auditId the token's audit id, which may be logged
     * @param applicationCredential set when the token came from an application credential
     */
    public record Token(String text, String auditId, Optional<String> applicationCredential) {
        @Override
        public String toString() {
            return "Token[" + auditId + "]";
        }
    }

    /** The project of a project-scoped token. */
    public Optional<ProjectId> project() {
        return scope instanceof Scope.Project project
                ? Optional.of(project.id())
                : Optional.empty();
    }

    /** The project that new things will belong to; a caller without one is refused. */
    public ProjectId requireProject() {
        return project()
                .orElseThrow(
                        () ->
                                Failure.forbidden(
                                        "This operation needs a token that is scoped to a project."));
    }

    public boolean hasRole(String role) {
        return roles.contains(role);
    }

    /**
     * Whether the caller holds the role {@code admin}: what OpenStack's services call
     * context_is_admin.
     */
    public boolean isAdmin() {
        return roles.contains("admin");
    }

    /** Who acts when the program itself does something that no request asked for. */
    public static Caller program() {
        return new Caller(
                new UserId("welkin"),
                DomainId.DEFAULT,
                new Scope.System(),
                Set.of("admin", "member", "reader", "service"),
                Set.of(),
                new Token("", "program", Optional.empty()));
    }
}
