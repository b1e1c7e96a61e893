package cloud.welkin.identity.api;

import cloud.welkin.database.Database;
import cloud.welkin.identity.Authentication;
import cloud.welkin.identity.Catalogue;
import cloud.welkin.identity.Sessions;
import cloud.welkin.identity.domain.Passwords;
import cloud.welkin.identity.store.ApplicationCredentialStore;
import cloud.welkin.identity.store.CatalogStore;
import cloud.welkin.identity.store.CredentialStore;
import cloud.welkin.identity.store.GroupStore;
import cloud.welkin.identity.store.ProjectStore;
import cloud.welkin.identity.store.RoleStore;
import cloud.welkin.identity.store.TokenStore;
import cloud.welkin.identity.store.TrustStore;
import cloud.welkin.identity.store.UserStore;
import cloud.welkin.kernel.api.Api;
import cloud.welkin.kernel.api.ErrorForm;
import cloud.welkin.kernel.api.Operation;
import cloud.welkin.kernel.api.OperationGroup;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Keystone's API v3 at /identity/v3 (docs.openstack.org/api-ref/identity/v3). */
public final class IdentityApi {
    private IdentityApi() {}

    public static List<Api> of(
            Database database,
            Clock clock,
            SecureRandom random,
            Passwords passwords,
            Sessions sessions,
            Authentication authentication,
            ProjectStore projects,
            UserStore users,
            RoleStore roles,
            TokenStore tokens,
            ApplicationCredentialStore credentials,
            GroupStore groupsOfUsers,
            TrustStore trusts,
            CredentialStore secrets,
            CatalogStore catalogStore,
            Catalogue catalogue) {
        RegionOperations regions = new RegionOperations(catalogue, catalogStore, sessions);
        DomainOperations domains =
                new DomainOperations(projects, users, groupsOfUsers, roles, sessions);
        List<OperationGroup> groups =
                List.of(
                        new TokenOperations(
                                authentication,
                                sessions,
                                sessions,
                                tokens,
                                roles,
                                projects,
                                catalogue),
                        new ProjectOperations(projects, roles, domains, sessions),
                        new ProjectTagOperations(projects),
                        domains,
                        new UserOperations(database, clock, passwords, users, projects, sessions),
                        new GroupOperations(groupsOfUsers, users, projects, sessions),
                        new RoleOperations(roles, sessions),
                        new ImpliedRoleOperations(roles, sessions),
                        new AssignmentOperations(
                                projects, users, groupsOfUsers, roles, credentials, sessions),
                        new AssignmentListOperations(projects, users, groupsOfUsers, roles),
                        new ApplicationCredentialOperations(
                                database, clock, random, passwords, roles, credentials, sessions),
                        new AccessRuleOperations(credentials),
                        new CredentialOperations(secrets, users, projects),
                        new TrustOperations(clock, trusts, users, roles, sessions),
                        regions,
                        new CatalogOperations(catalogue, catalogStore, regions, sessions));
        List<Operation> operations = new ArrayList<>();
        operations.add(VersionOperations.ofV3());
        groups.forEach(group -> operations.addAll(group.operations()));
        return List.of(
                api("identity-versions", "/identity", VersionOperations.ofService(), List.of()),
                api("identity", Links.ROOT, operations, IdentityPolicy.rules()));
    }

    private static Api api(
            String name,
            String path,
            List<Operation> operations,
            List<cloud.welkin.kernel.policy.PolicyRule> rules) {
        return new Api(
                name,
                path,
                false,
                Optional.empty(),
                ErrorForm.keystone(),
                Api.USUAL_LARGEST_BODY,
                operations,
                rules);
    }
}
