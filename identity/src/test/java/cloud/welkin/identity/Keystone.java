package cloud.welkin.identity;

import cloud.welkin.identity.auth.CertificateMapping;
import cloud.welkin.identity.domain.CatalogEntry;
import cloud.welkin.identity.domain.LimitModel;
import cloud.welkin.identity.domain.MasterKeys;
import cloud.welkin.identity.domain.TokenCodec;
import cloud.welkin.identity.ldap.LdapRules;
import cloud.welkin.kernel.api.RequestObserver;
import cloud.welkin.kernel.policy.Caller;
import cloud.welkin.testing.ApiTester;
import cloud.welkin.testing.TestDatabase;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;

/**
 * An identity service of a test's own, with a clock that the test moves, spoken to as clients do.
 */
final class Keystone implements AutoCloseable {
    static final String V3 = "/identity/v3";
    static final String DASHBOARD = "https://dashboard.test/auth/websso/?a=1&b=2";

    /** The wall clock, moved by what the test says. */
    static final class MovedClock extends Clock {
        private volatile Duration ahead = Duration.ZERO;

        void move(Duration by) {
            ahead = ahead.plus(by);
        }

        @Override
        public Instant instant() {
            return Instant.now().plus(ahead);
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }

    final TestDatabase database = TestDatabase.with("kernel", "identity");
    private final IdentitySecurity security;
    private final LimitModel limits;
    private final boolean allEndpoints;
    private final ListLimits lists;
    private final CertificateMapping certificates;
    final MasterKeys masterKeys =
            new MasterKeys(List.of(TokenCodec.newKey(new SecureRandom())), new SecureRandom());
    final MovedClock clock = new MovedClock();
    final IdentityService service;
    final Bootstrap.Made made;
    final ApiTester api;

    Keystone() {
        this(IdentitySecurity.USUAL);
    }

    Keystone(IdentitySecurity security) {
        this(security, LimitModel.FLAT, true, ListLimits.USUAL);
    }

    Keystone(LimitModel limits) {
        this(IdentitySecurity.USUAL, limits, true, ListLimits.USUAL);
    }

    Keystone(ListLimits lists) {
        this(IdentitySecurity.USUAL, LimitModel.FLAT, true, lists);
    }

    /** One whose tokens show no endpoints but those that their project was given. */
    static Keystone withFilteredEndpointsOnly() {
        return new Keystone(IdentitySecurity.USUAL, LimitModel.FLAT, false, ListLimits.USUAL);
    }

    Keystone(CertificateMapping certificates) {
        this(IdentitySecurity.USUAL, LimitModel.FLAT, true, ListLimits.USUAL, certificates);
    }

    private Keystone(
            IdentitySecurity security, LimitModel limits, boolean allEndpoints, ListLimits lists) {
        this(security, limits, allEndpoints, lists, new CertificateMapping(List.of("root")));
    }

    private Keystone(
            IdentitySecurity security,
            LimitModel limits,
            boolean allEndpoints,
            ListLimits lists,
            CertificateMapping certificates) {
        this.lists = lists;
        this.certificates = certificates;
        this.security = security;
        this.limits = limits;
        this.allEndpoints = allEndpoints;
        service = replica();
        made = database.database().write(tx -> service.bootstrap(tx, "secret", true, "demo"));
        api = api(service);
    }

    /** Another service on the same database, as another replica or after a restart. */
    IdentityService replica() {
        return replica(masterKeys);
    }

    IdentityService replica(MasterKeys master) {
        return new IdentityService(
                database.database(),
                clock,
                new IdentityService.Options(
                        Duration.ofHours(1),
                        4,
                        security,
                        certificates,
                        limits,
                        5,
                        allEndpoints,
                        new Partners(
                                Partners.USUAL.signatureAge(),
                                Partners.USUAL.entityId(),
                                Partners.USUAL.assertionLifetime(),
                                List.of(DASHBOARD),
                                new Partners.WebSignInLimits(100, 50)),
                        // Asked each time, and refusing at once.
                        new LdapRules(Duration.ZERO, Duration.ofSeconds(5), Duration.ZERO),
                        lists,
                        master),
                List.of(
                        new CatalogEntry("identity", "keystone", "/identity", false),
                        new CatalogEntry("compute", "nova", "/compute/v2.1", false),
                        new CatalogEntry("volumev3", "cinder", "/volume/v3", true)));
    }

    ApiTester api(IdentityService of) {
        return new ApiTester(
                database.database(),
                of.authenticator(),
                of.apis(),
                of.audit().and(this::notAfterwards));
    }

    /** Whatever changes identity is told of within the transaction that changes it. */
    private void notAfterwards(RequestObserver.Finished request) {
        if (request.status() < 400
                && !request.told()
                && AuditEvents.action(request)
                        .filter(action -> !action.equals(AuditEvents.AUTHENTICATE))
                        .isPresent()) {
            throw new AssertionError(request.operation() + " is told of after its transaction");
        }
    }

    /** A token of the admin for the project admin. */
    String admin() {
        return token(
                "admin", "secret", "{'project': {'name': 'admin', 'domain': {'id': 'default'}}}");
    }

    /** A token by password; the scope in single quotes, or empty for none. */
    String token(String user, String password, String scope) {
        return java.util.Objects.requireNonNull(
                login(user, password, scope).expect(201).headers().get("x-subject-token"));
    }

    ApiTester.Response login(String user, String password, String scope) {
        return auth(
                "{'methods': ['password'], 'password': {'user': {'name': '"
                        + user
                        + "', 'domain': {'id': 'default'}, 'password': '"
                        + password
                        + "'}}}",
                scope);
    }

    ApiTester.Response auth(String identity, String scope) {
        return api.post(V3 + "/auth/tokens")
                .json(
                        "{'auth': {'identity': "
                                + identity
                                + (scope.isEmpty() ? "" : ", 'scope': " + scope)
                                + "}}")
                .send();
    }

    ApiTester.Request as(String token, String method, String path) {
        return api.method(method, V3 + path).header("X-Auth-Token", token);
    }

    ApiTester.Response get(String token, String path) {
        return as(token, "GET", path).send();
    }

    ApiTester.Response post(String token, String path, String json) {
        return as(token, "POST", path).json(json).send();
    }

    ApiTester.Response patch(String token, String path, String json) {
        return as(token, "PATCH", path).json(json).send();
    }

    ApiTester.Response put(String token, String path) {
        return as(token, "PUT", path).send();
    }

    ApiTester.Response delete(String token, String path) {
        return as(token, "DELETE", path).send();
    }

    Caller caller(String token) {
        return service.authenticator().authenticate(token, java.util.Optional.empty(), "GET", "/");
    }

    /** A new user in the default domain; its id. */
    String user(String name, String password) {
        return post(
                        admin(),
                        "/users",
                        "{'user': {'name': '" + name + "', 'password': '" + password + "'}}")
                .expect(201)
                .text("/user/id");
    }

    String project(String name) {
        return post(admin(), "/projects", "{'project': {'name': '" + name + "'}}")
                .expect(201)
                .text("/project/id");
    }

    String role(String name) {
        return get(admin(), "/roles?name=" + name).expect(200).text("/roles/0/id");
    }

    void grant(String user, String project, String role) {
        put(admin(), "/projects/" + project + "/users/" + user + "/roles/" + role(role))
                .expect(204);
    }

    @Override
    public void close() {
        service.close();
        database.close();
    }
}
