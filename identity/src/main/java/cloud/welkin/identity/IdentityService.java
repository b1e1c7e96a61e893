package cloud.welkin.identity;

import static cloud.welkin.identity.schema.Tables.CREDENTIAL_KEY;
import static cloud.welkin.identity.schema.Tables.FERNET_KEY;

import cloud.welkin.database.Database;
import cloud.welkin.database.Tx;
import cloud.welkin.identity.api.IdentityApi;
import cloud.welkin.identity.auth.Authentication;
import cloud.welkin.identity.auth.CertificateMapping;
import cloud.welkin.identity.auth.FailedSignIns;
import cloud.welkin.identity.auth.NewPasswords;
import cloud.welkin.identity.auth.PasswordCheck;
import cloud.welkin.identity.domain.CatalogEntry;
import cloud.welkin.identity.domain.LimitModel;
import cloud.welkin.identity.domain.MasterKeys;
import cloud.welkin.identity.domain.PasswordRules;
import cloud.welkin.identity.domain.Passwords;
import cloud.welkin.identity.ec2.KeySignatures;
import cloud.welkin.identity.federation.FederatedSignIn;
import cloud.welkin.identity.ldap.Directories;
import cloud.welkin.identity.ldap.LdapRules;
import cloud.welkin.identity.oidc.OidcApi;
import cloud.welkin.identity.saml.SamlKeys;
import cloud.welkin.identity.store.AccountStore;
import cloud.welkin.identity.store.Stores;
import cloud.welkin.identity.work.Housekeeping;
import cloud.welkin.kernel.api.Api;
import cloud.welkin.kernel.api.Authenticator;
import cloud.welkin.kernel.quota.LimitSource;
import cloud.welkin.kernel.work.Reconciler;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** The identity service, put together: Keystone's API, and the authenticator for all the others. */
public final class IdentityService implements AutoCloseable {
    public static final String SCHEMA = "identity";

    /** So many events of what failed are kept, about a gigabyte: anybody can cause them. */
    private static final int MOST_FAILURES = 1_000_000;

    /** How long browsers and partners may be under way with what was signed. */
    private static final Duration SAML_SLACK = Duration.ofHours(2);

    /**
     * @param tokenLifetime how long a token is good for
     * @param passwordCost bcrypt's cost
     * @param security how accounts and tokens are guarded
     * @param certificates which users clients' certificates stand for
     * @param limitModel how limits of projects and domains bear on each other
     * @param treeDepth how many levels of projects there may be below a domain
     * @param allEndpointsUnlessFiltered whether tokens of those who were given no endpoints show
     *     all
     * @param partners how those are dealt with that sign in their own way
     * @param directories how directories of domains that have one are dealt with
     * @param lists how many rows lists have
     * @param masterKeys what the database's keys are wrapped by
     */
    public record Options(
            Duration tokenLifetime,
            int passwordCost,
            IdentitySecurity security,
            CertificateMapping certificates,
            LimitModel limitModel,
            int treeDepth,
            boolean allEndpointsUnlessFiltered,
            Partners partners,
            LdapRules directories,
            ListLimits lists,
            MasterKeys masterKeys) {}

    private final Sessions sessions;
    private final Bootstrap bootstrap;
    private final List<Api> apis;
    private final Audit audit;
    private final Keys keys;
    private final List<Reconciler> reconcilers;
    private final LimitSource limits;
    private final Accounts accounts;
    private final KeySignatures signatures;
    private final FailedSignIns failures;
    private final Passwords passwords;
    private final Directories directories;
    private final SamlKeys samlKeys;

