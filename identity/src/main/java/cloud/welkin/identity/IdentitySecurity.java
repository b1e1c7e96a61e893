package cloud.welkin.identity;

import cloud.welkin.identity.auth.FailedSignIns;
import cloud.welkin.identity.domain.PasswordRules;
import java.time.Duration;

/**
 * How identity guards accounts and tokens.
 *
 * @param failures how often signing in may fail
 * @param totpPrevious of how many periods before the present one passcodes are taken
 * @param receiptLifetime how long the first factor waits for the second
 * @param expiredWindow how long services may ask about a token that has expired
 * @param keyRotation how long a key signs tokens; zero: until an operator says otherwise
 * @param auditKeep how long the audit is kept in the database
 */
public record IdentitySecurity(
        PasswordRules passwords,
        FailedSignIns.Limits failures,
        int totpPrevious,
        Duration receiptLifetime,
        Duration expiredWindow,
        Duration keyRotation,
        Duration auditKeep) {

    /** What holds where no setting says otherwise. */
    public static final IdentitySecurity USUAL =
            new IdentitySecurity(
                    PasswordRules.NONE,
                    new FailedSignIns.Limits(20, 100),
                    1,
                    Duration.ofMinutes(5),
                    Duration.ofDays(2),
                    Duration.ofDays(30),
                    Duration.ofDays(90));
}
