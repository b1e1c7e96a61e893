package cloud.welkin.identity;

import cloud.welkin.database.Database;
import cloud.welkin.database.Tx;
import cloud.welkin.identity.api.AuthRequest;
import cloud.welkin.identity.api.AuthRequest.DomainName;
import cloud.welkin.identity.api.AuthRequest.UserName;
import cloud.welkin.identity.domain.ApplicationCredential;
import cloud.welkin.identity.domain.AssignmentTarget;
import cloud.welkin.identity.domain.Options;
import cloud.welkin.identity.domain.Passwords;
import cloud.welkin.identity.domain.Project;
import cloud.welkin.identity.domain.TokenPayload;
import cloud.welkin.identity.domain.Trust;
import cloud.welkin.identity.domain.User;
import cloud.welkin.identity.store.ApplicationCredentialStore;
import cloud.welkin.identity.store.ProjectStore;
import cloud.welkin.identity.store.RoleStore;
import cloud.welkin.identity.store.TrustStore;
import cloud.welkin.identity.store.UserStore;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.failure.FailureKind;
import cloud.welkin.kernel.id.DomainId;
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
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes tokens: checks who asks by each method named, then what the token shall be good for.
 * Everything that is wrong with the credentials gets the same 401, and the same time; the log tells
 * the operator which it was.
 */
public final class Authentication {
    private static final Logger log = LoggerFactory.getLogger(Authentication.class);

    private final Database database;
    private final Clock clock;
    private final SecureRandom random;
    private final Duration lifetime;
    private final Passwords passwords;
    private final Sessions sessions;
    private final ProjectStore projects;
    private final UserStore users;
    private final RoleStore roles;
    private final ApplicationCredentialStore credentials;
    private final TrustStore trusts;

    public Authentication(
            Database database,
            Clock clock,
            SecureRandom random,
            Duration lifetime,
            Passwords passwords,
            Sessions sessions,
            ProjectStore projects,
            UserStore users,
            RoleStore roles,
            ApplicationCredentialStore credentials,
            TrustStore trusts) {
        this.database = database;
        this.clock = clock;
        this.random = random;
        this.lifetime = lifetime;
        this.passwords = passwords;
        this.sessions = sessions;
        this.projects = projects;
        this.users = users;
        this.roles = roles;
        this.credentials = credentials;
        this.trusts = trusts;
    }

    /** What the credentials have shown so far. */
    private record Proven(
            UserId user,
            Set<String> methods,
            Instant notAfter,
            List<String> parentAudits,
            Optional<ApplicationCredential> credential,
            boolean trust) {}

    /**
     * @throws Failure 401 when the credentials or the scope are not the caller's; 400 when the
     *     request makes no sense
     */
    public Session authenticate(AuthRequest.Auth auth) {
        AuthRequest.Identity identity = auth.identity();
        if (identity.methods().isEmpty()) {
            throw Failure.badRequest("auth.identity.methods must name at least one method.");
        }
        Set<String> methods = new LinkedHashSet<>(identity.methods());
        Proven proven = null;
        for (String method : methods) {
            Proven next =
                    switch (method) {
                        case "password" ->
                                password(
                                        identity.password()
                                                .orElseThrow(() -> missing(method))
                                                .user());
                        case "token" ->
                                token(identity.token().orElseThrow(() -> missing(method)).id());
                        case "application_credential" ->
                                credential(
                                        identity.applicationCredential()
                                                .orElseThrow(() -> missing(method)));
                        default ->
                                throw Failure.unauthorized(
                                                "Attempted to authenticate with an unsupported"
                                                        + " method.")
                                        .as("AuthMethodNotSupported");
                    };
            proven = proven == null ? next : both(proven, next);
        }
        Proven all = java.util.Objects.requireNonNull(proven);
        if (database.read(tx -> lacksFactors(tx, all))) {
            log.info("the methods {} are too few for {}", all.methods(), all.user());
            throw Sessions.unauthorized();
        }
        Optional<String> trust =
                auth.scope().flatMap(AuthRequest.Scope::trust).map(AuthRequest.TrustName::id);
        return trust.isPresent()
                ? database.write(tx -> issueOfTrust(tx, all, trust.get()))
                : database.read(tx -> issue(tx, all, auth.scope()));
    }

