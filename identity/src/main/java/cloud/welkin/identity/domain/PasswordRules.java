package cloud.welkin.identity.domain;

import cloud.welkin.kernel.failure.Failure;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/**
 * What is asked of passwords and of those who use them: Keystone's [security_compliance]
 * (docs.openstack.org/keystone/latest/admin/configuration.html#security-compliance-and-pci-dss).
 * Pure: what it decides from is in the arguments.
 *
 * @param unique how many passwords in a row, the new one among them, must differ; 0: any
 * @param expiry how many days a password is good for; 0: for ever
 * @param minimumAge how many days a password that its user chose must be used; 0: none
 * @param pattern what every password matches
 * @param description of the pattern, for people
 * @param changeFirst whether a password that an administrator set is good for nothing but choosing
 *     another
 * @param attempts after how many wrong passwords in a row an account is locked; 0: never
 * @param lock for how long; zero: until an administrator enables the user
 * @param inactive after how many days without signing in a user is disabled; 0: never
 */
public record PasswordRules(
        int unique,
        int expiry,
        int minimumAge,
        Optional<Pattern> pattern,
        String description,
        boolean changeFirst,
        int attempts,
        Duration lock,
        int inactive) {

    /** Keystone's defaults: no rule. */
    public static final PasswordRules NONE =
            new PasswordRules(0, 0, 0, Optional.empty(), "", false, 0, Duration.ofMinutes(30), 0);

    /**
     * @throws Failure 400 when the password is not as the pattern wants it
     */
    public void requireStrong(String password) {
        if (pattern.filter(wanted -> !wanted.matcher(password).find()).isPresent()) {
            throw Failure.badRequest(
                    "The password does not match the requirements: %s.", description);
        }
    }

    /**
     * @throws Failure 400 when the user's own last choice of a password is too young
     */
    public void requireAge(Account account, Instant now) {
        Instant first = account.changedAt().plus(Duration.ofDays(minimumAge));
        if (minimumAge > 0 && account.selfService() && now.isBefore(first)) {
            throw Failure.badRequest(
                    "The password is under its minimum age: it must be used for %d day(s), another"
                            + " may be chosen in %d day(s).",
                    minimumAge, ChronoUnit.DAYS.between(now, first));
        }
    }

    /** The refusal of a password that was used before. */
    public Failure usedBefore() {
        return Failure.badRequest(
                "The new password cannot be identical to a previous password; the last %d must"
                        + " differ.",
                unique);
    }

    /** When a password that its user chooses now ends. */
    public Optional<Instant> expiresAt(Map<String, JsonNode> options, Instant now) {
        return expiry == 0 || Options.flag(options, "ignore_password_expiry")
                ? Optional.empty()
                : Optional.of(now.plus(Duration.ofDays(expiry)).truncatedTo(ChronoUnit.SECONDS));
    }

    /** When a password that an administrator sets now ends. */
    public Optional<Instant> expiresAtAsGiven(Map<String, JsonNode> options, Instant now) {
        return changeFirst && !Options.flag(options, "ignore_change_password_upon_first_use")
                ? Optional.of(now)
                : expiresAt(options, now);
    }

    public boolean isExpired(User user, Instant now) {
        return !Options.flag(user.options(), "ignore_password_expiry")
                && user.passwordExpiresAt().filter(end -> !now.isBefore(end)).isPresent();
    }

    /** Whether wrong passwords of this user are counted at all. */
    public boolean counts(User user) {
        return attempts > 0 && !Options.flag(user.options(), "ignore_lockout_failure_attempts");
    }

    /** Whether any account is ever locked or inactive. */
    public boolean everBar() {
        return attempts > 0 || inactive > 0;
    }

    public boolean isLocked(User user, Account account, Instant now) {
        return counts(user)
                && account.failedAttempts() >= attempts
                && (lock.isZero()
                        || account.failedAt()
                                .filter(last -> now.isBefore(last.plus(lock)))
                                .isPresent());
    }

    public boolean isInactive(User user, Account account, Instant now) {
        return inactive > 0
                && !Options.flag(user.options(), "ignore_user_inactivity")
                && ChronoUnit.DAYS.between(account.lastActive(), day(now)) >= inactive;
    }

    public static LocalDate day(Instant now) {
        return LocalDate.ofInstant(now, ZoneOffset.UTC);
    }
}
