package cloud.welkin.object.domain;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Ranges of a body that a client asks for: RFC 9110, 14.2. */
public final class ByteRanges {
    private static final int MOST = 50;
    private static final Pattern ONE = Pattern.compile("\\s*(\\d{0,18})\\s*-\\s*(\\d{0,18})\\s*");

    /** Bytes from an offset. */
    public record Range(long from, long length) {
        public long last() {
            return from + length - 1;
        }
    }

    private ByteRanges() {}

    /**
     * The ranges of a header over a body of so many bytes.
     *
     * @return empty when the header is to be passed over (not of bytes, not well formed, too many);
     *     a list without ranges when none of them can be satisfied (416)
     */
    public static Optional<List<Range>> parse(String header, long length) {
        if (!header.strip().startsWith("bytes=")) {
            return Optional.empty();
        }
        String[] parts = header.strip().substring("bytes=".length()).split(",", -1);
        if (parts.length > MOST) {
            return Optional.empty();
        }
        List<Range> ranges = new ArrayList<>();
        for (String part : parts) {
            Matcher matcher = ONE.matcher(part);
            if (!matcher.matches() || (matcher.group(1).isEmpty() && matcher.group(2).isEmpty())) {
                return Optional.empty();
            }
            if (matcher.group(1).isEmpty()) {
                long suffix = Math.min(length, Long.parseLong(matcher.group(2)));
                if (suffix > 0) {
                    ranges.add(new Range(length - suffix, suffix));
                }
                continue;
            }
            long from = Long.parseLong(matcher.group(1));
            long last = matcher.group(2).isEmpty() ? length - 1 : Long.parseLong(matcher.group(2));
            if (!matcher.group(2).isEmpty() && last < from) {
                return Optional.empty();
            }
            if (from < length) {
                ranges.add(new Range(from, Math.min(last, length - 1) - from + 1));
            }
        }
        return Optional.of(List.copyOf(ranges));
    }
}
