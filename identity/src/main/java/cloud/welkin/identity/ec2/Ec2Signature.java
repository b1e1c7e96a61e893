package cloud.welkin.identity.ec2;

import cloud.welkin.identity.domain.Sha256;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The signature of an EC2 request, over a string that is made of its parts
 * (docs.aws.amazon.com/general/latest/gr/signing-aws-api-requests.html), with what Keystone's
 * clients sign beside: a host without its port.
 */
final class Ec2Signature {
    private static final String VERSION_4 = "AWS4-HMAC-SHA256";
    private static final Pattern OLD_BOTO = Pattern.compile("Boto/2\\.[0-9]\\.[0-2].*");

    private final KeySigned.Ec2 request;
    private final Map<String, String> headers;

    /** Whether a header is there twice, spelled differently: which of them was signed? */
    private final boolean ambiguous;

    Ec2Signature(KeySigned.Ec2 request) {
        this.request = request;
        this.headers =
                request.headers().entrySet().stream()
                        .collect(
                                Collectors.toMap(
                                        header -> header.getKey().strip().toLowerCase(Locale.ROOT),
                                        header -> header.getValue().strip(),
                                        (one, other) -> one));
        this.ambiguous = headers.size() < request.headers().size();
    }

    boolean isVersion4() {
        return !request.params().containsKey("SignatureVersion")
                && (authorization().startsWith(VERSION_4)
                        || VERSION_4.equals(request.params().get("X-Amz-Algorithm")));
    }

    Optional<String> stamp() {
        return isVersion4() ? date4() : Optional.ofNullable(request.params().get("Timestamp"));
    }

    boolean isMadeWith(String secret) {
        if (ambiguous) {
            return false;
        }
        return switch (request.params().getOrDefault("SignatureVersion", isVersion4() ? "4" : "")) {
            case "0" -> is(Optional.of(version0(secret)));
            case "1" -> is(Optional.of(Hmac.base64("HmacSHA1", secret, allParams())));
            case "2" ->
                    is(Optional.of(version2(secret, request.host())))
                            || is(withoutPort().map(host -> version2(secret, host)));
            case "4" -> !request.params().containsKey("SignatureVersion") && is(version4(secret));
            default -> false;
        };
    }

    private boolean is(Optional<String> made) {
        return made.isPresent() && Hmac.same(made.get(), request.signature());
    }

    private String authorization() {
        return headers.getOrDefault("authorization", "");
    }

    private String version0(String secret) {
        return Hmac.base64(
                "HmacSHA1",
                secret,
                request.params().getOrDefault("Action", "")
                        + request.params().getOrDefault("Timestamp", ""));
    }

    private String allParams() {
        return request.params().entrySet().stream()
                .sorted(
                        Comparator.comparing(
                                (Map.Entry<String, String> param) ->
                                        param.getKey().toLowerCase(Locale.ROOT)))
                .map(param -> param.getKey() + param.getValue())
                .collect(Collectors.joining());
    }

    private String version2(String secret, String host) {
        SortedMap<String, String> params = new TreeMap<>(request.params());
        params.put("SignatureMethod", "HmacSHA256");
        return Hmac.base64(
                "HmacSHA256",
                secret,
                request.verb() + "\n" + host + "\n" + request.path() + "\n" + query(params));
    }

    /** Some clients sign the host without its port. */
    private Optional<String> withoutPort() {
        int colon = request.host().lastIndexOf(':');
        return colon < 0
                ? Optional.empty()
                : Optional.of(request.host().substring(0, colon).toLowerCase(Locale.ROOT));
    }

    private Optional<String> version4(String secret) {
        List<String> credential = List.of(parameter4("Credential").orElse("").split("/", -1));
        Optional<String> date = date4();
        Optional<String> signed = parameter4("SignedHeaders");
        if (credential.size() != 5
                || date.isEmpty()
                || signed.isEmpty()
                || credential.get(1).isEmpty()
                || !date.get().startsWith(credential.get(1))) {
            return Optional.empty();
        }
        String canonical =
                String.join(
                        "\n",
                        request.verb().toUpperCase(Locale.ROOT),
                        request.path(),
                        request.verb().equalsIgnoreCase("POST")
                                ? ""
                                : query(new TreeMap<>(request.params())),
                        signedHeaders(signed.get()),
                        signed.get(),
                        request.bodyHash());
        String text =
                String.join(
                        "\n",
                        VERSION_4,
                        date.get(),
                        String.join("/", credential.subList(1, 5)),
                        Sha256.hex(canonical));
        return Optional.of(
                Hmac.version4(
                        secret, credential.get(1), credential.get(2), credential.get(3), text));
    }

    /** Of the header Authorization where there is one, else of the query. */
    private Optional<String> parameter4(String name) {
        String text = authorization();
        if (text.isEmpty()) {
            return Optional.ofNullable(request.params().get("X-Amz-" + name));
        }
        int start = text.indexOf(name + "=");
        if (start < 0) {
            return Optional.empty();
        }
        String rest = text.substring(start + name.length() + 1);
        int comma = rest.indexOf(',');
        return Optional.of(comma < 0 ? rest : rest.substring(0, comma));
    }

    private Optional<String> date4() {
        return Optional.ofNullable(headers.get("x-amz-date"))
                .or(() -> Optional.ofNullable(request.params().get("X-Amz-Date")));
    }

    private String signedHeaders(String names) {
        boolean portless = OLD_BOTO.matcher(headers.getOrDefault("user-agent", "")).matches();
        StringBuilder lines = new StringBuilder();
        for (String name : names.split(";", -1)) {
            String value = headers.get(name);
            if (value == null) {
                continue;
            }
            int colon = value.indexOf(':');
            lines.append(name)
                    .append(':')
                    .append(
                            portless && name.equals("host") && colon >= 0
                                    ? value.substring(0, colon)
                                    : value)
                    .append('\n');
        }
        // Not even one: what Keystone's clients sign then is an empty line.
        return lines.isEmpty() ? "\n" : lines.toString();
    }

    /** With all but unreserved characters percent-encoded. */
    private static String query(SortedMap<String, String> sorted) {
        return sorted.entrySet().stream()
                .map(param -> encoded(param.getKey()) + "=" + encoded(param.getValue()))
                .collect(Collectors.joining("&"));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8)
                .replace("+", "%20")
                .replace("*", "%2A")
                .replace("%7E", "~");
    }
}
