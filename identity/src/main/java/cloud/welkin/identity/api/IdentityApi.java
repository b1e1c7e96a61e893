package cloud.welkin.identity.api;

import cloud.welkin.database.Database;
import cloud.welkin.identity.Catalogue;
import cloud.welkin.identity.ListLimits;
import cloud.welkin.identity.Partners;
import cloud.welkin.identity.Sessions;
import cloud.welkin.identity.auth.Authentication;
import cloud.welkin.identity.auth.CertificateMapping;
import cloud.welkin.identity.auth.FailedSignIns;
import cloud.welkin.identity.auth.NewPasswords;
import cloud.welkin.identity.auth.PasswordCheck;
import cloud.welkin.identity.domain.LimitModel;
import cloud.welkin.identity.domain.PasswordRules;
import cloud.welkin.identity.domain.Passwords;
import cloud.welkin.identity.ec2.KeySignatures;
import cloud.welkin.identity.federation.FederatedSignIn;
import cloud.welkin.identity.federation.OidcCodes;
import cloud.welkin.identity.federation.OidcTokens;
import cloud.welkin.identity.ldap.Directories;
import cloud.welkin.identity.saml.SamlKeys;
import cloud.welkin.identity.saml.SamlSigner;
import cloud.welkin.identity.store.ApplicationCredentialStore;
import cloud.welkin.identity.store.GroupStore;
import cloud.welkin.identity.store.ProjectStore;
import cloud.welkin.identity.store.RoleStore;
import cloud.welkin.identity.store.Stores;
import cloud.welkin.identity.store.UserStore;
import cloud.welkin.kernel.api.Api;
import cloud.welkin.kernel.api.ErrorForm;
import cloud.welkin.kernel.api.Operation;
import cloud.welkin.kernel.api.OperationGroup;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Keystone's API v3 at /identity/v3 (docs.openstack.org/api-ref/identity/v3). */
public final class IdentityApi {
    private IdentityApi() {}

    /** What the operations are made of. */
    public record Parts(
            Database database,
            Clock clock,
            SecureRandom random,
            Passwords passwords,
            Sessions sessions,
            Authentication authentication,
            Stores stores,
            Catalogue catalogue,
            PasswordCheck check,
            NewPasswords newPasswords,
            FailedSignIns failures,
            Duration expiredWindow,
            CertificateMapping certificates,
            FederatedSignIn federated,
            LimitModel limitModel,
            int treeDepth,
            KeySignatures signatures,
            Partners partners,
            SamlKeys samlKeys,
            ListLimits lists,
            Directories directories,
            PasswordRules passwordRules) {}

    public static List<Api> of(Parts parts) {
        Database database = parts.database();
        Clock clock = parts.clock();
        Passwords passwords = parts.passwords();
        Sessions sessions = parts.sessions();
        Catalogue catalogue = parts.catalogue();
        Stores stores = parts.stores();
        ProjectStore projects = stores.projects();
        UserStore users = stores.users();
        GroupStore groupsOfUsers = stores.groups();
        RoleStore roles = stores.roles();
        ApplicationCredentialStore credentials = stores.applicationCredentials();
        RegionOperations regions = new RegionOperations(catalogue, stores.catalog(), sessions);
        DomainOperations domains =
                new DomainOperations(projects, users, groupsOfUsers, roles, sessions);
        OidcTokens oidcTokens = new OidcTokens();
        WebSignIns webSignIns = new WebSignIns(parts);
        SamlWebSignInOperations samlWebSignIns = new SamlWebSignInOperations(parts, webSignIns);
        List<OperationGroup> groups =
                List.of(
                        new TokenOperations(
                                parts.authentication(),
                                sessions,
                                sessions,
                                stores.tokens(),
                                roles,
                                projects,
                                catalogue,
                                clock,
                                parts.expiredWindow()),
                        new ProjectOperations(
                                parts.limitModel(),
                                parts.treeDepth(),
                                projects,
                                users,
                                roles,
                                stores.limits(),
                                domains,
                                sessions),
                        new ProjectCascadeOperations(projects, roles, sessions),
                        new ProjectTagOperations(projects),
                        domains,
                        new UserOperations(
                                database,
                                clock,
                                parts.check(),
                                parts.newPasswords(),
                                parts.failures(),
                                parts.directories(),
                                stores,
                                sessions),
                        new GroupOperations(database, parts.directories(), stores, sessions),
                        new RoleOperations(roles, sessions),
                        new ImpliedRoleOperations(roles, sessions),
                        new AssignmentOperations(
                                projects, users, groupsOfUsers, roles, credentials, sessions),
                        new AssignmentListOperations(projects, users, groupsOfUsers, roles),
                        new ApplicationCredentialOperations(
                                database,
                                clock,
                                parts.random(),
                                passwords,
                                roles,
                                credentials,
                                sessions),
                        new AccessRuleOperations(credentials),
                        new CredentialOperations(stores.credentials(), users, projects, sessions),
                        new TrustOperations(clock, stores.trusts(), users, roles, sessions),
                        regions,
                        new CatalogOperations(catalogue, stores.catalog(), regions, sessions),
                        new RevocationOperations(stores.revocations()),
                        new ConsumerOperations(stores.oauth(), sessions),
                        new OauthFlowOperations(parts),
                        new AccessTokenOperations(stores.oauth(), roles, sessions),
                        new ClientCredentialsOperations(parts, parts.certificates()),
                        new IdentityProviderOperations(stores.federation(), projects, sessions),
                        new MappingOperations(stores.federation()),
                        new FederationProtocolOperations(stores.federation(), sessions),
                        new FederatedAuthOperations(
                                database,
                                clock,
                                stores.federation(),
                                parts.federated(),
                                oidcTokens,
                                catalogue,
                                new SamlSigner(parts.samlKeys())),
                        new RegisteredLimitOperations(catalogue, stores.limits()),
                        new LimitOperations(
                                parts.limitModel(), catalogue, stores.limits(), projects),
                        new ServicePolicyOperations(stores.policies()),
                        new PolicyAssociationOperations(stores.policies(), catalogue),
                        new ProjectEndpointOperations(
                                stores.endpointFilters(), catalogue, projects, sessions),
                        new EndpointGroupOperations(
                                stores.endpointFilters(), catalogue, projects, sessions),
                        new GoneOperations(),
                        new Ec2CredentialOperations(
                                stores.credentials(), users, projects, sessions),
                        new SignatureOperations(parts.signatures(), catalogue),
                        new ServiceProviderOperations(stores.serviceProviders(), sessions),
                        new SamlIssuerOperations(parts),
                        new WebSignInOperations(
                                parts, webSignIns, samlWebSignIns, new OidcCodes(oidcTokens)),
                        samlWebSignIns,
                        new DomainConfigOperations(clock, stores, sessions, parts.passwordRules()));
        List<Operation> operations = new ArrayList<>();
        groups.forEach(group -> operations.addAll(group.operations()));
        VersionOperations versions = new VersionOperations(JsonHome.of(operations));
        operations.add(versions.ofV3());
        return List.of(
                api("identity-versions", "/identity", versions.ofService(), List.of()),
                api("identity", Links.ROOT, parts.lists().on(operations), IdentityPolicy.rules()));
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
