package cloud.welkin.object.api;

import cloud.welkin.kernel.api.Call;
import cloud.welkin.kernel.api.Exchange;
import cloud.welkin.object.domain.ByteRanges;
import cloud.welkin.object.domain.ByteRanges.Range;
import cloud.welkin.object.domain.Preconditions;
import cloud.welkin.object.work.LargeObjects;
import cloud.welkin.object.work.LargeObjects.Whole;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Answers with a body: whole, one range, or several, on the conditions of the request (RFC 9110).
 */
public final class RangedAnswer {
    private final LargeObjects large;

    public RangedAnswer(LargeObjects large) {
        this.large = large;
    }

    /** What is answered. */
    public record Content(Whole whole, String contentType, Instant changed) {}

    /**
     * @param headers that the answer has in any case
     * @param status in place of 200
     */
    public void answer(
            Call call,
            Exchange exchange,
            Content content,
            Map<String, String> headers,
            int status) {
        Whole whole = content.whole();
        switch (Preconditions.ofRead(call::header, whole.etag(), content.changed())) {
            case NOT_MODIFIED -> {
                Answers.send(exchange, 304, headers, new byte[0]);
                return;
            }
            case FAILED -> {
                Answers.empty(exchange, 412, headers);
                return;
            }
            case GO_ON -> {}
        }
        boolean head = call.operation().method().equals("HEAD");
        Optional<List<Range>> ranges =
                call.header("Range")
                        .filter(it -> !head && rangeIsFor(call, content))
                        .flatMap(it -> ByteRanges.parse(it, whole.size()));
        if (ranges.isEmpty()) {
            if (head) {
                Answers.head(exchange, status, headers, whole.size());
            } else {
                headers.put("Content-Length", Long.toString(whole.size()));
                send(exchange, status, headers, whole, new Range(0, whole.size()));
            }
            return;
        }
        switch (ranges.get().size()) {
            case 0 -> {
                headers.put("Content-Range", "bytes */" + whole.size());
                Answers.empty(exchange, 416, headers);
            }
            case 1 -> {
                Range range = ranges.get().getFirst();
                headers.put("Content-Range", contentRange(range, whole));
                headers.put("Content-Length", Long.toString(range.length()));
                send(exchange, 206, headers, whole, range);
            }
            default -> sendParts(exchange, headers, content, ranges.get());
        }
    }

    /** Whether a range is still meant: {@code If-Range} names the state that it is of. */
    private static boolean rangeIsFor(Call call, Content content) {
        return call.header("If-Range")
                .map(
                        it ->
                                Preconditions.date(it)
                                        .map(date -> !content.changed().isAfter(date))
                                        .orElseGet(
                                                () ->
                                                        Preconditions.names(
                                                                it, content.whole().etag())))
                .orElse(true);
    }

    private static String contentRange(Range range, Whole whole) {
        return "bytes " + range.from() + "-" + range.last() + "/" + whole.size();
    }

    private void send(
            Exchange exchange, int status, Map<String, String> headers, Whole whole, Range range) {
        // Opened before the answer begins: what is missing can still be said.
        try (InputStream body = large.open(whole, range.from(), range.length());
                OutputStream out = exchange.answer(status, headers)) {
            body.transferTo(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void sendParts(
            Exchange exchange, Map<String, String> headers, Content content, List<Range> ranges) {
        Whole whole = content.whole();
        String boundary = UUID.randomUUID().toString();
        List<byte[]> heads =
                ranges.stream()
                        .map(
                                range ->
                                        ("--"
                                                        + boundary
                                                        + "\r\nContent-Type: "
                                                        + content.contentType()
                                                        + "\r\nContent-Range: "
                                                        + contentRange(range, whole)
                                                        + "\r\n\r\n")
                                                .getBytes(StandardCharsets.UTF_8))
                        .toList();
        byte[] end = ("--" + boundary + "--").getBytes(StandardCharsets.UTF_8);
        long length = end.length;
        for (int i = 0; i < ranges.size(); i++) {
            length += heads.get(i).length + ranges.get(i).length() + 2;
        }
        headers.put("Content-Type", "multipart/byteranges;boundary=" + boundary);
        headers.put("Content-Length", Long.toString(length));
        try (OutputStream out = exchange.answer(206, headers)) {
            for (int i = 0; i < ranges.size(); i++) {
                Range range = ranges.get(i);
                out.write(heads.get(i));
                try (InputStream body = large.open(whole, range.from(), range.length())) {
                    body.transferTo(out);
                }
                out.write('\r');
                out.write('\n');
            }
            out.write(end);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
