package cloud.welkin.identity.auth;

import cloud.welkin.database.Database;
import cloud.welkin.database.Tx;
import cloud.welkin.identity.Session;
import cloud.welkin.identity.Sessions;
import cloud.welkin.identity.domain.ApplicationCredential;
import cloud.welkin.identity.domain.AssignmentTarget;
import cloud.welkin.identity.domain.MultiFactor;
import cloud.welkin.identity.domain.Passwords;
import cloud.welkin.identity.domain.Project;
import cloud.welkin.identity.domain.Receipt;
import cloud.welkin.identity.domain.TokenPayload;
import cloud.welkin.identity.domain.Trust;
import cloud.welkin.identity.domain.User;
import cloud.welkin.identity.ldap.Directories;
import cloud.welkin.identity.store.Stores;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.failure.FailureKind;
import cloud.welkin.kernel.id.ProjectId;
import cloud.welkin.kernel.id.UserId;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes tokens: checks who asks by each method named, then what the token shall be good for.
 * Everything that is wrong with the credentials gets the same 401, and the same time; the log tells
 * the operator which it was.
 */
public final class Authentication {
    private static final Logger log = LoggerFactory.getLogger(Authentication.class);

    private static final int LONGEST_NAME = 300;

    private final Database database;
    private final Clock clock;
    private final SecureRandom random;
    private final Duration lifetime;
    private final Sessions sessions;
    private final Stores stores;
    private final Map<String, AuthMethod> methods;
    private final FailedSignIns failures;
    private final Duration receiptLifetime;

    /**
     * @param lifetime of a token
     * @param check of passwords
     * @param failures holds back those who fail again and again
     * @param receiptLifetime how long what was shown first waits for the rest
     * @param totpPrevious of how many periods before the present one passcodes are taken
     * @param directories of domains that have one
     */
    public Authentication(
            Database database,
            Clock clock,
            SecureRandom random,
            Duration lifetime,
            Passwords passwords,
            Sessions sessions,
            Stores stores,
            PasswordCheck check,
            FailedSignIns failures,
            Duration receiptLifetime,
            int totpPrevious,
            Directories directories) {
        this.database = database;
        this.clock = clock;
        this.random = random;
        this.lifetime = lifetime;
        this.sessions = sessions;
        this.stores = stores;
        this.methods =
                Stream.of(
                                new PasswordMethod(database, check, directories),
                                new TokenMethod(sessions),
                                new ApplicationCredentialMethod(
                                        database,
                                        clock,
                                        passwords,
                                        stores.applicationCredentials()),
                                new TotpMethod(
                                        database,
                                        clock,
                                        check,
                                        stores.credentials(),
                                        stores.totp(),
                                        totpPrevious),
                                new Oauth1Method(database, clock, stores.oauth()))
                        .collect(Collectors.toUnmodifiableMap(AuthMethod::name, method -> method));
        this.failures = failures;
        this.receiptLifetime = receiptLifetime;
    }

    /**
     * @throws Failure 401 when the credentials or the scope are not the caller's; 400 when the
     *     request makes no sense; 429 for those who failed too often
     */
    public SignIn authenticate(AuthRequest.Auth auth, SignIn.Asker asker) {
        AuthRequest.Identity identity = auth.identity();
        if (identity.methods().isEmpty()) {
            throw Failure.badRequest("auth.identity.methods must name at least one method.");
        }
        Named named = new Named(stores, sessions);
        String claimed = claimed(identity, named, asker);
        failures.require(claimed, asker.address());
        try {
            Proof shown = shown(identity, named);
            failures.require(claimed, asker.address());
            return answer(auth, named, shown, asker);
        } catch (Failure failure) {
            if (failure.kind() == FailureKind.UNAUTHORIZED) {
                failures.failed(claimed, asker.address());
            }
            throw failure;
        }
    }

    /**
     * The same, where nothing can be shown later that is missing now.
     *
     * @throws Failure 401 for credentials that are not enough, too
     */
    public Session authenticateAtOnce(AuthRequest.Auth auth, SignIn.Asker asker) {
        return switch (authenticate(auth, asker)) {
            case SignIn.Done(Session session) -> session;
            case SignIn.Unfinished unfinished -> throw Failure.unauthorized();
        };
    }