    private Session issue(Tx tx, Proven proven, Optional<AuthRequest.Scope> asked) {
        return issue(tx, proven, target(tx, proven, asked), Optional.empty());
    }

    /** A token of a trust, for the trustee alone; takes one of its uses. */
    private Session issueOfTrust(Tx tx, Proven proven, String id) {
        if (proven.credential().isPresent() || proven.trust()) {
            throw Failure.forbidden("Such a token cannot be exchanged for one of a trust.");
        }
        Trust trust =
                trusts.find(tx, id)
                        .filter(found -> found.usable(clock.instant()))
                        .orElseThrow(Sessions::unauthorized);
        if (!trust.trustee().equals(proven.user()) || trust.project().isEmpty()) {
            throw Failure.forbidden("You are not authorized to use the trust %s.", id);
        }
        if (!trusts.use(tx, id)) {
            throw Sessions.unauthorized();
        }
        Instant end = trust.expiresAt().orElse(Instant.MAX);
        Proven asTrust =
                new Proven(
                        trust.user(),
                        proven.methods(),
                        end.isBefore(proven.notAfter()) ? end : proven.notAfter(),
                        proven.parentAudits(),
                        Optional.empty(),
                        true);
        return issue(
                tx,
                asTrust,
                trust.project().map(project -> AssignmentTarget.project(project.value())),
                Optional.of(id));
    }

    /** Whether the user must show more than it has shown: Keystone's multi_factor_auth_rules. */
    private boolean lacksFactors(Tx tx, Proven proven) {
        return users.find(tx, proven.user())
                .map(User::options)
                .filter(options -> Options.flag(options, "multi_factor_auth_enabled"))
                .map(options -> Options.rules(options, "multi_factor_auth_rules"))
                .filter(rules -> !rules.isEmpty())
                .map(
                        rules ->
                                !proven.methods().contains("token")
                                        && rules.stream().noneMatch(proven.methods()::containsAll))
                .orElse(false);
    }

