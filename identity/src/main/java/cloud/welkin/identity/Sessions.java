package cloud.welkin.identity;

import cloud.welkin.database.Database;
import cloud.welkin.database.Tx;
import cloud.welkin.identity.domain.AccessRule;
import cloud.welkin.identity.domain.ApplicationCredential;
import cloud.welkin.identity.domain.AssignmentTarget;
import cloud.welkin.identity.domain.Certificates;
import cloud.welkin.identity.domain.IdentityProvider;
import cloud.welkin.identity.domain.OauthToken;
import cloud.welkin.identity.domain.Project;
import cloud.welkin.identity.domain.Receipt;
import cloud.welkin.identity.domain.Role;
import cloud.welkin.identity.domain.ServiceProvider;
import cloud.welkin.identity.domain.TokenCodec;
import cloud.welkin.identity.domain.TokenPayload;
import cloud.welkin.identity.domain.Trust;
import cloud.welkin.identity.domain.User;
import cloud.welkin.identity.ec2.KeySignatures;
import cloud.welkin.identity.store.ApplicationCredentialStore;
import cloud.welkin.identity.store.FederationStore;
import cloud.welkin.identity.store.OauthStore;
import cloud.welkin.identity.store.ProjectStore;
import cloud.welkin.identity.store.RoleStore;
import cloud.welkin.identity.store.ServiceProviderStore;
import cloud.welkin.identity.store.Stores;
import cloud.welkin.identity.store.TokenStore;
import cloud.welkin.identity.store.TrustStore;
import cloud.welkin.identity.store.UserStore;
import cloud.welkin.kernel.api.Authenticator;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.id.DomainId;
import cloud.welkin.kernel.id.ProjectId;
import cloud.welkin.kernel.id.UserId;
import cloud.welkin.kernel.policy.Caller;
import cloud.welkin.kernel.policy.Scope;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Turns tokens into callers. On the way of every request, so what a token stands for is kept in
 * memory until anything changes that it is made of: {@link KnownSessions} learns that here after
 * the commit, on other replicas by notification.
 */
public final class Sessions implements Authenticator, Changes, AutoCloseable {
    private static final String CHANNEL = "identity";
    private static final String EVERYTHING = "everything";
    private static final String USER = "user ";
    private static final String PROJECT = "project ";
    private static final String OWN_PATH = "/identity/";

    private final Database database;
    private final Clock clock;
    private final SecureRandom random;
    private final ProjectStore projects;
    private final UserStore users;
    private final Lookup stored;
    private final RoleStore roles;
    private final TokenStore tokens;
    private final ApplicationCredentialStore credentials;
    private final TrustStore trusts;
    private final FederationStore federation;
    private final OauthStore oauth;
    private final ServiceProviderStore partners;
    private final Catalogue catalogue;
    private final KnownSessions known = new KnownSessions();
    private final AutoCloseable listening;
    private volatile Held held = new Held();

    public Sessions(
            Database database,
            Clock clock,
            SecureRandom random,
            Stores stores,
            Catalogue catalogue) {
        this.database = database;
        this.clock = clock;
        this.random = random;
        this.projects = stores.projects();
        this.users = stores.users();
        this.stored = Lookup.in(stores);
        this.roles = stores.roles();
        this.tokens = stores.tokens();
        this.credentials = stores.applicationCredentials();
        this.trusts = stores.trusts();
        this.federation = stores.federation();
        this.oauth = stores.oauth();
        this.partners = stores.serviceProviders();
        this.catalogue = catalogue;
        this.listening = database.listen(CHANNEL, this::forget);
    }

    @Override
    public Caller authenticate(
            String token, Optional<String> serviceToken, String method, String path) {
        Session session = session(token);
        session.rules().ifPresent(rules -> checkAccess(rules, method, path));
        if (path.startsWith(OWN_PATH)
                && session.payload().methods().contains(KeySignatures.METHOD)) {
            // A signature that a service passed on is no leave to make credentials of its own.
            throw Failure.forbidden("EC2 credential tokens cannot be used for authorization.");
        }
        Caller caller = session.caller();
        if (serviceToken.isEmpty()) {
            return caller;
        }
        Set<String> serviceRoles = session(serviceToken.get()).caller().roles();
        return new Caller(
                caller.user(),
                caller.userDomain(),
                caller.scope(),
                caller.roles(),
                serviceRoles,
                caller.token());
    }

