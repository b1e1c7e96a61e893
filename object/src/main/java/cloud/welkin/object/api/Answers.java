package cloud.welkin.object.api;

import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Exchange;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** How Swift's answers look. */
final class Answers {
    private static final DateTimeFormatter HTTP_DATE =
            DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.US)
                    .withZone(ZoneOffset.UTC);
    private static final Set<String> YES = Set.of("true", "1", "yes", "on", "t", "y");
    private static final DateTimeFormatter LISTED =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS", Locale.US)
                    .withZone(ZoneOffset.UTC);

    private Answers() {}

    /** Headers of an answer, beginning with those that all have. */
    static Map<String, String> headers(Call call) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("X-Trans-Id", transaction(call.requestId()));
        return headers;
    }

    /** The request's id as Swift's clients know it: {@code tx}, 21 hex digits, the time in hex. */
    static String transaction(String requestId) {
        String digits = requestId.replaceAll("^req|-", "");
        return "tx%s-%010x%s"
                .formatted(
                        digits.substring(0, 21),
                        Instant.now().getEpochSecond(),
                        digits.substring(21));
    }

    static void empty(Exchange exchange, int status, Map<String, String> headers) {
        headers.putIfAbsent("Content-Type", "text/html; charset=UTF-8");
        send(exchange, status, headers, new byte[0]);
    }

    static void send(Exchange exchange, int status, Map<String, String> headers, byte[] body) {
        if (status != 204 && status != 304) {
            headers.put("Content-Length", Integer.toString(body.length));
        }
        try (OutputStream out = exchange.answer(status, headers)) {
            out.write(body);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void head(Exchange exchange, int status, Map<String, String> headers, long length) {
        headers.put("Content-Length", Long.toString(length));
        try {
            exchange.answer(status, headers).close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** {@code 1700000000.12345}. */
    static String timestamp(Instant time) {
        return BigDecimal.valueOf(time.getEpochSecond())
                .add(BigDecimal.valueOf(time.getNano(), 9))
                .setScale(5, RoundingMode.DOWN)
                .toPlainString();
    }

    /** The second after, as Swift has it: who asks for what changed since then misses nothing. */
    static String lastModified(Instant time) {
        Instant second = Instant.ofEpochSecond(time.getEpochSecond());
        return HTTP_DATE.format(time.equals(second) ? second : second.plusSeconds(1));
    }

    static String listed(Instant time) {
        return LISTED.format(time);
    }

    /** UTF-8 as headers carry it: a character for each byte. */
    static String headerText(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }

    /** What a header's bytes say in UTF-8. */
    static String text(String header) {
        return header.chars().allMatch(c -> c < 256)
                ? new String(header.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8)
                : header;
    }

    /** Whether a client means yes. */
    static boolean isTrue(String word) {
        return YES.contains(word.toLowerCase(Locale.ROOT));
    }

    /** {@code x-object-meta-color} as {@code X-Object-Meta-Color}. */
    static String spelled(String header) {
        StringBuilder spelled = new StringBuilder(header.length());
        boolean first = true;
        for (int i = 0; i < header.length(); i++) {
            char c = header.charAt(i);
            spelled.append(first ? Character.toUpperCase(c) : c);
            first = c == '-';
        }
        return headerText(spelled.toString());
    }

    /** Adds what is kept, but for what S3 alone has to do with. */
    static void addAll(Map<String, String> headers, Map<String, String> kept) {
        kept.forEach(
                (name, value) -> {
                    if (!name.startsWith("x-s3-")) {
                        headers.put(spelled(name), headerText(value));
                    }
                });
    }
}
