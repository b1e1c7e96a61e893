package cloud.welkin.identity.domain;

import java.time.Instant;
import java.util.Optional;

/**
 * A key that signs tokens, by what it is used for; the secret itself is not shown.
 *
 * @param promoted since when it signs; empty for one that is staged, which verifies only
 * @param retired since when it verifies only
 */
public record TokenKey(
        long id, Instant created, Optional<Instant> promoted, Optional<Instant> retired) {
    /** {@code staged}, {@code primary} or {@code secondary}, as Keystone calls them. */
    public String stage() {
        if (promoted.isEmpty()) {
            return "staged";
        }
        return retired.isEmpty() ? "primary" : "secondary";
    }
}
