package cloud.welkin.image.api;

import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.failure.FailureKind;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A part of a file (RFC 9110, 14). Several ranges at once are not served in parts: such a request
 * gets the whole.
 *
 * @param from the first byte
 * @param length how many bytes
 */
record ByteRange(long from, long length) {
    private static final Pattern FORM = Pattern.compile("bytes=(\\d{0,18})-(\\d{0,18})");

    /**
     * @return empty when the whole is meant
     * @throws Failure 416 when nothing of the file lies in the range
     */
    static Optional<ByteRange> parse(Optional<String> header, long size) {
        if (header.isEmpty()) {
            return Optional.empty();
        }
        Matcher matcher = FORM.matcher(header.get().strip());
        if (!matcher.matches() || (matcher.group(1) + matcher.group(2)).isEmpty()) {
            return Optional.empty();
        }
        String first = matcher.group(1);
        String last = matcher.group(2);
        if (first.isEmpty()) {
            long suffix = Math.min(size, Long.parseLong(last));
            return suffix == 0 ? refuse(size) : Optional.of(new ByteRange(size - suffix, suffix));
        }
        long from = Long.parseLong(first);
        long to = last.isEmpty() ? size - 1 : Math.min(size - 1, Long.parseLong(last));
        if (from >= size || (!last.isEmpty() && Long.parseLong(last) < from)) {
            return refuse(size);
        }
        return Optional.of(new ByteRange(from, to - from + 1));
    }

    private static Optional<ByteRange> refuse(long size) {
        throw new Failure(
                FailureKind.RANGE_NOT_SATISFIABLE,
                "RequestedRangeNotSatisfiable",
                "The range lies outside of the image's " + size + " bytes.");
    }

    String contentRange(long size) {
        return "bytes " + from + "-" + (from + length - 1) + "/" + size;
    }
}