    @Override
    public void checkHolder(String token, Supplier<Optional<X509Certificate>> certificate) {
        Optional<String> bound = session(token).payload().mark(TokenPayload.THUMBPRINT);
        if (bound.isPresent() && !certificate.get().map(Certificates::thumbprint).equals(bound)) {
            throw Failure.unauthorized().because("the token is bound to another certificate");
        }
    }

    /**
     * The rules name a path within a service, which here begins behind the service's own mount; the
     * whole path is taken too.
     */
    private void checkAccess(List<AccessRule> rules, String method, String path) {
        boolean allowed =
                rules.stream()
                        .anyMatch(
                                rule ->
                                        catalogue.pathsWithin(rule.service(), path).stream()
                                                .anyMatch(within -> rule.covers(method, within)));
        if (!allowed) {
            throw Failure.unauthorized().because("no access rule of the token allows it");
        }
    }

    /**
     * @throws Failure 401 when the token is unknown, expired or revoked, or what it stands for is
     *     gone or disabled
     */
    public Session session(String token) {
        Session session = evenExpired(token);
        if (!clock.instant().isBefore(session.payload().expiresAt())) {
            throw Failure.unauthorized().because("the token has expired");
        }
        return session;
    }

    /** What a token stood for that has expired since, for services that finish what it began. */
    public Session evenExpired(String token) {
        return known.find(token)
                .orElseGet(
                        () -> {
                            long asOf = known.asOf();
                            TokenPayload payload = codec().decode(token);
                            Session session =
                                    database.read(tx -> load(tx, token, payload, Sessions::over));
                            known.keep(token, session, asOf);
                            return session;
                        });
    }

    private static Failure over() {
        return Failure.unauthorized()
                .because("the token was revoked, or whom or what it is for is gone or disabled");
    }

    /**
     * What is kept until anything changes that concerns everybody: then there is a new one. Whoever
     * loads asks for it before: what a change overtook is put where nobody looks any more.
     */
    private static final class Held {
        private final Map<String, Project> domains = new ConcurrentHashMap<>();
        private volatile @Nullable TokenCodec codec;
        private volatile @Nullable List<ServiceProvider> partners;
    }

    /** What a request has read of whom and what its token is for, so that it is read once. */
    public interface Lookup {
        Optional<User> user(Tx tx, UserId id);

        Optional<Project> project(Tx tx, ProjectId id);

        /** Reads each time. */
        static Lookup in(Stores stores) {
            return new Lookup() {
                @Override
                public Optional<User> user(Tx tx, UserId id) {
                    return stores.users().find(tx, id);
                }

                @Override
                public Optional<Project> project(Tx tx, ProjectId id) {
                    return stores.projects().find(tx, id);
                }
            };
        }
    }

    /** Signs a new token and loads what it stands for. */
    public Session issue(Tx tx, TokenPayload payload, Lookup lookup) {
        // Nobody can have revoked what has just been made; those that it was made from, they can.
        List<String> before = payload.auditIds().subList(1, payload.auditIds().size());
        return load(tx, codec().encode(payload), payload, before, lookup, Failure::unauthorized);
    }

    /** A receipt as it is handed out. */
    public String handOut(Receipt receipt) {
        return codec().encode(receipt);
    }

    /**
     * What a receipt says.
     *
     * @throws Failure 401 when it is none, or has ended
     */
    public Receipt receipt(String text) {
        Receipt receipt = codec().decodeReceipt(text);
        if (!clock.instant().isBefore(receipt.expiresAt())) {
            throw Failure.unauthorized();
        }
        return receipt;
    }

    /** Who the token of a payload would be, without a token. */
    public Session preview(Tx tx, TokenPayload payload, Supplier<Failure> refusal) {
        return load(tx, "", payload, refusal);
    }

    private Session load(Tx tx, String text, TokenPayload payload, Supplier<Failure> refusal) {
        return load(tx, text, payload, payload.auditIds(), stored, refusal);
    }

    @Override
    public void made(Tx tx) {
        made(tx, EVERYTHING);
    }

