package cloud.welkin.object.domain;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * What part of a listing is wanted. Names are ordered by their bytes in UTF-8, which is the order
 * of code points.
 *
 * @param limit most entries
 * @param marker only names behind it
 * @param endMarker only names before it
 * @param prefix only names that begin so
 * @param delimiter rolls up names that have it behind the prefix, empty for none
 * @param leavesOnly names that would be rolled up are left out (Swift's {@code path})
 */
public record ListingQuery(
        int limit,
        String marker,
        String endMarker,
        String prefix,
        String delimiter,
        boolean leavesOnly,
        boolean reverse) {
    private static final int SMALLEST_BATCH = 200;

    /** One line of a listing. */
    public sealed interface Line<T> {
        /** A thing of its own. */
        record Leaf<T>(T thing) implements Line<T> {}

        /** All names that begin so. */
        record Rollup<T>(String name) implements Line<T> {}
    }

    /**
     * What to fetch next, in the order that was asked for.
     *
     * @param from the least name, which itself is wanted; empty for the first
     * @param after names behind this one only; empty for all
     * @param before names before this one only; empty for all
     */
    public record Slice(
            String from, String after, Optional<String> before, boolean reverse, int limit) {}

    /** Fetches a slice, asked for in turns that skip what is rolled up. */
    public <T> List<Line<T>> walk(Function<Slice, List<T>> fetch, Function<T, String> nameOf) {
        List<Line<T>> lines = new ArrayList<>();
        if (limit == 0) {
            return lines;
        }
        Slice slice = first();
        while (true) {
            List<T> batch = fetch.apply(slice);
            Optional<String> rolled = Optional.empty();
            for (T thing : batch) {
                String name = nameOf.apply(thing);
                if (rolled.filter(name::startsWith).isPresent()) {
                    continue;
                }
                rolled = rollup(name);
                if (rolled.isEmpty()) {
                    lines.add(new Line.Leaf<>(thing));
                } else if (!leavesOnly && !rolled.get().equals(marker)) {
                    lines.add(new Line.Rollup<>(rolled.get()));
                }
                if (lines.size() == limit) {
                    return lines;
                }
            }
            if (batch.size() < slice.limit()) {
                return lines;
            }
            slice = next(slice, nameOf.apply(batch.getLast()), rolled, limit - lines.size());
        }
    }

    private Optional<String> rollup(String name) {
        if (delimiter.isEmpty()) {
            return Optional.empty();
        }
        int at = name.indexOf(delimiter, prefix.length());
        int end = at + delimiter.length();
        if (at < 0 || (leavesOnly && end == name.length())) {
            return Optional.empty();
        }
        return Optional.of(name.substring(0, end));
    }

    private Slice first() {
        Optional<String> end = prefix.isEmpty() ? Optional.empty() : behindAll(prefix);
        String lower = reverse ? endMarker : marker;
        String upper = reverse ? marker : endMarker;
        Optional<String> before =
                upper.isEmpty()
                        ? end
                        : Optional.of(end.filter(it -> compare(it, upper) < 0).orElse(upper));
        return new Slice(prefix, lower, before, reverse, batch(limit));
    }

    private Slice next(Slice slice, String last, Optional<String> rolled, int left) {
        if (reverse) {
            return new Slice(
                    slice.from(),
                    slice.after(),
                    Optional.of(rolled.orElse(last)),
                    true,
                    batch(left));
        }
        // Behind all that is rolled up there may be nothing at all: then nothing is below it.
        return rolled.map(ListingQuery::behindAll)
                .map(
                        behind ->
                                new Slice(
                                        behind.orElse(slice.from()),
                                        "",
                                        behind.isEmpty() ? Optional.of("") : slice.before(),
                                        false,
                                        batch(left)))
                .orElseGet(() -> new Slice(slice.from(), last, slice.before(), false, batch(left)));
    }

    private int batch(int left) {
        return delimiter.isEmpty() ? left : Math.max(left, SMALLEST_BATCH);
    }

    /** The least name that is greater than all that begin so; empty when there is none. */
    static Optional<String> behindAll(String beginning) {
        int[] points = beginning.codePoints().toArray();
        for (int last = points.length - 1; last >= 0; last--) {
            if (points[last] < Character.MAX_CODE_POINT) {
                int next = points[last] + 1;
                // Surrogates are no characters of their own.
                points[last] = next == Character.MIN_SURROGATE ? Character.MAX_SURROGATE + 1 : next;
                return Optional.of(new String(points, 0, last + 1));
            }
        }
        return Optional.empty();
    }

    /** By code points, which is how UTF-8's bytes are ordered. */
    static int compare(String one, String other) {
        return java.util.Arrays.compare(one.codePoints().toArray(), other.codePoints().toArray());
    }
}
