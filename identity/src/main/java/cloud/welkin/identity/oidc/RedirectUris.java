package cloud.welkin.identity.oidc;

import cloud.welkin.kernel.failure.Failure;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Where browsers may be sent with a code (RFC 9700, 2.1; RFC 8252, 7): over TLS; on the person's
 * own machine; or, for programs there that keep no secret, by a scheme that is a domain turned
 * round.
 */
final class RedirectUris {
    private static final int LONGEST = 2000;
    private static final Set<String> LOOPBACK = Set.of("127.0.0.1", "[::1]", "localhost");

    private RedirectUris() {}

    static void check(String text, boolean isPublic) {
        URI uri;
        try {
            uri = new URI(text);
        } catch (URISyntaxException e) {
            throw refused(text);
        }
        String scheme = Optional.ofNullable(uri.getScheme()).orElse("").toLowerCase(Locale.ROOT);
        String host = Optional.ofNullable(uri.getHost()).orElse("");
        boolean allowed =
                switch (scheme) {
                    case "https" -> !host.isEmpty();
                    case "http" -> LOOPBACK.contains(host);
                    default -> isPublic && scheme.contains(".");
                };
        // What a form's policy could misread, or a client could be confused by, is no address.
        boolean plain =
                text.length() <= LONGEST
                        && text.chars().allMatch(c -> c > 0x20 && c < 0x7f)
                        && text.indexOf(';') < 0
                        && text.indexOf('*') < 0
                        && uri.getRawFragment() == null
                        && uri.getRawUserInfo() == null;
        if (!allowed || !plain) {
            throw refused(text);
        }
    }

    private static Failure refused(String text) {
        return Failure.badRequest(
                "%s is no redirect URI: https, http on the machine itself, or for public clients a"
                        + " scheme with a dot; without fragment and user.",
                text.length() > 200 ? text.substring(0, 200) : text);
    }
}
