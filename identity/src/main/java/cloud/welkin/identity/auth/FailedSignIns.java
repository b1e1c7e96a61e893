package cloud.welkin.identity.auth;

import static cloud.welkin.identity.auth.Pace.LONGEST;
import static cloud.welkin.identity.auth.Pace.WINDOW;

import cloud.welkin.database.Database;
import cloud.welkin.identity.domain.Sha256;
import cloud.welkin.identity.store.SignInFailureStore;
import cloud.welkin.kernel.failure.Failure;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Holds back those who fail to sign in again and again: so many failures of a user from one
 * address, and so many from an address, in a minute; then 429 until one more has run off. A user is
 * never held back by what others fail from elsewhere: locking accounts is for {@link
 * PasswordCheck}, where it is wanted. Users that do not exist are counted by the name that was
 * tried, so that the answer tells nobody who exists.
 *
 * <p>Kept of each is one instant: when what has failed will have run off, at the allowed pace (the
 * generic cell rate algorithm). It is in the database, for all replicas; a failure writes it, and
 * tells the others whom it holds back from now on. Whoever tries is looked up in memory only.
 */
public final class FailedSignIns implements AutoCloseable {
    private static final String CHANNEL = "identity_failures";
    private static final int MOST = 100_000;

    /**
     * @param perUser failures of one user from one address in a minute; 0: any number
     * @param perAddress failures from one address in a minute; 0: any number
     */
    public record Limits(int perUser, int perAddress) {}

    private final Database database;
    private final Clock clock;
    private final Limits limits;
    private final SignInFailureStore store;
    private final Cache<String, Instant> runOffs =
            Caffeine.newBuilder().maximumSize(MOST).expireAfterWrite(LONGEST).build();
    private final AutoCloseable listening;

    public FailedSignIns(Database database, Clock clock, Limits limits, SignInFailureStore store) {
        this.database = database;
        this.clock = clock;
        this.limits = limits;
        this.store = store;
        this.listening = database.listen(CHANNEL, this::hear);
        load();
    }

    /**
     * Asked before a password is looked at, and again after: those who guess at once in parallel
     * gain nothing.
     *
     * @throws Failure 429 when the user has failed too often from the address, or the address has
     */
    public void require(String user, String address) {
        String network = PeerNetwork.of(address);
        require(ofUser(user, network), limits.perUser());
        require(ofAddress(network), limits.perAddress());
    }

    public void failed(String user, String address) {
        SortedMap<String, Duration> each = new TreeMap<>();
        String network = PeerNetwork.of(address);
        if (limits.perUser() > 0) {
            each.put(ofUser(user, network), WINDOW.dividedBy(limits.perUser()));
        }
        if (limits.perAddress() > 0) {
            each.put(ofAddress(network), WINDOW.dividedBy(limits.perAddress()));
        }
        if (each.isEmpty()) {
            return;
        }
        Instant now = clock.instant();
        Map<String, Instant> after =
                database.write(
                        tx -> {
                            Map<String, Instant> counted =
                                    store.count(tx, each, now, now.plus(LONGEST));
                            counted.forEach(
                                    (key, runOff) -> {
                                        Duration one = each.getOrDefault(key, Duration.ZERO);
                                        if (Pace.over(now, runOff, one).isPresent()) {
                                            tx.notify(CHANNEL, key + " " + runOff);
                                        }
                                    });
                            return counted;
                        });
        after.forEach(this::remember);
    }

    /** What is known of a key already may be newer than what comes late. */
    private void remember(String key, Instant runOff) {
        Instant latest = clock.instant().plus(LONGEST);
        runOffs.asMap()
                .merge(
                        key,
                        runOff,
                        (known, other) ->
                                known.isAfter(other) && !known.isAfter(latest) ? known : other);
    }

    private void require(String key, int limit) {
        if (limit == 0) {
            return;
        }
        Pace.over(clock.instant(), runOffs.getIfPresent(key), WINDOW.dividedBy(limit))
                .ifPresent(
                        over -> {
                            throw Failure.tooMany(
                                            over.plusSeconds(1),
                                            "Too many failed attempts to sign in; try again later.")
                                    .because("too many failures from this address");
                        });
    }

    /** Another replica holds somebody back; or some of what others said was missed. */
    private void hear(String payload) {
        int space = payload.indexOf(' ');
        if (space < 0) {
            load();
        } else {
            remember(payload.substring(0, space), Instant.parse(payload.substring(space + 1)));
        }
    }

    private void load() {
        database.read(tx -> store.after(tx, clock.instant())).forEach(this::remember);
    }

    private static String ofUser(String user, String network) {
        return hash("u", user, network);
    }

    private static String ofAddress(String network) {
        return hash("a", network);
    }

    /** Names may be long, and what nobody needs to read is not kept. */
    private static String hash(String... parts) {
        return Sha256.base64Url(String.join("\0", parts) + "\0");
    }

    @Override
    public void close() {
        try {
            listening.close();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
