package cloud.welkin.identity;

import cloud.welkin.database.Database;
import cloud.welkin.database.Tx;
import cloud.welkin.identity.api.IdentityApi;
import cloud.welkin.identity.domain.CatalogEntry;
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
import cloud.welkin.kernel.api.Authenticator;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;

/** The identity service, put together: Keystone's API, and the authenticator for all the others. */
public final class IdentityService implements AutoCloseable {
    public static final String SCHEMA = "identity";

    /**
     * @param tokenLifetime how long a token is good for
     * @param passwordCost bcrypt's cost
     */
    public record Options(Duration tokenLifetime, int passwordCost) {}

    private final Sessions sessions;
    private final Bootstrap bootstrap;
    private final List<Api> apis;

    public IdentityService(
            Database database, Clock clock, Options options, List<CatalogEntry> catalog) {
        SecureRandom random = new SecureRandom();
        Passwords passwords = new Passwords(options.passwordCost(), random);
        ProjectStore projects = new ProjectStore();
        UserStore users = new UserStore();
        RoleStore roles = new RoleStore();
        TokenStore tokens = new TokenStore();
        ApplicationCredentialStore credentials = new ApplicationCredentialStore();
        TrustStore trusts = new TrustStore();
        CredentialStore secrets = new CredentialStore(random);
        CatalogStore catalogStore = new CatalogStore();
        Catalogue catalogue = new Catalogue(database, catalog, catalogStore);
        sessions =
                new Sessions(
                        database,
                        clock,
                        random,
                        projects,
                        users,
                        roles,
                        tokens,
                        credentials,
                        trusts,
                        catalogue);
        Authentication authentication =
                new Authentication(
                        database,
                        clock,
                        random,
                        options.tokenLifetime(),
                        passwords,
                        sessions,
                        projects,
                        users,
                        roles,
                        credentials,
                        trusts);
        bootstrap =
                new Bootstrap(clock, passwords, random, projects, users, roles, tokens, secrets);
        apis =
                IdentityApi.of(
                        database,
                        clock,
                        random,
                        passwords,
                        sessions,
                        authentication,
                        projects,
                        users,
                        roles,
                        tokens,
                        credentials,
                        new GroupStore(),
                        trusts,
                        secrets,
                        catalogStore,
                        catalogue);
    }

    public List<Api> apis() {
        return apis;
    }

    public Authenticator authenticator() {
        return sessions;
    }

    /** Makes what every cloud begins with, as far as it is missing. */
    public Bootstrap.Made bootstrap(
            Tx tx, String adminPassword, boolean change, String demoPassword) {
        Bootstrap.Made made = bootstrap.run(tx, adminPassword, change, demoPassword);
        sessions.made(tx);
        return made;
    }

    @Override
    public void close() {
        sessions.close();
    }
}
