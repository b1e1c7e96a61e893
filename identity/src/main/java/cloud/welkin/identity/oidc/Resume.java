package cloud.welkin.identity.oidc;

import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Query;
import com.nimbusds.oauth2.sdk.util.URLUtils;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where a browser goes on after signing in: one of two pages of ours with its query, which is read
 * and written anew, so that nothing in it leads elsewhere.
 *
 * @param to {@code authorize} or {@code device}
 */
record Resume(String to, String query) {
    static final String AUTHORIZE = "authorize";
    static final String DEVICE = "device";
    private static final int LONGEST = 16_384;

    static Resume of(String to, Map<String, List<String>> parameters) {
        return new Resume(to, URLUtils.serializeParameters(parameters));
    }

    /** From a form's fields; none when they were made up. */
    static Optional<Resume> from(Query form) {
        String to = form.text("to").orElse("");
        String query = form.text("query").orElse("");
        return (to.equals(AUTHORIZE) || to.equals(DEVICE)) && query.length() <= LONGEST
                ? Optional.of(of(to, URLUtils.parseParameters(query)))
                : Optional.empty();
    }

    Query parameters() {
        return new Query(URLUtils.parseParameters(query));
    }

    URI uri(Call call) {
        return URI.create(Provider.issuer(call) + "/" + to + (query.isEmpty() ? "" : "?" + query));
    }
}
