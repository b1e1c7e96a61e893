package cloud.welkin.identity.api;

import cloud.welkin.kernel.failure.Failure;
import java.util.regex.Pattern;

/** What operators may call providers, protocols and mappings: it stands in URLs. */
final class FederationIds {
    private static final Pattern GOOD = Pattern.compile("[\\w.~-]{1,64}");

    private FederationIds() {}

    /**
     * @throws Failure 400 for what would not stand in a URL as it is
     */
    static String given(String id) {
        if (!GOOD.matcher(id).matches()) {
            throw Failure.badRequest(
                    "An id here has 1 to 64 letters, digits, and characters of . ~ - _");
        }
        return id;
    }
}
