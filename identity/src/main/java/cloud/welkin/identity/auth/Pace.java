package cloud.welkin.identity.auth;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How often something may happen in a minute, for each of a bounded number of those it happens to.
 * Each replica counts for itself, in memory. Kept of each is one instant: when what has happened
 * will have run off, at the allowed pace (the generic cell rate algorithm).
 */
public final class Pace {
    static final Duration WINDOW = Duration.ofMinutes(1);
    static final Duration LONGEST = WINDOW.multipliedBy(2);
    private static final int MOST = 100_000;

    private final Clock clock;
    private final int limit;
    private final Cache<String, Instant> runOffs =
            Caffeine.newBuilder().maximumSize(MOST).expireAfterWrite(WINDOW).build();

    /**
     * @param limit in a minute; 0: any number
     */
    public Pace(Clock clock, int limit) {
        this.clock = clock;
        this.limit = limit;
    }

    /** For how long it has happened too often; empty when it may happen again. */
    public Optional<Duration> over(String key) {
        return limit == 0
                ? Optional.empty()
                : over(clock.instant(), runOffs.getIfPresent(key), WINDOW.dividedBy(limit));
    }

    /**
     * For how long it would be too much.
     *
     * @param runOff when what has happened will have run off
     * @param each how long one takes to
     */
    static Optional<Duration> over(Instant now, @Nullable Instant runOff, Duration each) {
        // Later than anything is ever put off to: the clock was set back since.
        if (runOff == null || runOff.isAfter(now.plus(LONGEST))) {
            return Optional.empty();
        }
        return Optional.of(Duration.between(now, runOff).minus(WINDOW).plus(each))
                .filter(Duration::isPositive);
    }

    public void count(String key) {
        if (limit == 0) {
            return;
        }
        Instant now = clock.instant();
        Duration each = WINDOW.dividedBy(limit);
        runOffs.asMap()
                .merge(
                        key,
                        now.plus(each),
                        (before, first) -> {
                            Instant after = (before.isAfter(now) ? before : now).plus(each);
                            Instant latest = now.plus(LONGEST);
                            return after.isAfter(latest) ? latest : after;
                        });
    }
}
