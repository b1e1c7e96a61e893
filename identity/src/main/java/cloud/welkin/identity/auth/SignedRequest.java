package cloud.welkin.identity.auth;

import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Query;
import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * A request signed by OAuth 1 (RFC 5849), HMAC-SHA1, the parameters in the header {@code
 * Authorization}.
 *
 * @param urls under which the client may have signed it: as the cloud names itself, and as the
 *     client reached it
 * @param oauth the header's parameters, decoded
 */
public record SignedRequest(
        String method, List<String> urls, Query query, Map<String, String> oauth) {
    private static final Pattern PARAMETER =
            Pattern.compile("\\s*([A-Za-z0-9_.~%-]+)\\s*=\\s*\"([^\"]*)\"\\s*(,|$)");

    public static SignedRequest of(Call call) {
        URI origin = URI.create(call.origin());
        List<String> urls = new ArrayList<>();
        urls.add(base(origin.getScheme(), origin.getAuthority(), call.rawPath()));
        call.header("Host")
                .ifPresent(host -> urls.add(base(origin.getScheme(), host, call.rawPath())));
        return new SignedRequest(
                call.operation().method(),
                urls,
                call.query(),
                call.header("Authorization")
                        .filter(value -> value.regionMatches(true, 0, "OAuth ", 0, 6))
                        .map(value -> parameters(value.substring(6)))
                        .orElse(Map.of()));
    }

    /** Scheme and host in lower case, without the scheme's own port (RFC 5849, 3.4.1.2). */
    private static String base(String scheme, String authority, String path) {
        String host = authority.toLowerCase(Locale.ROOT);
        String usual = scheme.equals("https") ? ":443" : ":80";
        return scheme.toLowerCase(Locale.ROOT)
                + "://"
                + (host.endsWith(usual) ? host.substring(0, host.length() - usual.length()) : host)
                + path;
    }

    private static Map<String, String> parameters(String header) {
        Map<String, String> parameters = new LinkedHashMap<>();
        Matcher matcher = PARAMETER.matcher(header);
        int at = 0;
        while (at < header.length() && matcher.find(at) && matcher.start() == at) {
            // One that comes twice could be read in two ways; no honest client sends that.
            if (parameters.put(decode(matcher.group(1)), decode(matcher.group(2))) != null) {
                return Map.of();
            }
            at = matcher.end();
        }
        return at < header.length() ? Map.of() : parameters;
    }

    public Optional<String> parameter(String name) {
        return Optional.ofNullable(oauth.get(name)).filter(value -> !value.isEmpty());
    }

    /** Whether who signed knows both secrets. */
    public boolean signedWith(String consumerSecret, String tokenSecret) {
        if (!parameter("oauth_signature_method").equals(Optional.of("HMAC-SHA1"))
                || !parameter("oauth_version").orElse("1.0").equals("1.0")) {
            return false;
        }
        byte[] given =
                parameter("oauth_signature").orElse("").getBytes(StandardCharsets.ISO_8859_1);
        String key = encode(consumerSecret) + "&" + encode(tokenSecret);
        boolean right = false;
        for (String url : urls) {
            byte[] wanted = signature(baseString(url), key).getBytes(StandardCharsets.ISO_8859_1);
            right |= MessageDigest.isEqual(wanted, given);
        }
        return right;
    }

    private String baseString(String url) {
        List<String> pairs = new ArrayList<>();
        oauth.forEach(
                (name, value) -> {
                    if (!name.equals("oauth_signature") && !name.equals("realm")) {
                        pairs.add(encode(name) + "=" + encode(value));
                    }
                });
        query.values()
                .forEach(
                        (name, values) ->
                                values.forEach(
                                        value -> pairs.add(encode(name) + "=" + encode(value))));
        // By name, then by value: the sign between them must not take part in the order.
        pairs.sort(
                Comparator.comparing((String pair) -> pair.substring(0, pair.indexOf('=')))
                        .thenComparing(pair -> pair));
        return method + "&" + encode(url) + "&" + encode(String.join("&", pairs));
    }

    private static String signature(String text, String key) {
        try {
            Mac mac = Mac.getInstance("HmacSHA1");
            mac.init(new SecretKeySpec(key.getBytes(StandardCharsets.UTF_8), "HmacSHA1"));
            return Base64.getEncoder()
                    .encodeToString(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Percent-encoding with capitals, everything but RFC 3986's unreserved characters. */
    public static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8)
                .replace("+", "%20")
                .replace("*", "%2A")
                .replace("%7E", "~");
    }

    private static String decode(String text) {
        try {
            return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return "";
        }
    }

    @Override
    public String toString() {
        return "SignedRequest[" + method + " " + urls + "]";
    }
}
