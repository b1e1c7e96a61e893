package cloud.welkin.testing;

import cloud.welkin.kernel.api.Authenticator;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.id.DomainId;
import cloud.welkin.kernel.id.Ids;
import cloud.welkin.kernel.id.ProjectId;
import cloud.welkin.kernel.id.UserId;
import cloud.welkin.kernel.policy.Caller;
import cloud.welkin.kernel.policy.Scope;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Callers for tests, and an authenticator that knows them by the text of their token. */
public final class Callers implements Authenticator {
    private final Map<String, Caller> known = new ConcurrentHashMap<>();

    /** A reader, member (and reader) or admin (and all below) in a project. */
    public Caller inProject(ProjectId project, String role) {
        return caller(new Scope.Project(project, DomainId.DEFAULT), withImplied(role));
    }

    public Caller inNewProject(String role) {
        return inProject(new ProjectId(Ids.hex()), role);
    }

    public Caller ofSystem(String role) {
        return caller(new Scope.System(), withImplied(role));
    }

    public Caller ofDomain(DomainId domain, String role) {
        return caller(new Scope.Domain(domain), withImplied(role));
    }

    public Caller caller(Scope scope, Set<String> roles) {
        String token = Ids.hex();
        Caller caller =
                new Caller(
                        new UserId(Ids.hex()),
                        DomainId.DEFAULT,
                        scope,
                        roles,
                        Set.of(),
                        new Caller.Token(token, Ids.hex(), Optional.empty()));
        known.put(token, caller);
        return caller;
    }

    private static Set<String> withImplied(String role) {
        return switch (role) {
            case "admin" -> Set.of("admin", "manager", "member", "reader");
            case "manager" -> Set.of("manager", "member", "reader");
            case "member" -> Set.of("member", "reader");
            default -> Set.of(role);
        };
    }

    @Override
    public Caller authenticate(
            String token, Optional<String> serviceToken, String method, String path) {
        Caller caller = known.get(token);
        if (caller == null) {
            throw Failure.unauthorized();
        }
        return caller;
    }
}
