package cloud.welkin.object.api;

import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.object.domain.StoredObject;
import java.net.URLConnection;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/** What is kept with an object of the headers that it comes with. */
final class ObjectHeaders {
    private static final List<String> KEPT =
            List.of(
                    "content-encoding",
                    "content-disposition",
                    "content-language",
                    "cache-control",
                    "expires",
                    "x-robots-tag");
    static final String DEFAULT_TYPE = "application/octet-stream";

    private ObjectHeaders() {}

    /** Metadata and the headers that are answered as they came. */
    static Map<String, String> of(Call call) {
        Map<String, String> headers = new TreeMap<>(Metadata.of(call, "object"));
        KEPT.forEach(
                name ->
                        call.header(name)
                                .map(Answers::text)
                                .ifPresent(it -> headers.put(name, it)));
        call.header(StoredObject.MANIFEST)
                .map(Answers::text)
                .ifPresent(it -> headers.put(StoredObject.MANIFEST, manifest(it)));
        // Metadata without a value is metadata all the same: only a container's goes by that.
        headers.entrySet()
                .removeIf(
                        entry ->
                                entry.getValue().isEmpty()
                                        && !entry.getKey().startsWith("x-object-meta-"));
        return headers;
    }

    private static String manifest(String value) {
        String text = value.startsWith("/") ? value.substring(1) : value;
        int slash = text.indexOf('/');
        if (slash <= 0 || slash == text.length() - 1 || text.contains("?") || text.contains("&")) {
            throw Failure.badRequest("X-Object-Manifest must be in the format container/prefix");
        }
        return text;
    }

    /** The type that was said, or what the name's ending tells. */
    static String contentType(Call call, String name) {
        return call.header("Content-Type")
                .map(Answers::text)
                .filter(it -> !it.isBlank())
                .orElseGet(
                        () ->
                                Optional.ofNullable(URLConnection.guessContentTypeFromName(name))
                                        .orElse(DEFAULT_TYPE));
    }

    /**
     * When the object goes: {@code X-Delete-At}, or {@code X-Delete-After} seconds from now.
     *
     * @throws Failure 400 when it is no such number or over
     */
    static Optional<Instant> deleteAt(Function<String, Optional<String>> header, Instant now) {
        Optional<Instant> after =
                header.apply("X-Delete-After")
                        .filter(it -> !it.isEmpty())
                        .map(text -> now.plusSeconds(number("X-Delete-After", text)));
        Optional<Instant> at =
                header.apply("X-Delete-At")
                        .filter(it -> !it.isEmpty())
                        .map(text -> second(number("X-Delete-At", text)));
        Optional<Instant> end = after.or(() -> at);
        if (end.filter(it -> !it.isAfter(now)).isPresent()) {
            throw Failure.badRequest("X-Delete-At in past");
        }
        return end;
    }

    private static Instant second(long seconds) {
        try {
            return Instant.ofEpochSecond(seconds);
        } catch (DateTimeException e) {
            throw Failure.badRequest("Non-integer X-Delete-At");
        }
    }

    private static long number(String header, String text) {
        if (!text.strip().matches("-?\\d{1,11}")) {
            throw Failure.badRequest("Non-integer %s", header);
        }
        return Long.parseLong(text.strip());
    }
}
