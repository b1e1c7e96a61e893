package cloud.welkin.identity.api;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Which media types a client takes, by its header Accept (RFC 9110, 12.5.1). */
record Accepted(List<Range> ranges) {
    /**
     * @param type {@code text/html}, {@code text/*} or {@code *}{@code /*}
     * @param quality 0 to 1
     */
    record Range(String type, double quality) {
        /** How exactly it names a type; 0 when it does not. */
        private int exactness(String wanted) {
            if (type.equals(wanted)) {
                return 3;
            }
            if (type.endsWith("/*") && wanted.startsWith(type.substring(0, type.length() - 1))) {
                return 2;
            }
            return type.equals("*/*") ? 1 : 0;
        }
    }

    /** What is not understood is passed over: it names nothing that there is. */
    static Accepted of(String header) {
        List<Range> ranges = new ArrayList<>();
        for (String part : header.toLowerCase(Locale.ROOT).split(",", -1)) {
            String[] words = part.split(";", -1);
            double quality = 1;
            for (int i = 1; i < words.length; i++) {
                String word = words[i].strip();
                if (word.matches("q=[01](\\.\\d{0,3})?")) {
                    quality = Double.parseDouble(word.substring(2));
                }
            }
            if (!words[0].isBlank()) {
                ranges.add(new Range(words[0].strip(), quality));
            }
        }
        return new Accepted(List.copyOf(ranges));
    }

    /** The best liked of what there is, the first of those liked alike. */
    Optional<String> best(List<String> there) {
        Optional<String> best = Optional.empty();
        double most = 0;
        for (String type : there) {
            double quality = quality(type);
            if (quality > most) {
                most = quality;
                best = Optional.of(type);
            }
        }
        return best;
    }

    /** That of the most exact range, and without any range everything is liked. */
    private double quality(String type) {
        if (ranges.isEmpty()) {
            return 1;
        }
        return ranges.stream()
                .filter(range -> range.exactness(type) > 0)
                .max(Comparator.comparingInt(range -> range.exactness(type)))
                .map(Range::quality)
                .orElse(0.0);
    }
}
