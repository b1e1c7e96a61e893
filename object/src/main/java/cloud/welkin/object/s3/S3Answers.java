package cloud.welkin.object.s3;

import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Exchange;
import cloud.welkin.object.domain.StoredObject;
import cloud.welkin.object.domain.Version;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** How S3's answers look. */
final class S3Answers {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
                    .withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter HTTP_DATE =
            DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.US)
                    .withZone(ZoneOffset.UTC);
    private static final String SWIFT_METADATA = "x-object-meta-";
    private static final String METADATA = "x-amz-meta-";

    private S3Answers() {}

    static Map<String, String> headers(Call call) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("x-amz-request-id", call.requestId());
        headers.put("x-amz-id-2", "welkin");
        headers.put("Server", "Welkin");
        return headers;
    }

    static void empty(Exchange exchange, int status, Map<String, String> headers) {
        send(exchange, status, headers, new byte[0]);
    }

    static void xml(Exchange exchange, Map<String, String> headers, Xml xml) {
        headers.put("Content-Type", "application/xml");
        send(exchange, 200, headers, xml.bytes());
    }

    static void send(Exchange exchange, int status, Map<String, String> headers, byte[] body) {
        if (status != 204) {
            headers.put("Content-Length", Integer.toString(body.length));
        }
        try (OutputStream out = exchange.answer(status, headers)) {
            out.write(body);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** As documents have it: ISO 8601 to the millisecond. */
    static String time(Instant time) {
        return TIME.format(time);
    }

    /** As headers have it: to the second below, so that a client's copy is never older. */
    static String httpDate(Instant time) {
        return HTTP_DATE.format(time);
    }

    /** The ETag with its quotes. */
    static String etag(StoredObject object) {
        return '"' + object.etag() + '"';
    }

    /** The headers of an object's answer, metadata in S3's words. */
    static Map<String, String> headers(Call call, StoredObject object, boolean versions) {
        Map<String, String> headers = headers(call);
        object.headers()
                .forEach(
                        (name, value) -> {
                            if (name.startsWith(SWIFT_METADATA)) {
                                headers.put(
                                        METADATA + name.substring(SWIFT_METADATA.length()),
                                        headerText(value));
                            } else if (KeptHeaders.NAMES.contains(name)) {
                                headers.put(name, headerText(value));
                            }
                        });
        headers.put("Content-Type", headerText(object.contentType()));
        headers.put("ETag", etag(object));
        headers.put("Last-Modified", httpDate(object.createdAt()));
        headers.put("Accept-Ranges", "bytes");
        if (versions) {
            headers.put("x-amz-version-id", new Version(object, false, true).id());
        }
        return headers;
    }

    /** UTF-8 as headers carry it: a character for each byte. */
    private static String headerText(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }
}
