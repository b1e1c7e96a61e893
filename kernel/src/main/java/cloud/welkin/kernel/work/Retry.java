package cloud.welkin.kernel.work;

import java.time.Duration;

/**
 * How something is tried again: {@code first}, then twice as long each time up to {@code longest},
 * at most {@code attempts} times in all.
 */
public record Retry(Duration first, Duration longest, int attempts) {

    /** Steps that met a transient failure: about half a minute in all. */
    public static final Retry OF_STEPS =
            new Retry(Duration.ofMillis(100), Duration.ofSeconds(10), 9);

    /** Undos and the recording of an end: never given up. */
    public static final Retry FOR_EVER =
            new Retry(Duration.ofMillis(200), Duration.ofMinutes(1), Integer.MAX_VALUE);

    public Retry {
        if (!first.isPositive() || longest.compareTo(first) < 0 || attempts < 1) {
            throw new IllegalArgumentException(
                    "No sensible retry: " + first + " to " + longest + ", " + attempts + " times");
        }
    }

    /** The pause after the attempt of the given number, counted from 1. */
    public Duration pauseAfter(int attempt) {
        int doublings = Math.min(Math.max(attempt - 1, 0), 20);
        Duration pause = first.multipliedBy(1L << doublings);
        return pause.compareTo(longest) < 0 ? pause : longest;
    }

    boolean mayFollow(int attempt) {
        return attempt < attempts;
    }
}