    public IdentityService(
            Database database, Clock clock, Options options, List<CatalogEntry> catalog) {
        SecureRandom random = new SecureRandom();
        passwords = new Passwords(options.passwordCost(), random);
        Stores stores = Stores.of(random, options.masterKeys());
        Catalogue catalogue =
                new Catalogue(
                        database,
                        catalog,
                        stores.catalog(),
                        stores.endpointFilters(),
                        options.allEndpointsUnlessFiltered());
        sessions = new Sessions(database, clock, random, stores, catalogue);
        IdentitySecurity security = options.security();
        AccountStore accountRows = stores.accounts();
        PasswordCheck check =
                new PasswordCheck(database, clock, passwords, security.passwords(), accountRows);
        failures = new FailedSignIns(database, clock, security.failures(), stores.signInFailures());
        NewPasswords newPasswords =
                new NewPasswords(
                        database, clock, passwords, security.passwords(), accountRows, sessions);
        audit = new Audit(database, clock, stores.audit());
        accounts = new Accounts(database, clock, sessions, stores);
        keys =
                new Keys(
                        database,
                        clock,
                        random,
                        stores,
                        sessions,
                        audit,
                        options.tokenLifetime().plus(security.expiredWindow()));
        directories = new Directories(database, clock, stores, options.directories(), sessions);
        samlKeys =
                new SamlKeys(
                        database,
                        clock,
                        random,
                        stores.samlKeys(),
                        options.partners().assertionLifetime().plus(SAML_SLACK));
        reconcilers = housekeeping(database, clock, options, stores);
        Authentication authentication =
                new Authentication(
                        database,
                        clock,
                        random,
                        options.tokenLifetime(),
                        passwords,
                        sessions,
                        stores,
                        check,
                        failures,
                        security.receiptLifetime(),
                        security.totpPrevious(),
                        directories);
        signatures =
                new KeySignatures(
                        database,
                        clock,
                        options.partners().signatureAge(),
                        authentication,
                        failures,
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
                                check,
                                newPasswords,
                                failures,
                                security.expiredWindow(),
                                options.certificates(),
                                new FederatedSignIn(
                                        database,
                                        clock,
                                        options.tokenLifetime(),
                                        authentication,
                                        stores,
                                        sessions),
                                options.limitModel(),
                                options.treeDepth(),
                                signatures,
                                options.partners(),
                                samlKeys,
                                options.lists(),
                                directories,
                                security.passwords())));
        limits = new UnifiedLimits(catalogue, stores.limits());
        apis.add(OidcApi.of(database, clock, random, sessions, authentication, stores));
    }

    private List<Reconciler> housekeeping(
            Database database, Clock clock, Options options, Stores stores) {
        IdentitySecurity security = options.security();
        PasswordRules rules = security.passwords();
        return List.of(
                new Housekeeping(
                        "identity token keys",
                        Duration.ofHours(1),
                        () -> keys.tend(security.keyRotation())),
                new Housekeeping("identity credential keys", Duration.ofHours(1), keys::reencrypt),
                new Housekeeping(
                        "identity directories",
                        options.directories().refresh(),
                        directories::check),
                new Housekeeping(
                        "identity audit and revocations",
                        Duration.ofHours(1),
                        () -> {
                            Instant now = clock.instant();
                            Instant useless = now.minus(security.expiredWindow());
                            return database.write(
                                    tx ->
                                            stores.audit().trim(tx, now.minus(security.auditKeep()))
                                                    + stores.audit().trimFailures(tx, MOST_FAILURES)
                                                    + stores.tokens()
                                                            .prune(
                                                                    tx,
                                                                    useless,
                                                                    useless.minus(
                                                                            options
                                                                                    .tokenLifetime())));
                        }),
                new Housekeeping(
                        "identity inactive users",
                        Duration.ofHours(1),
                        () ->
                                rules.inactive() == 0
                                        ? 0
                                        : database.write(
                                                tx -> disableInactive(tx, stores, rules, clock))),
                new Housekeeping(
                        "identity failed sign-ins",
                        Duration.ofMinutes(10),
                        () ->
                                database.write(
                                        tx -> stores.signInFailures().sweep(tx, clock.instant()))),
                new Housekeeping("identity SAML keys", Duration.ofHours(1), samlKeys::tend),
                new Housekeeping(
                        "identity sign-ins by browser",
                        Duration.ofMinutes(10),
                        () ->
                                database.write(
                                        tx -> stores.webSignIns().sweep(tx, clock.instant()))));
    }

    private int disableInactive(Tx tx, Stores stores, PasswordRules rules, Clock clock) {
        Instant now = clock.instant();
        int disabled =
                stores.accounts()
                        .disableInactive(
                                tx, PasswordRules.day(now).minusDays(rules.inactive()), now);
        if (disabled > 0) {
            sessions.made(tx);
            audit.program(tx, "disable", disabled + " inactive users");
        }
        return disabled;
    }

    /** How many rounds of hashing all sign-ins have cost. */
    long hashing() {
        return passwords.rounds();
    }

    /** Told of every request, and keeps those that the audit is about. */
    public Audit audit() {
        return audit;
    }

    public Keys keys() {
        return keys;
    }

    /** The keys that SAML's messages are signed with. */
    public SamlKeys samlKeys() {
        return samlKeys;
    }

    /** The staged key of SAML signs from now on; where none is staged, one is. */
    public SamlKeys.Rotated rotateSamlKeys() {
        return samlKeys.rotate(tx -> audit.operator(tx, "update", "SAML keys"));
    }

    public List<Reconciler> reconcilers() {
        return reconcilers;
    }

    public List<Api> apis() {
        return List.copyOf(apis);
    }

    public Authenticator authenticator() {
        return sessions;
    }

    /** The limits of projects that are kept here, for the quotas of all services. */
    public LimitSource limits() {
        return limits;
    }

    /** Whom tokens would stand for. */
    public Accounts accounts() {
        return accounts;
    }

    /** Who signed requests with EC2 credentials, for the object store. */
    public KeySignatures signatures() {
        return signatures;
    }

    /** Whether this database's keys can be read by its master key alone. */
    public static boolean hasWrappedKeys(Database database) {
        return database
                .read(
                        tx ->
                                tx.sql()
                                        .select(FERNET_KEY.SECRET)
                                        .from(FERNET_KEY)
                                        .unionAll(
                                                tx.sql()
                                                        .select(CREDENTIAL_KEY.SECRET)
                                                        .from(CREDENTIAL_KEY))
                                        .fetch(row -> row.value1()))
                .stream()
                .anyMatch(MasterKeys::isWrapped);
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
        audit.close();
        failures.close();
        directories.close();
        sessions.close();
    }
}
