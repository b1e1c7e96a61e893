package cloud.welkin.identity.auth;

import cloud.welkin.database.Database;
import cloud.welkin.database.Tx;
import cloud.welkin.identity.domain.ApplicationCredential;
import cloud.welkin.identity.domain.Passwords;
import cloud.welkin.identity.store.ApplicationCredentialStore;
import cloud.welkin.kernel.failure.Failure;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Who knows the secret of an application credential: its user, for its project and its roles. */
final class ApplicationCredentialMethod implements AuthMethod {
    private static final Logger log = LoggerFactory.getLogger(ApplicationCredentialMethod.class);

    private final Database database;
    private final Clock clock;
    private final Passwords passwords;
    private final ApplicationCredentialStore credentials;

    ApplicationCredentialMethod(
            Database database,
            Clock clock,
            Passwords passwords,
            ApplicationCredentialStore credentials) {
        this.database = database;
        this.clock = clock;
        this.passwords = passwords;
        this.credentials = credentials;
    }

    @Override
    public String name() {
        return "application_credential";
    }

    @Override
    public Proof prove(AuthRequest.Identity identity, Named named) {
        AuthRequest.ApplicationCredential given =
                identity.applicationCredential().orElseThrow(() -> AuthMethod.missing(name()));
        Optional<ApplicationCredential> found = database.read(tx -> find(tx, given, named));
        boolean matches =
                passwords.matches(given.secret(), found.map(ApplicationCredential::secretHash));
        if (!matches || found.isEmpty() || found.get().expired(clock.instant())) {
            log.info("application credential refused");
            throw Failure.unauthorized();
        }
        return new Proof(
                found.get().user(),
                Set.of(name()),
                found.get().expiresAt().orElse(Instant.MAX),
                List.of(),
                found,
                false);
    }

    private Optional<ApplicationCredential> find(
            Tx tx, AuthRequest.ApplicationCredential given, Named named) {
        if (given.id().isPresent()) {
            return credentials.find(tx, given.id().get());
        }
        return given.user()
                .flatMap(name -> named.user(tx, name))
                .flatMap(
                        user ->
                                given.name()
                                        .flatMap(
                                                name ->
                                                        credentials.findByName(
                                                                tx, user.id(), name)));
    }
}
