package cloud.welkin.identity.auth;

import cloud.welkin.database.Database;
import cloud.welkin.database.Tx;
import cloud.welkin.identity.Changes;
import cloud.welkin.identity.domain.Account;
import cloud.welkin.identity.domain.Options;
import cloud.welkin.identity.domain.PasswordRules;
import cloud.welkin.identity.domain.Passwords;
import cloud.welkin.identity.domain.User;
import cloud.welkin.identity.store.AccountStore;
import cloud.welkin.kernel.failure.Failure;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** Sets passwords by the rules: those that administrators give, and those that users choose. */
public final class NewPasswords {
    private final Database database;
    private final Clock clock;
    private final Passwords passwords;
    private final PasswordRules rules;
    private final AccountStore accounts;
    private final Changes changes;

    public NewPasswords(
            Database database,
            Clock clock,
            Passwords passwords,
            PasswordRules rules,
            AccountStore accounts,
            Changes changes) {
        this.database = database;
        this.clock = clock;
        this.passwords = passwords;
        this.rules = rules;
        this.accounts = accounts;
        this.changes = changes;
    }

    /**
     * The hash of a password that an administrator gives. Not within a transaction: it takes long.
     *
     * @throws Failure 400 when the rules refuse it
     */
    public String hash(String password) {
        rules.requireStrong(password);
        return passwords.hash(password);
    }

    /** When a password that an administrator gives now ends. */
    public Optional<Instant> expiry(Map<String, JsonNode> options) {
        return rules.expiresAtAsGiven(options, clock.instant());
    }

    /** An administrator's reset: neither history nor age are looked at. */
    public void give(Tx tx, User user, String hash) {
        accounts.setPassword(
                tx,
                user.id(),
                hash,
                clock.instant(),
                expiry(user.options()),
                false,
                rules.unique());
        changes.made(tx, user.id());
    }

    /** An administrator says that the user is enabled: nothing is held against it any more. */
    public void pardon(Tx tx, User user) {
        accounts.admitted(tx, user.id(), PasswordRules.day(clock.instant()));
    }

    /**
     * The user, who has shown the present password, chooses another.
     *
     * @param then done in the same transaction
     * @throws Failure 400 when the rules refuse it
     */
    public void choose(User user, String present, String password, Consumer<Tx> then) {
        Instant now = clock.instant();
        if (Options.flag(user.options(), "lock_password")) {
            throw Failure.badRequest(
                    "The password of the user %s is locked: only an administrator may change it.",
                    user.id());
        }
        rules.requireStrong(password);
        if (password.equals(present)) {
            throw Failure.badRequest("The new password cannot be the same as the old one.");
        }
        Account account = database.read(tx -> accounts.find(tx, user.id())).orElseThrow();
        rules.requireAge(account, now);
        List<String> past = database.read(tx -> accounts.past(tx, user.id(), rules.unique() - 1));
        if (Stream.concat(
                        user.passwordHash().stream().filter(hash -> rules.unique() > 0),
                        past.stream())
                .anyMatch(hash -> passwords.matches(password, Optional.of(hash)))) {
            throw rules.usedBefore();
        }
        String hash = passwords.hash(password);
        Optional<Instant> expires = rules.expiresAt(user.options(), now);
        database.change(
                tx -> {
                    accounts.setPassword(tx, user.id(), hash, now, expires, true, rules.unique());
                    changes.made(tx, user.id());
                    then.accept(tx);
                });
    }
}
