package cloud.welkin.server;

import cloud.welkin.identity.IdentitySecurity;
import cloud.welkin.identity.auth.FailedSignIns;
import cloud.welkin.identity.domain.PasswordRules;
import cloud.welkin.kernel.settings.Setting;
import cloud.welkin.kernel.settings.Settings;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * How identity guards accounts and tokens: Keystone's [security_compliance], [totp], [receipt] and
 * [token] with its defaults, and what is this program's own.
 */
final class IdentitySettings {
    static final Setting<Integer> UNIQUE =
            Setting.number(
                            "identity.password-history",
                            0,
                            "How many passwords of a user in a row must differ, the new one among"
                                    + " them; 0: any may be used again. Keystone's"
                                    + " unique_last_password_count.")
                    .where(n -> n >= 0 && n <= 100, "0 to 100");
    static final Setting<Integer> EXPIRY =
            Setting.number(
                            "identity.password-expires-days",
                            0,
                            "After how many days a password must be changed; 0: never.")
                    .where(n -> n >= 0, "0 or more");
    static final Setting<Integer> MINIMUM_AGE =
            Setting.number(
                            "identity.password-minimum-age",
                            0,
                            "How many days users must use a password that they chose before they"
                                    + " may choose another.")
                    .where(n -> n >= 0, "0 or more");
    static final Setting<String> PATTERN =
            Setting.text(
                            "identity.password-regex",
                            "",
                            "A regular expression that new passwords must match; empty: none.")
                    .where(IdentitySettings::isPattern, "a regular expression");
    static final Setting<String> DESCRIPTION =
            Setting.text(
                    "identity.password-regex-description",
                    "",
                    "What identity.password-regex wants, in words for those whose password it"
                            + " refuses.");
    static final Setting<Boolean> CHANGE_FIRST =
            Setting.flag(
                    "identity.change-password-upon-first-use",
                    false,
                    "Whether a password that an administrator set is good for nothing but choosing"
                            + " another.");
    static final Setting<Integer> ATTEMPTS =
            Setting.number(
                            "identity.lockout-failure-attempts",
                            0,
                            "After how many wrong passwords in a row an account is locked; 0:"
                                    + " never.")
                    .where(n -> n >= 0, "0 or more");
    static final Setting<Duration> LOCK =
            Setting.duration(
                    "identity.lockout-duration",
                    Duration.ofMinutes(30),
                    "How long a locked account stays locked; 0s: until an administrator enables"
                            + " it.");
    static final Setting<Integer> INACTIVE =
            Setting.number(
                            "identity.disable-inactive-days",
                            0,
                            "After how many days without signing in a user is disabled; 0: never."
                                    + " Keystone's disable_user_account_days_inactive.")
                    .where(n -> n >= 0, "0 or more");
    static final Setting<Integer> FAILURES_OF_USER =
            Setting.number(
                            "identity.failures-per-user",
                            20,
                            "How often signing in as one user from one address may fail in a minute,"
                                    + " in the whole cloud, before it is answered with 429; 0: any"
                                    + " number.")
                    .where(n -> n >= 0, "0 or more");
    static final Setting<Integer> FAILURES_FROM_ADDRESS =
            Setting.number(
                            "identity.failures-per-address",
                            100,
                            "The same for one source address (of IPv6: its /64), whoever it tries"
                                    + " to be.")
                    .where(n -> n >= 0, "0 or more");
    static final Setting<Integer> TOTP_PREVIOUS =
            Setting.number(
                            "identity.totp-previous-windows",
                            1,
                            "Of how many periods of 30 s before the present one TOTP passcodes are"
                                    + " taken.")
                    .where(n -> n >= 0 && n <= 10, "0 to 10");
    static final Setting<Duration> RECEIPT_LIFETIME =
            Setting.duration(
                    "identity.receipt-lifetime",
                    Duration.ofMinutes(5),
                    "How long the first of several methods waits for the others.");
    static final Setting<Duration> EXPIRED_WINDOW =
            Setting.duration(
                    "identity.allow-expired-window",
                    Duration.ofDays(2),
                    "How long services may ask about a token that has expired.");
    static final Setting<Duration> KEY_ROTATION =
            Setting.duration(
                    "identity.token-key-rotation",
                    Duration.ofDays(30),
                    "How long a key signs tokens before the next does; 0s: until welkin keys says"
                            + " so.");
    static final Setting<Duration> AUDIT_KEEP =
            Setting.duration(
                    "identity.audit-keep",
                    Duration.ofDays(90),
                    "How long the audit is kept in the database.");

    static final Setting<Integer> TREE_DEPTH =
            Setting.number(
                            "identity.project-tree-depth",
                            5,
                            "How many levels of projects there may be below a domain. Keystone's"
                                    + " max_project_tree_depth.")
                    .where(n -> n >= 1 && n <= 100, "1 to 100");

    static final List<Setting<?>> ALL =
            List.of(
                    UNIQUE,
                    EXPIRY,
                    MINIMUM_AGE,
                    PATTERN,
                    DESCRIPTION,
                    CHANGE_FIRST,
                    ATTEMPTS,
                    LOCK,
                    INACTIVE,
                    FAILURES_OF_USER,
                    FAILURES_FROM_ADDRESS,
                    TOTP_PREVIOUS,
                    RECEIPT_LIFETIME,
                    EXPIRED_WINDOW,
                    KEY_ROTATION,
                    AUDIT_KEEP,
                    TREE_DEPTH);

    private IdentitySettings() {}

    static IdentitySecurity security(Settings settings) {
        String pattern = settings.get(PATTERN);
        return new IdentitySecurity(
                new PasswordRules(
                        settings.get(UNIQUE),
                        settings.get(EXPIRY),
                        settings.get(MINIMUM_AGE),
                        pattern.isEmpty()
                                ? Optional.empty()
                                : Optional.of(Pattern.compile(pattern)),
                        settings.get(DESCRIPTION),
                        settings.get(CHANGE_FIRST),
                        settings.get(ATTEMPTS),
                        settings.get(LOCK),
                        settings.get(INACTIVE)),
                new FailedSignIns.Limits(
                        settings.get(FAILURES_OF_USER), settings.get(FAILURES_FROM_ADDRESS)),
                settings.get(TOTP_PREVIOUS),
                settings.get(RECEIPT_LIFETIME),
                settings.get(EXPIRED_WINDOW),
                settings.get(KEY_ROTATION),
                settings.get(AUDIT_KEEP));
    }

    private static boolean isPattern(String text) {
        try {
            Pattern.compile(text);
            return true;
        } catch (PatternSyntaxException e) {
            return false;
        }
    }
}
