package cloud.welkin.identity.auth;

import cloud.welkin.kernel.failure.Failure;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/**
 * Holds back those who fail to sign in again and again: so many failures of a user, and so many
 * from an address, in a minute; then 429 until one more has run off. Users that do not exist are
 * counted by the name that was tried, so that the answer tells nobody who exists. Each replica
 * counts for itself, in memory, for a bounded number of users and addresses.
 *
 * <p>Kept of each is one instant: when what has failed will have run off, at the allowed pace (the
 * generic cell rate algorithm).
 */
public final class FailedSignIns {
    private static final Duration WINDOW = Duration.ofMinutes(1);
    private static final Duration LONGEST = WINDOW.multipliedBy(2);
    private static final int MOST = 100_000;

    /**
     * @param perUser failures of one user in a minute; 0: any number
     * @param perAddress failures from one address in a minute; 0: any number
     */
    public record Limits(int perUser, int perAddress) {}

    private final Clock clock;
    private final Limits limits;
    private final Cache<String, Instant> users = few();
    private final Cache<String, Instant> addresses = few();

    public FailedSignIns(Clock clock, Limits limits) {
        this.clock = clock;
        this.limits = limits;
    }

    private static Cache<String, Instant> few() {
        return Caffeine.newBuilder().maximumSize(MOST).expireAfterWrite(WINDOW).build();
    }

    /**
     * Asked before a password is looked at, and again after: those who guess at once in parallel
     * gain nothing.
     *
     * @throws Failure 429 when the user or the address has failed too often
     */
    public void require(String user, String address) {
        require(users, user, limits.perUser());
        require(addresses, address, limits.perAddress());
    }

    public void failed(String user, String address) {
        count(users, user, limits.perUser());
        count(addresses, address, limits.perAddress());
    }

    private void require(Cache<String, Instant> cache, String key, int limit) {
        Instant runOff = cache.getIfPresent(key);
        // Later than anything is ever put off to: the clock was set back since.
        if (limit == 0 || runOff == null || runOff.isAfter(clock.instant().plus(LONGEST))) {
            return;
        }
        Duration over =
                Duration.between(clock.instant(), runOff)
                        .minus(WINDOW)
                        .plus(WINDOW.dividedBy(limit));
        if (over.isPositive()) {
            throw Failure.tooMany(
                    over.plusSeconds(1), "Too many failed attempts to sign in; try again later.");
        }
    }

    private void count(Cache<String, Instant> cache, String key, int limit) {
        if (limit == 0) {
            return;
        }
        Instant now = clock.instant();
        Duration each = WINDOW.dividedBy(limit);
        cache.asMap()
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
