package cloud.welkin.identity.domain;

import java.time.Instant;
import java.time.LocalDate;
import java.util.Optional;

/**
 * How a user's password has fared.
 *
 * @param failedAttempts wrong ones in a row
 * @param failedAt the last of them
 * @param changedAt when the present password was set
 * @param selfService whether the user chose it, not an administrator
 * @param lastActive the last day on which the user signed in, or was enabled or created
 */
public record Account(
        int failedAttempts,
        Optional<Instant> failedAt,
        Instant changedAt,
        boolean selfService,
        LocalDate lastActive) {}
