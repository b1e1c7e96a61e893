package cloud.welkin.identity;

import cloud.welkin.database.Database;
import cloud.welkin.database.Tx;
import cloud.welkin.identity.api.IdentityApi;
import cloud.welkin.identity.auth.Authentication;
import cloud.welkin.identity.auth.CertificateMapping;
import cloud.welkin.identity.domain.CatalogEntry;
import cloud.welkin.identity.domain.Passwords;
import cloud.welkin.identity.oidc.OidcApi;
import cloud.welkin.identity.store.Stores;
import cloud.welkin.kernel.api.Api;
import cloud.welkin.kernel.api.Authenticator;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The identity service, put together: Keystone's API, and the authenticator for all the others. */
public final class IdentityService implements AutoCloseable {
    public static final String SCHEMA = "identity";

    /**
     * @param tokenLifetime how long a token is good for
     * @param passwordCost bcrypt's cost
     * @param certificates which users clients' certificates stand for
     */
    public record Options(
            Duration tokenLifetime, int passwordCost, CertificateMapping certificates) {
        /** Certificates of whichever issuer the listener trusts. */
        public Options(Duration tokenLifetime, int passwordCost) {
            this(tokenLifetime, passwordCost, new CertificateMapping(List.of()));
        }
    }

    private final Sessions sessions;
    private final Bootstrap bootstrap;
    private final List<Api> apis;

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
        apis = new ArrayList<>();
        apis.addAll(
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
                                options.certificates())));
        apis.add(OidcApi.of(database, clock, random, sessions, authentication, stores));
    }

    public List<Api> apis() {
        return List.copyOf(apis);
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
