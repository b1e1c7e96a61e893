package cloud.welkin.identity.auth;

import cloud.welkin.database.Database;
import cloud.welkin.identity.auth.AuthRequest.UserName;
import cloud.welkin.identity.domain.Project;
import cloud.welkin.identity.domain.User;
import cloud.welkin.identity.ldap.Directories;
import cloud.welkin.identity.ldap.Directories.Place;
import cloud.welkin.kernel.id.DomainId;
import cloud.welkin.kernel.id.UserId;
import java.util.Optional;

/** Who knows the user's password; of users of a directory the directory knows it. */
final class PasswordMethod implements AuthMethod {
    private final Database database;
    private final PasswordCheck check;
    private final Directories directories;

    PasswordMethod(Database database, PasswordCheck check, Directories directories) {
        this.database = database;
        this.check = check;
        this.directories = directories;
    }

    @Override
    public String name() {
        return "password";
    }

    @Override
    public Proof prove(AuthRequest.Identity identity, Named named) {
        UserName given = identity.password().orElseThrow(() -> AuthMethod.missing(name())).user();
        String password = given.password().orElse("");
        return Proof.of(
                place(given, named)
                        .map(place -> directories.signIn(place, password))
                        .orElseGet(() -> ofOurs(given, named, password))
                        .id(),
                name());
    }

    private Optional<Place> place(UserName given, Named named) {
        if (given.id().isPresent()) {
            return directories.place(new UserId(given.id().get()));
        }
        Optional<DomainId> domain =
                given.domain()
                        .flatMap(it -> database.read(tx -> named.domain(tx, it)))
                        .filter(Project::enabled)
                        .map(it -> new DomainId(it.id().value()));
        return domain.flatMap(id -> given.name().flatMap(name -> directories.place(id, name)));
    }

    private User ofOurs(UserName given, Named named, String password) {
        Optional<User> user = database.read(tx -> named.user(tx, given));
        User admitted = check.admitted(user, password, PasswordCheck.Expired.REFUSED);
        named.proven(admitted);
        return admitted;
    }
}
