package cloud.welkin.object.domain;

import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/**
 * A URL that is good without a token until it expires: signed with a key of the account or the
 * container over method, expiry and path (Swift's middleware tempurl).
 *
 * @param signature hex, or the digest's name, a colon and base64
 * @param expires until when
 * @param prefix all objects that begin so are meant, in place of one
 * @param address the network that it is good from
 */
public record TempUrl(
        String signature, Instant expires, Optional<String> prefix, Optional<String> address) {
    /** The moment as it is written: seconds of Unix, or ISO 8601. */
    public static Optional<Instant> moment(String text) {
        try {
            if (text.matches("\\d{1,12}")) {
                return Optional.of(Instant.ofEpochSecond(Long.parseLong(text)));
            }
            String zoned = text.matches(".*T.*(Z|[+-]\\d\\d:?\\d\\d)") ? text : text + "Z";
            String whole = zoned.matches("\\d{4}-\\d\\d-\\d\\dZ") ? text + "T00:00:00Z" : zoned;
            return Optional.of(
                    java.time.OffsetDateTime.parse(whole.replaceAll("(\\d\\d)(\\d\\d)$", "$1:$2"))
                            .toInstant());
        } catch (java.time.DateTimeException e) {
            return Optional.empty();
        }
    }

    /**
     * Whether it was signed by one of the keys for this use.
     *
     * @param path {@code /v1/account/container/object} as the client names it; with a prefix the
     *     prefix stands for the object
     */
    public boolean isSigned(Collection<String> keys, String method, String path) {
        // What one may write one may look at.
        List<String> methods =
                method.equals("HEAD") ? List.of("HEAD", "GET", "PUT", "POST") : List.of(method);
        String scope = prefix.isPresent() ? "prefix:" + path : path;
        String from = address.map(network -> "ip=" + network + "\n").orElse("");
        KeyedSignature signed = new KeyedSignature(signature);
        return methods.stream()
                .anyMatch(
                        word ->
                                signed.isOf(
                                        keys,
                                        from
                                                + word
                                                + "\n"
                                                + expires.getEpochSecond()
                                                + "\n"
                                                + scope));
    }
}
