package cloud.welkin.identity.store;

import java.util.List;

/** Some rows of a list, and whether there are more behind them. */
public record Page<T>(List<T> rows, boolean more) {
    /**
     * @param found one more than the limit, where there is more
     */
    public static <T> Page<T> of(List<T> found, int limit) {
        return new Page<>(
                found.size() > limit ? found.subList(0, limit) : found, found.size() > limit);
    }
}