    /** Whom the credentials name: the id where there is such a user, else what was written. */
    private String claimed(AuthRequest.Identity identity, Named named, SignIn.Asker asker) {
        Optional<AuthRequest.UserName> name =
                identity.password()
                        .map(AuthRequest.Password::user)
                        .or(() -> identity.totp().map(totp -> totp.user().who()))
                        .or(
                                () ->
                                        identity.applicationCredential()
                                                .flatMap(AuthRequest.ApplicationCredential::user));
        Optional<UserId> user =
                database.read(
                        tx ->
                                name.flatMap(written -> named.user(tx, written))
                                        .map(User::id)
                                        .or(() -> ofCredential(tx, identity)));
        user.ifPresent(asker.claimed());
        return user.map(UserId::value)
                .orElseGet(
                        () ->
                                "unknown: "
                                        + name.map(Record::toString)
                                                .or(
                                                        () ->
                                                                identity.applicationCredential()
                                                                        .map(Record::toString))
                                                .map(
                                                        text ->
                                                                text.substring(
                                                                        0,
                                                                        Math.min(
                                                                                text.length(),
                                                                                LONGEST_NAME)))
                                                // Methods that name nobody: one's failures are not
                                                // another's.
                                                .orElseGet(asker::address));
    }

    private Optional<UserId> ofCredential(Tx tx, AuthRequest.Identity identity) {
        return identity.applicationCredential()
                .flatMap(AuthRequest.ApplicationCredential::id)
                .flatMap(id -> stores.applicationCredentials().find(tx, id))
                .map(ApplicationCredential::user);
    }

    private Proof shown(AuthRequest.Identity identity, Named named) {
        return new LinkedHashSet<>(identity.methods())
                .stream()
                        .map(this::method)
                        .map(method -> method.prove(identity, named))
                        .reduce((one, other) -> one.and(other).orElseThrow(Failure::unauthorized))
                        .orElseThrow();
    }

    private SignIn answer(AuthRequest.Auth auth, Named named, Proof shown, SignIn.Asker asker) {
        Proof all =
                asker.receipt()
                        .map(text -> withReceipt(shown, sessions.receipt(text)))
                        .orElse(shown);
        User user =
                database.read(tx -> named.user(tx, all.user()))
                        .filter(User::enabled)
                        .orElseThrow(Failure::unauthorized);
        MultiFactor rules = MultiFactor.of(user.options(), methods.keySet());
        if (!rules.satisfiedBy(all.methods())) {
            log.info("the methods {} are too few for {}", all.methods(), all.user());
            return unfinished(named, all, user, rules);
        }
        return new SignIn.Done(issue(auth, named, all));
    }

    /** What a receipt of the same user says was shown too, as long as the password is the same. */
    private Proof withReceipt(Proof shown, Receipt receipt) {
        Optional<User> user = database.read(tx -> stores.users().find(tx, receipt.user()));
        if (user.filter(found -> !receipt.issuedAt().isBefore(found.tokensValidAfter()))
                .isEmpty()) {
            throw Failure.unauthorized();
        }
        Proof before =
                new Proof(
                        receipt.user(),
                        new LinkedHashSet<>(receipt.methods()),
                        Instant.MAX,
                        List.of(),
                        Optional.empty(),
                        false);
        return shown.and(before).orElseThrow(Failure::unauthorized);
    }

    /** What waits for the rest; what a token showed is not made to last longer by it. */
    private SignIn unfinished(Named named, Proof all, User user, MultiFactor rules) {
        if (all.methods().contains("token")) {
            throw Failure.unauthorized();
        }
        Instant now = clock.instant();
        Receipt receipt =
                new Receipt(
                        user.id(),
                        List.copyOf(all.methods()),
                        now,
                        now.plus(receiptLifetime).truncatedTo(ChronoUnit.SECONDS));
        Project domain =
                database.read(tx -> named.project(tx, new ProjectId(user.domain().value())))
                        .orElseThrow(Failure::unauthorized);
        return new SignIn.Unfinished(
                receipt, sessions.handOut(receipt), user, domain, rules.begunBy(all.methods()));
    }

    private Session issue(AuthRequest.Auth auth, Named named, Proof all) {
        Optional<String> trust =
                auth.scope().flatMap(AuthRequest.Scope::trust).map(AuthRequest.TrustName::id);
        return trust.isPresent()
                ? database.write(
                        tx -> issueOfTrust(tx, new Named(stores, sessions), all, trust.get()))
                : database.read(tx -> issue(tx, named, all, auth.scope()));
    }

    /** The token of whoever has shown its credentials in another way than by a request for one. */
    public Session issue(Proof proven) {
        return database.read(
                tx -> issue(tx, new Named(stores, sessions), proven, Optional.empty()));
    }

    /** The same, good for nothing yet but to be exchanged. */
    public Session issueUnscoped(Proof proven) {
        return database.read(
                tx ->
                        issue(
                                tx,
                                new Named(stores, sessions),
                                proven,
                                Optional.empty(),
                                Optional.empty()));
    }

