package cloud.welkin.kernel.settings;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/**
 * What was probably meant: the known name with the fewest edits, if it is close enough to be worth
 * saying.
 */
final class NearestName {

    private NearestName() {}

    static Optional<String> of(String name, Collection<String> known) {
        int limit = Math.max(2, name.length() / 3);
        return known.stream()
                .min(
                        Comparator.<String>comparingInt(k -> edits(name, k))
                                .thenComparing(Comparator.naturalOrder()))
                .filter(nearest -> edits(name, nearest) <= limit);
    }

    private static int edits(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int substituted = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(substituted, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.length()];
    }
}
