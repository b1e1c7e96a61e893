package cloud.welkin.identity;

import cloud.welkin.database.Database;
import cloud.welkin.database.Tx;
import cloud.welkin.identity.api.IdentityApi;
import cloud.welkin.identity.auth.Authentication;
import cloud.welkin.identity.domain.CatalogEntry;
import cloud.welkin.identity.domain.LimitModel;
import cloud.welkin.identity.domain.Passwords;
import cloud.welkin.identity.store.Stores;
import cloud.welkin.kernel.api.Api;
import cloud.welkin.kernel.api.Authenticator;
import cloud.welkin.kernel.quota.LimitSource;
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
     * @param limitModel how limits of projects and domains bear on each other
     */
    public record Options(Duration tokenLifetime, int passwordCost, LimitModel limitModel) {}

    private final Sessions sessions;
    private final Bootstrap bootstrap;
    private final List<Api> apis;
    private final LimitSource limits;

    public IdentityService(
            Database database, Clock clock, Options options, List<CatalogEntry> catalog) {
        SecureRandom random = new SecureRandom();
        Passwords passwords = new Passwords(options.passwordCost(), random);
        Stores stores = Stores.of(random);
        Catalogue catalogue = new Catalogue(database, catalog, stores.catalog());
        sessions = new Sessions(database, clock, random, stores, catalogue);
        Authentication authentication =
                new Authentication(
                        database,
                        clock,
                        random,
                        options.tokenLifetime(),
                        passwords,
                        sessions,
                        stores);
        bootstrap = new Bootstrap(clock, passwords, random, stores);
        apis =
                IdentityApi.of(
                        new IdentityApi.Parts(
                                database,
                                clock,
                                random,
                                passwords,
                                sessions,
                                authentication,
                                stores,
                                catalogue,
                                options.limitModel()));
        limits = new UnifiedLimits(catalogue, stores.limits());
    }

    public List<Api> apis() {
        return apis;
    }

    public Authenticator authenticator() {
        return sessions;
    }

    /** The limits of projects that are kept here, for the quotas of all services. */
    public LimitSource limits() {
        return limits;
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
