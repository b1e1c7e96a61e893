package cloud.welkin.identity.oidc;

import cloud.welkin.database.Tx;
import cloud.welkin.identity.domain.AssignmentTarget;
import cloud.welkin.identity.domain.Group;
import cloud.welkin.identity.domain.Project;
import cloud.welkin.identity.domain.Role;
import cloud.welkin.identity.domain.User;
import cloud.welkin.identity.store.GroupStore;
import cloud.welkin.identity.store.ProjectStore;
import cloud.welkin.identity.store.Stores;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a client is told of a user, by the scopes that it was granted (OpenID Connect Core, 5). */
final class Claims {
    static final List<String> NAMES =
            List.of("sub", "preferred_username", "name", "email", "groups", "projects");

    private final Stores stores;

    Claims(Stores stores) {
        this.stores = stores;
    }

    Map<String, Object> of(Tx tx, User user, List<String> scopes) {
        Map<String, Object> claims = new LinkedHashMap<>();
        claims.put("sub", user.id().value());
        if (scopes.contains("profile")) {
            claims.put("preferred_username", user.name());
            claims.put("name", user.name());
        }
        if (scopes.contains("email")) {
            user.email().ifPresent(email -> claims.put("email", email));
        }
        if (scopes.contains("groups")) {
            claims.put("groups", groups(tx, user));
        }
        if (scopes.contains("projects")) {
            claims.put("projects", projects(tx, user));
        }
        return claims;
    }

    private List<String> groups(Tx tx, User user) {
        return stores.groups().list(tx, GroupStore.Filter.ofUser(user.id())).rows().stream()
                .map(Group::name)
                .sorted()
                .toList();
    }

    /** Each with the roles that a token for it would carry. */
    private List<Map<String, Object>> projects(Tx tx, User user) {
        List<String> ids = stores.roles().reachable(tx, user.id(), AssignmentTarget.Kind.PROJECT);
        return stores.projects().list(tx, ProjectStore.Filter.of(false, ids)).rows().stream()
                .filter(Project::enabled)
                .map(
                        project ->
                                Map.<String, Object>of(
                                        "id",
                                        project.id().value(),
                                        "name",
                                        project.name(),
                                        "domain_id",
                                        project.domain().value(),
                                        "roles",
                                        stores
                                                .roles()
                                                .effective(
                                                        tx,
                                                        user.id(),
                                                        AssignmentTarget.project(
                                                                project.id().value()))
                                                .stream()
                                                .map(Role::name)
                                                .sorted()
                                                .toList()))
                .toList();
    }
}
