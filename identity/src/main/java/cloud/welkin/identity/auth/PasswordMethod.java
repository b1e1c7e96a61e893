package cloud.welkin.identity.auth;

import cloud.welkin.database.Database;
import cloud.welkin.identity.auth.AuthRequest.UserName;
import cloud.welkin.identity.domain.User;
import java.util.Optional;

/** Who knows the user's password. */
final class PasswordMethod implements AuthMethod {
    private final Database database;
    private final Named named;
    private final PasswordCheck check;

    PasswordMethod(Database database, Named named, PasswordCheck check) {
        this.database = database;
        this.named = named;
        this.check = check;
    }

    @Override
    public String name() {
        return "password";
    }

    @Override
    public Proof prove(AuthRequest.Identity identity) {
        UserName given = identity.password().orElseThrow(() -> AuthMethod.missing(name())).user();
        Optional<User> user = database.read(tx -> named.user(tx, given));
        return Proof.of(
                check.admitted(user, given.password().orElse(""), PasswordCheck.Expired.REFUSED)
                        .id(),
                name());
    }
}
