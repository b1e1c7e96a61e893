package cloud.welkin.identity.auth;

import cloud.welkin.database.Database;
import cloud.welkin.identity.domain.Account;
import cloud.welkin.identity.domain.PasswordRules;
import cloud.welkin.identity.domain.Passwords;
import cloud.welkin.identity.domain.User;
import cloud.welkin.identity.store.AccountStore;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.id.UserId;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether a password lets its user in. Whatever is wrong gets the same answer after the same time:
 * a user that does not exist, is disabled, inactive or locked pays a hash as everybody does, and
 * not even the right password is recognised quickly.
 */
public final class PasswordCheck {
    private static final Logger log = LoggerFactory.getLogger(PasswordCheck.class);
    private static final UserId NOBODY = new UserId("");

    private final Database database;
    private final Clock clock;
    private final Passwords passwords;
    private final PasswordRules rules;
    private final AccountStore accounts;

    public PasswordCheck(
            Database database,
            Clock clock,
            Passwords passwords,
            PasswordRules rules,
            AccountStore accounts) {
        this.database = database;
        this.clock = clock;
        this.passwords = passwords;
        this.rules = rules;
        this.accounts = accounts;
    }

    /** What follows from a password that is right but has ended. */
    public enum Expired {
        REFUSED,
        /** Whoever chooses a new one. */
        LET_IN
    }

    /**
     * The user as it is afterwards, if the password is right. Not within a transaction: it takes
     * long.
     *
     * @throws Failure 401; that the password has ended is told only to those who know it
     */
    public User admitted(Optional<User> user, String password, Expired expired) {
        Instant now = clock.instant();
        Optional<String> barred = user.flatMap(found -> barred(found, now));
        boolean matches =
                passwords.matches(
                        password,
                        barred.isPresent() ? Optional.empty() : user.flatMap(User::passwordHash));
        if (user.isEmpty() || barred.isPresent() || !matches) {
            count(user.filter(found -> barred.isEmpty()), now);
            throw refused(user, barred.orElse("no such user, or wrong password"));
        }
        User found = user.get();
        // Those who guessed beside this one may have locked the account meanwhile.
        Optional<String> since = barred(found, now);
        if (since.isPresent()) {
            throw refused(user, since.get());
        }
        if (rules.isExpired(found, now) && expired == Expired.REFUSED) {
            throw Failure.unauthorized(
                    "The password is expired and needs to be changed for user: %s.", found.id());
        }
        return welcome(found, password, now);
    }

    /** One more failure of the user, by whichever method. */
    void count(Optional<User> user, Instant now) {
        if (rules.attempts() > 0) {
            // For nobody too: a statement more or less would be time to measure.
            UserId id = user.filter(rules::counts).map(User::id).orElse(NOBODY);
            database.change(tx -> accounts.failed(tx, id, rules, now));
        }
    }

    /** Why the user is not let in whatever it knows. */
    Optional<String> barred(User user, Instant now) {
        if (!user.enabled()) {
            return Optional.of("disabled");
        }
        if (!rules.everBar()) {
            return Optional.empty();
        }
        Optional<Account> account = database.read(tx -> accounts.find(tx, user.id()));
        if (account.filter(known -> rules.isLocked(user, known, now)).isPresent()) {
            return Optional.of("locked");
        }
        return account.filter(known -> rules.isInactive(user, known, now)).map(known -> "inactive");
    }

    private static Failure refused(Optional<User> user, String why) {
        log.info(
                "sign-in refused for {}: {}",
                user.map(found -> found.id().value()).orElse("an unknown user"),
                why);
        return Failure.unauthorized().because(why);
    }

    private User welcome(User user, String password, Instant now) {
        String hash = user.passwordHash().orElseThrow();
        if (passwords.isOutdated(hash)) {
            String anew = passwords.hash(password);
            database.change(tx -> accounts.rehash(tx, user.id(), hash, anew));
        }
        AccountStore.OfUser present =
                database.read(tx -> accounts.findWithUser(tx, user.id()))
                        .orElseThrow(() -> refused(Optional.of(user), "deleted meanwhile"));
        Account account = present.account();
        if (account.failedAttempts() > 0 || account.lastActive().isBefore(PasswordRules.day(now))) {
            database.change(tx -> accounts.admitted(tx, user.id(), PasswordRules.day(now)));
        }
        return present.user();
    }
}
