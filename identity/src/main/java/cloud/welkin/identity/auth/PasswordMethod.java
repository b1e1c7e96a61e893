package cloud.welkin.identity.auth;

import cloud.welkin.database.Database;
import cloud.welkin.identity.auth.AuthRequest.UserName;
import cloud.welkin.identity.domain.Passwords;
import cloud.welkin.identity.domain.User;
import cloud.welkin.kernel.failure.Failure;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Who knows the user's password. */
final class PasswordMethod implements AuthMethod {
    private static final Logger log = LoggerFactory.getLogger(PasswordMethod.class);

    private final Database database;
    private final Named named;
    private final Passwords passwords;

    PasswordMethod(Database database, Named named, Passwords passwords) {
        this.database = database;
        this.named = named;
        this.passwords = passwords;
    }

    @Override
    public String name() {
        return "password";
    }

    @Override
    public Proof prove(AuthRequest.Identity identity) {
        UserName given = identity.password().orElseThrow(() -> AuthMethod.missing(name())).user();
        Optional<User> user = database.read(tx -> named.user(tx, given));
        // Checked outside of any transaction: it takes long, and longer for nobody.
        boolean matches =
                passwords.matches(given.password().orElse(""), user.flatMap(User::passwordHash));
        if (!matches || user.isEmpty() || !user.get().enabled()) {
            log.info(
                    "password refused for {}",
                    user.map(known -> known.id().value()).orElse("an unknown user"));
            throw Failure.unauthorized();
        }
        return Proof.of(user.get().id(), name());
    }
}
