package cloud.welkin.identity.store;

import cloud.welkin.identity.domain.MasterKeys;
import java.security.SecureRandom;

/** Everything of identity's that is kept in the database. */
public record Stores(
        ProjectStore projects,
        UserStore users,
        GroupStore groups,
        RoleStore roles,
        TokenStore tokens,
        ApplicationCredentialStore applicationCredentials,
        TrustStore trusts,
        CredentialStore credentials,
        CatalogStore catalog,
        AccountStore accounts,
        TotpStore totp,
        RevocationStore revocations,
        AuditStore audit,
        OauthStore oauth,
        OidcStores oidc,
        FederationStore federation,
        LimitStore limits,
        ServicePolicyStore policies,
        EndpointFilterStore endpointFilters,
        ServiceProviderStore serviceProviders,
        SamlKeyStore samlKeys,
        WebSignInStore webSignIns,
        DomainConfigStore domainConfigs,
        DirectoryStore directory,
        SignInFailureStore signInFailures) {

    /**
     * @param random of the keys that secrets are encrypted with
     * @param master what the keys are wrapped by
     */
    public static Stores of(SecureRandom random, MasterKeys master) {
        CredentialStore credentials = new CredentialStore(random, master);
        return new Stores(
                new ProjectStore(),
                new UserStore(),
                new GroupStore(),
                new RoleStore(),
                new TokenStore(master),
                new ApplicationCredentialStore(),
                new TrustStore(),
                credentials,
                new CatalogStore(),
                new AccountStore(),
                new TotpStore(),
                new RevocationStore(),
                new AuditStore(),
                new OauthStore(credentials),
                OidcStores.of(credentials),
                new FederationStore(credentials),
                new LimitStore(),
                new ServicePolicyStore(),
                new EndpointFilterStore(),
                new ServiceProviderStore(),
                new SamlKeyStore(credentials),
                new WebSignInStore(),
                new DomainConfigStore(credentials),
                new DirectoryStore(),
                new SignInFailureStore());
    }
}