    /** The token of a trust, for a trustee that has shown its credentials in another way. */
    public Session issueOfTrust(Proof proven, String trust) {
        return database.write(tx -> issueOfTrust(tx, new Named(stores, sessions), proven, trust));
    }

    private Session issue(Tx tx, Named named, Proof proven, Optional<AuthRequest.Scope> asked) {
        return issue(tx, named, proven, target(tx, named, proven, asked), Optional.empty());
    }

    private AuthMethod method(String name) {
        return Optional.ofNullable(methods.get(name))
                .orElseThrow(
                        () ->
                                Failure.unauthorized(
                                                "Attempted to authenticate with an unsupported method.")
                                        .as("AuthMethodNotSupported"));
    }

    /** A token of a trust, for the trustee alone; takes one of its uses. */
    private Session issueOfTrust(Tx tx, Named named, Proof proven, String id) {
        if (proven.credential().isPresent() || proven.trust()) {
            throw Failure.forbidden("Such a token cannot be exchanged for one of a trust.");
        }
        Trust trust =
                stores.trusts()
                        .find(tx, id)
                        .filter(found -> found.usable(clock.instant()))
                        .orElseThrow(Failure::unauthorized);
        if (!trust.trustee().equals(proven.user()) || trust.project().isEmpty()) {
            throw Failure.forbidden("You are not authorized to use the trust %s.", id);
        }
        if (!stores.trusts().use(tx, id)) {
            throw Failure.unauthorized();
        }
        Instant end = trust.expiresAt().orElse(Instant.MAX);
        Proof asTrust =
                new Proof(
                        trust.user(),
                        proven.methods(),
                        end.isBefore(proven.notAfter()) ? end : proven.notAfter(),
                        proven.parentAudits(),
                        Optional.empty(),
                        true);
        return issue(
                tx,
                named,
                asTrust,
                trust.project().map(project -> AssignmentTarget.project(project.value())),
                Optional.of(id));
    }

    private Session issue(
            Tx tx,
            Named named,
            Proof proven,
            Optional<AssignmentTarget> target,
            Optional<String> trust) {
        Instant now = clock.instant();
        List<String> audits = new ArrayList<>(List.of(auditId()));
        if (!proven.parentAudits().isEmpty()) {
            audits.add(proven.parentAudits().getLast());
        }
        // Tokens count whole seconds; what is told here is what every later look at the token
        // tells.
        Instant end = now.plus(lifetime);
        Instant expires =
                (end.isBefore(proven.notAfter()) ? end : proven.notAfter())
                        .truncatedTo(ChronoUnit.SECONDS);
        TokenPayload payload =
                new TokenPayload(
                        proven.user().value(),
                        List.copyOf(proven.methods()),
                        target,
                        now,
                        expires,
                        audits,
                        proven.credential().map(ApplicationCredential::id),
                        trust,
                        proven.marks());
        return sessions.issue(tx, payload, named);
    }

    private Optional<AssignmentTarget> target(
            Tx tx, Named named, Proof proven, Optional<AuthRequest.Scope> asked) {
        if (proven.credential().isPresent()) {
            if (asked.isPresent()) {
                throw Failure.unauthorized("Application credentials cannot request a scope.");
            }
            return Optional.of(
                    AssignmentTarget.project(proven.credential().get().project().value()));
        }
        if (proven.only().isPresent()) {
            return proven.only();
        }
        if (asked.isEmpty()) {
            return defaultProject(tx, named, proven.user());
        }
        AuthRequest.Scope scope = asked.get();
        if (scope.isUnscoped()) {
            return Optional.empty();
        }
        if (scope.project().isPresent()) {
            AuthRequest.ProjectName name = scope.project().get();
            return Optional.of(
                    AssignmentTarget.project(
                            named.project(tx, name)
                                    .filter(project -> !project.isDomain())
                                    .orElseThrow(Failure::unauthorized)
                                    .id()
                                    .value()));
        }
        if (scope.domain().isPresent()) {
            return Optional.of(
                    AssignmentTarget.domain(
                            named.domain(tx, scope.domain().get())
                                    .orElseThrow(Failure::unauthorized)
                                    .id()
                                    .value()));
        }
        return Optional.of(AssignmentTarget.SYSTEM);
    }

    /**
     * A token that asks for nothing is for the user's default project, where the user has a role
     * there.
     */
    private Optional<AssignmentTarget> defaultProject(Tx tx, Named named, UserId user) {
        return named.user(tx, user)
                .flatMap(User::defaultProject)
                .flatMap(id -> named.project(tx, id))
                .filter(Project::enabled)
                .map(project -> AssignmentTarget.project(project.id().value()))
                .filter(target -> !stores.roles().effective(tx, user, target).isEmpty());
    }

    private String auditId() {
        byte[] bytes = new byte[16];
        random.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
