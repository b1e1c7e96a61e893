package cloud.welkin.identity.auth;

import cloud.welkin.database.Database;
import cloud.welkin.database.Tx;
import cloud.welkin.identity.domain.Credential;
import cloud.welkin.identity.domain.Totp;
import cloud.welkin.identity.domain.User;
import cloud.welkin.identity.store.CredentialStore;
import cloud.welkin.identity.store.TotpStore;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.id.UserId;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who has the device that makes the passcodes of one of the user's credentials of type {@code
 * totp}. A passcode is taken once.
 */
final class TotpMethod implements AuthMethod {
    private static final Logger log = LoggerFactory.getLogger(TotpMethod.class);
    private static final String TYPE = "totp";
    private static final UserId NOBODY = new UserId("");

    private final Database database;
    private final Clock clock;
    private final PasswordCheck check;
    private final CredentialStore credentials;
    private final TotpStore uses;
    private final int previous;

    /**
     * @param previous of how many periods before the present one passcodes are taken
     */
    TotpMethod(
            Database database,
            Clock clock,
            PasswordCheck check,
            CredentialStore credentials,
            TotpStore uses,
            int previous) {
        this.database = database;
        this.clock = clock;
        this.check = check;
        this.credentials = credentials;
        this.uses = uses;
        this.previous = previous;
    }

    @Override
    public String name() {
        return TYPE;
    }

    @Override
    public Proof prove(AuthRequest.Identity identity, Named named) {
        AuthRequest.TotpUser given =
                identity.totp().orElseThrow(() -> AuthMethod.missing(name())).user();
        Instant now = clock.instant();
        Optional<User> user = database.read(tx -> named.user(tx, given.who()));
        Optional<User> open = user.filter(found -> check.barred(found, now).isEmpty());
        // Of nobody too: a statement more or less would be time to measure.
        UserId whose = open.map(User::id).orElse(NOBODY);
        List<Credential> own =
                database.read(tx -> credentials.list(tx, Optional.of(whose), Optional.of(TYPE)));
        boolean taken = database.write(tx -> take(tx, own, given.passcode(), now));
        if (!taken || open.isEmpty()) {
            throw refused(user, now);
        }
        return Proof.of(whose, name());
    }

    private boolean take(Tx tx, List<Credential> own, String passcode, Instant now) {
        for (Credential credential : own) {
            OptionalLong period =
                    Totp.of(credential.blob()).stream()
                            .flatMapToLong(totp -> totp.matching(passcode, now, previous).stream())
                            .findFirst();
            if (period.isPresent() && uses.take(tx, credential.id(), period.getAsLong())) {
                return true;
            }
        }
        return false;
    }

    private Failure refused(Optional<User> user, Instant now) {
        check.count(user, now);
        log.info(
                "passcode refused for {}",
                user.map(found -> found.id().value()).orElse("an unknown user"));
        return Failure.unauthorized();
    }
}
