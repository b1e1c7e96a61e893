package cloud.welkin.identity.api;

import cloud.welkin.identity.store.UserStore.Comparison;
import cloud.welkin.identity.store.UserStore.PasswordExpiry;
import cloud.welkin.kernel.api.Param;
import cloud.welkin.kernel.api.Query;
import cloud.welkin.kernel.api.Times;
import cloud.welkin.kernel.failure.Failure;
import java.time.DateTimeException;
import java.util.List;
import java.util.Locale;

/**
 * How lists of users are narrowed by when their passwords end: {@code
 * password_expires_at=lt:2026-12-08T22:02:00Z}; without an operator, exactly then.
 */
final class PasswordExpiries {
    static final Param PARAM =
            Param.text(
                    "password_expires_at",
                    "Those whose password ends before (lt, lte), after (gt, gte), at (eq) or not at"
                            + " (neq) a time, e.g. lt:2026-12-08T22:02:00Z.");

    private PasswordExpiries() {}

    /**
     * @throws Failure 400 when a value is not understood
     */
    static List<PasswordExpiry> of(Query query) {
        return query.all(PARAM.name()).stream().map(PasswordExpiries::of).toList();
    }

    private static PasswordExpiry of(String text) {
        int colon = text.indexOf(':');
        String word = colon < 0 ? "" : text.substring(0, colon).toUpperCase(Locale.ROOT);
        try {
            for (Comparison comparison : Comparison.values()) {
                if (comparison.name().equals(word)) {
                    return new PasswordExpiry(comparison, Times.parse(text.substring(colon + 1)));
                }
            }
            return new PasswordExpiry(Comparison.EQ, Times.parse(text));
        } catch (DateTimeException e) {
            throw Failure.badRequest(
                    "password_expires_at wants an operator and a time, as in"
                            + " lt:2026-12-08T22:02:00Z.");
        }
    }
}