    private Session issue(
            Tx tx, Proven proven, Optional<AssignmentTarget> target, Optional<String> trust) {
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
                        trust);
        return sessions.issue(tx, payload);
    }

    private Proven password(UserName named) {
        Optional<User> user = database.read(tx -> find(tx, named));
        // Checked outside of any transaction: it takes long, and longer for nobody.
        boolean matches =
                passwords.matches(named.password().orElse(""), user.flatMap(User::passwordHash));
        if (!matches || user.isEmpty() || !user.get().enabled()) {
            log.info(
                    "password refused for {}",
                    user.map(known -> known.id().value()).orElse("an unknown user"));
            throw Sessions.unauthorized();
        }
        return new Proven(
                user.get().id(),
                Set.of("password"),
                Instant.MAX,
                List.of(),
                Optional.empty(),
                false);
    }

    private Proven token(String text) {
        TokenPayload old = known(text).payload();
        if (old.applicationCredential().isPresent() || old.trust().isPresent()) {
            // Such a token is for one project and one set of roles; another from it could be for
            // more.
            throw Failure.forbidden(
                    "A token of an application credential or a trust cannot be exchanged for another.");
        }
        Set<String> methods = new LinkedHashSet<>(old.methods());
        methods.add("token");
        return new Proven(
                new UserId(old.userId()),
                methods,
                old.expiresAt(),
                old.auditIds(),
                Optional.empty(),
                false);
    }

    /**
     * A token to be exchanged is looked up, so one that is no more is not found (Keystone's 404).
     */
    private Session known(String token) {
        try {
            return sessions.session(token);
        } catch (Failure e) {
            throw e.kind() == FailureKind.UNAUTHORIZED
                    ? Failure.notFound("Failed to validate token")
                    : e;
        }
    }

    private Proven credential(AuthRequest.ApplicationCredential given) {
        Optional<ApplicationCredential> found =
                database.read(
                        tx -> {
                            if (given.id().isPresent()) {
                                return credentials.find(tx, given.id().get());
                            }
                            Optional<User> user = given.user().flatMap(named -> find(tx, named));
                            return user.isEmpty() || given.name().isEmpty()
                                    ? Optional.<ApplicationCredential>empty()
                                    : credentials.list(tx, user.get().id(), given.name()).stream()
                                            .findFirst();
                        });
        boolean matches =
                passwords.matches(given.secret(), found.map(ApplicationCredential::secretHash));
        if (!matches || found.isEmpty() || found.get().expired(clock.instant())) {
            log.info("application credential refused");
            throw Sessions.unauthorized();
        }
        ApplicationCredential credential = found.get();
        return new Proven(
                credential.user(),
                Set.of("application_credential"),
                credential.expiresAt().orElse(Instant.MAX),
                List.of(),
                found,
                false);
    }

    private static Proven both(Proven one, Proven other) {
        if (!one.user().equals(other.user())) {
            throw Sessions.unauthorized();
        }
        Set<String> methods = new LinkedHashSet<>(one.methods());
        methods.addAll(other.methods());
        return new Proven(
                one.user(),
                methods,
                one.notAfter().isBefore(other.notAfter()) ? one.notAfter() : other.notAfter(),
                one.parentAudits().isEmpty() ? other.parentAudits() : one.parentAudits(),
                one.credential().or(other::credential),
                one.trust() || other.trust());
    }

    private Optional<AssignmentTarget> target(
            Tx tx, Proven proven, Optional<AuthRequest.Scope> asked) {
        if (proven.credential().isPresent()) {
            if (asked.isPresent()) {
                throw Failure.unauthorized("Application credentials cannot request a scope.");
            }
            return Optional.of(
                    AssignmentTarget.project(proven.credential().get().project().value()));
        }
        if (asked.isEmpty()) {
            return defaultProject(tx, proven.user());
        }
        AuthRequest.Scope scope = asked.get();
        if (scope.isUnscoped()) {
            return Optional.empty();
        }
        if (scope.project().isPresent()) {
            AuthRequest.ProjectName name = scope.project().get();
            return Optional.of(
                    AssignmentTarget.project(
                            project(tx, name)
                                    .filter(project -> !project.isDomain())
                                    .orElseThrow(Sessions::unauthorized)
                                    .id()
                                    .value()));
        }
        if (scope.domain().isPresent()) {
            return Optional.of(
                    AssignmentTarget.domain(
                            domain(tx, scope.domain().get())
                                    .orElseThrow(Sessions::unauthorized)
                                    .id()
                                    .value()));
        }
        return Optional.of(AssignmentTarget.SYSTEM);
    }

    /**
     * A token that asks for nothing is for the user's default project, where the user has a role
     * there.
     */
    private Optional<AssignmentTarget> defaultProject(Tx tx, UserId user) {
        return users.find(tx, user)
                .flatMap(User::defaultProject)
                .flatMap(id -> projects.find(tx, id))
                .filter(Project::enabled)
                .map(project -> AssignmentTarget.project(project.id().value()))
                .filter(target -> !roles.effective(tx, user, target).isEmpty());
    }

    private Optional<Project> project(Tx tx, AuthRequest.ProjectName name) {
        if (name.id().isPresent()) {
            return projects.find(tx, new ProjectId(name.id().get()));
        }
        Optional<DomainId> domain =
                name.domain()
                        .flatMap(named -> domain(tx, named))
                        .map(project -> new DomainId(project.id().value()));
        return domain.isEmpty() || name.name().isEmpty()
                ? Optional.empty()
                : projects.findByName(tx, domain.get(), name.name().get());
    }

    private Optional<Project> domain(Tx tx, DomainName name) {
        return name.id().isPresent()
                ? projects.find(tx, new ProjectId(name.id().get())).filter(Project::isDomain)
                : name.name().flatMap(text -> projects.findDomainByName(tx, text));
    }

    private Optional<User> find(Tx tx, UserName named) {
        if (named.id().isPresent()) {
            return users.find(tx, new UserId(named.id().get()));
        }
        if (named.name().isEmpty() || named.domain().isEmpty()) {
            throw Failure.badRequest(
                    "Expecting to find id, or name and domain, in the user to authenticate.");
        }
        return domain(tx, named.domain().get())
                .flatMap(
                        domain ->
                                users.findByName(
                                        tx, new DomainId(domain.id().value()), named.name().get()));
    }

    private String auditId() {
        byte[] bytes = new byte[16];
        random.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static Failure missing(String method) {
        return Failure.badRequest("Expecting to find %s in auth.identity.", method);
    }
}