    @Override
    public void made(Tx tx, UserId user) {
        made(tx, USER + user.value());
    }

    @Override
    public void made(Tx tx, ProjectId project) {
        made(tx, PROJECT + project.value());
    }

    private void made(Tx tx, String what) {
        tx.notify(CHANNEL, what);
        tx.afterCommit(() -> forget(what));
    }

    /** What is not understood, and that something may have been missed, concerns everything. */
    private void forget(String what) {
        if (what.startsWith(USER)) {
            known.changed(new UserId(what.substring(USER.length())));
        } else if (what.startsWith(PROJECT)) {
            known.changed(new ProjectId(what.substring(PROJECT.length())));
        } else {
            forget();
        }
    }

    private void forget() {
        held = new Held();
        known.changed();
        catalogue.forget();
    }

    @Override
    public void close() {
        try {
            listening.close();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private TokenCodec codec() {
        Held at = held;
        TokenCodec current = at.codec;
        if (current == null) {
            current = new TokenCodec(database.read(tokens::keys), random);
            at.codec = current;
        }
        return current;
    }

    private List<ServiceProvider> enabledPartners(Tx tx) {
        Held at = held;
        List<ServiceProvider> current = at.partners;
        if (current == null) {
            current = partners.list(tx).stream().filter(ServiceProvider::enabled).toList();
            at.partners = current;
        }
        return current;
    }

    /** The domain of that name, which hardly ever changes and is asked for by every sign-in. */
    public Optional<Project> domain(Tx tx, String name) {
        Held at = held;
        Optional<Project> known = Optional.ofNullable(at.domains.get(name));
        if (known.isPresent()) {
            return known;
        }
        Optional<Project> found = projects.findDomainByName(tx, name);
        found.ifPresent(domain -> at.domains.put(name, domain));
        return found;
    }

    private Session load(
            Tx tx,
            String text,
            TokenPayload payload,
            List<String> revocable,
            Lookup lookup,
            Supplier<Failure> refusal) {
        UserId userId = new UserId(payload.userId());
        User user = lookup.user(tx, userId).filter(User::enabled).orElseThrow(refusal);
        Project userDomain = enabled(tx, lookup, user.domain().value(), refusal);
        if (payload.issuedAt().isBefore(user.tokensValidAfter())
                || tokens.isRevoked(tx, revocable)) {
            throw refusal.get();
        }
        List<String> groups = vouchedFor(tx, payload, userId, refusal);
        Optional<Project> scoped =
                payload.target()
                        .filter(target -> target.kind() != AssignmentTarget.Kind.SYSTEM)
                        .map(target -> enabled(tx, lookup, target.id(), refusal));
        Optional<Project> scopedDomain =
                scoped.filter(project -> !project.isDomain())
                        .map(
                                project ->
                                        project.domain().equals(user.domain())
                                                ? userDomain
                                                : enabled(
                                                        tx,
                                                        lookup,
                                                        project.domain().value(),
                                                        refusal));
        Optional<Trust> trust = trust(tx, payload, refusal);
        List<Role> held =
                payload.target()
                        .map(
                                target ->
                                        roles.effective(
                                                tx,
                                                trust.map(Trust::trustor).orElse(userId),
                                                target))
                        .orElse(List.of());
        Optional<ApplicationCredential> credential = credential(tx, payload, refusal);
        held =
                restricted(
                        tx,
                        credential
                                .map(ApplicationCredential::roles)
                                .or(() -> trust.map(Trust::roles)),
                        held);
        Optional<OauthToken> access = access(tx, payload, refusal);
        held = restrictedToIds(tx, access.map(OauthToken::roles), held);
        if (payload.target().isPresent() && held.isEmpty()) {
            throw refusal.get();
        }
        Caller caller =
                new Caller(
                        userId,
                        user.domain(),
                        scope(payload.target(), scoped),
                        held.stream().map(Role::name).collect(Collectors.toUnmodifiableSet()),
                        Set.of(),
                        new Caller.Token(text, payload.auditId(), payload.applicationCredential()));
        return new Session(
                payload,
                caller,
                user,
                userDomain,
                scoped,
                scopedDomain,
                held,
                credential.map(ApplicationCredential::unrestricted).orElse(true),
                credential.flatMap(ApplicationCredential::rules),
                trust,
                access,
                groups,
                enabledPartners(tx));
    }

    private Optional<OauthToken> access(Tx tx, TokenPayload payload, Supplier<Failure> refusal) {
        Optional<OauthToken> access =
                payload.mark(TokenPayload.ACCESS_TOKEN)
                        .map(id -> oauth.access(tx, id).orElseThrow(refusal));
        if (access.filter(found -> found.expired(clock.instant())).isPresent()) {
            throw refusal.get();
        }
        return access;
    }

    /** A token by way of an identity provider is good as long as the provider and protocol are. */
    private List<String> vouchedFor(
            Tx tx, TokenPayload payload, UserId user, Supplier<Failure> refusal) {
        Optional<String> provider = payload.mark(TokenPayload.PROVIDER);
        if (provider.isEmpty()) {
            return List.of();
        }
        boolean trusted =
                federation
                                .provider(tx, provider.get())
                                .filter(IdentityProvider::enabled)
                                .isPresent()
                        && payload.mark(TokenPayload.PROTOCOL)
                                .flatMap(
                                        protocol ->
                                                federation.protocol(tx, provider.get(), protocol))
                                .isPresent();
        if (!trusted) {
            throw refusal.get();
        }
        return federation.memberships(tx, user, provider.get());
    }

    private Optional<ApplicationCredential> credential(
            Tx tx, TokenPayload payload, Supplier<Failure> refusal) {
        Optional<ApplicationCredential> credential =
                payload.applicationCredential()
                        .map(id -> credentials.find(tx, id).orElseThrow(refusal));
        if (credential.filter(found -> found.expired(clock.instant())).isPresent()) {
            throw refusal.get();
        }
        return credential;
    }

    /** The trust of a token; both sides of it, and of those that it passes on, must be enabled. */
    private Optional<Trust> trust(Tx tx, TokenPayload payload, Supplier<Failure> refusal) {
        Optional<Trust> trust = payload.trust().map(id -> trusts.find(tx, id).orElseThrow(refusal));
        Optional<Trust> link = trust;
        while (link.isPresent()) {
            Trust current = link.get();
            if (current.expiresAt().filter(end -> !clock.instant().isBefore(end)).isPresent()
                    || !stands(tx, current.trustor(), payload.issuedAt())
                    || !stands(tx, current.trustee(), payload.issuedAt())) {
                throw refusal.get();
            }
            link = current.redelegated().map(id -> trusts.find(tx, id).orElseThrow(refusal));
        }
        return trust;
    }

    /** Whether a user still stands by what was issued then: enabled ever since, same password. */
    private boolean stands(Tx tx, UserId user, Instant issued) {
        return users.find(tx, user)
                .filter(User::enabled)
                .filter(found -> !issued.isBefore(found.tokensValidAfter()))
                .isPresent();
    }

    /**
     * A token of an application credential or a trust carries the roles given to that and what they
     * imply, as far as the user still holds them.
     */
    private List<Role> restricted(Tx tx, Optional<List<Role>> given, List<Role> held) {
        return restrictedToIds(
                tx, given.map(granted -> granted.stream().map(Role::id).toList()), held);
    }

    private List<Role> restrictedToIds(Tx tx, Optional<List<String>> given, List<Role> held) {
        if (given.isEmpty()) {
            return held;
        }
        Set<String> granted = roles.withImplied(tx, given.get());
        return held.stream().filter(role -> granted.contains(role.id())).toList();
    }

    private static Project enabled(Tx tx, Lookup lookup, String id, Supplier<Failure> refusal) {
        return lookup.project(tx, new ProjectId(id)).filter(Project::enabled).orElseThrow(refusal);
    }

    private static Scope scope(Optional<AssignmentTarget> target, Optional<Project> scoped) {
        if (target.isEmpty()) {
            return new Scope.Unscoped();
        }
        return switch (target.get().kind()) {
            case PROJECT ->
                    new Scope.Project(scoped.orElseThrow().id(), scoped.orElseThrow().domain());
            case DOMAIN -> new Scope.Domain(new DomainId(target.get().id()));
            case SYSTEM -> new Scope.System();
        };
    }
}
