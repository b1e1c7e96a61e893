package cloud.welkin.identity.domain;

import at.favre.lib.crypto.bcrypt.BCrypt;
import at.favre.lib.crypto.bcrypt.LongPasswordStrategies;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Hashes of passwords and secrets by bcrypt, whose 72 bytes long passwords are hashed down to.
 * Checking costs the same whether or not there is such a user, so that time tells nobody who
 * exists.
 *
 * <p>Clients and services sign in again and again with the same password, and bcrypt is slow on
 * purpose: a password that was right is recognised for {@link #REMEMBERED} by a MAC of it and its
 * hash under a key that only this process has and never stores. A wrong one always pays in full, so
 * guessing is as slow as ever; a changed password has another hash and is checked anew. At most all
 * processors but one work on bcrypt, so that a flood of sign-ins does not hold up the rest.
 */
public final class Passwords {
    private static final BCrypt.Version VERSION = BCrypt.Version.VERSION_2B;
    private static final Duration REMEMBERED = Duration.ofMinutes(5);
    private static final int MOST_REMEMBERED = 10_000;

    private final int cost;
    private final LongAdder rounds = new LongAdder();

    /** The highest cost that any hash has shown: as dear is a check of nobody's. */
    private final AtomicInteger dearest;

    private final SecretKeySpec key;
    private final Cache<ByteBuffer, Boolean> right =
            Caffeine.newBuilder().expireAfterWrite(REMEMBERED).maximumSize(MOST_REMEMBERED).build();
    private final Semaphore processors =
            new Semaphore(Math.max(1, Runtime.getRuntime().availableProcessors() - 1), true);

    /**
     * @param cost bcrypt's logarithmic cost, 4 to 31; Keystone's default is 12
     * @param random of the key that this process recognises right passwords by
     */
    public Passwords(int cost, SecureRandom random) {
        this.cost = cost;
        this.dearest = new AtomicInteger(cost);
        byte[] bytes = new byte[32];
        random.nextBytes(bytes);
        this.key = new SecretKeySpec(bytes, "HmacSHA256");
    }

    /** A salt and a digest that no password has; checking against it costs what a check costs. */
    private static String nobody(int cost) {
        return "$2b$%02d$%s"
                .formatted(
                        cost, "nobodyhasthispasswordd".concat("ornoneatallthatweknowofever1234"));
    }

    /** How many rounds of bcrypt it has gone: equal work can be counted, and time cannot. */
    public long rounds() {
        return rounds.sum();
    }

    public String hash(String password) {
        rounds.add(1L << cost);
        processors.acquireUninterruptibly();
        try {
            return BCrypt.with(VERSION, LongPasswordStrategies.hashSha512(VERSION))
                    .hashToString(cost, password.toCharArray());
        } finally {
            processors.release();
        }
    }

    /**
     * Whether the password is the one of the hash; false, after the same time, when there is no
     * hash.
     */
    public boolean matches(String password, Optional<String> hash) {
        int most = dearest.accumulateAndGet(hash.map(this::costOf).orElse(cost), Math::max);
        String against = hash.orElseGet(() -> nobody(most));
        ByteBuffer mark = mark(against, password);
        if (right.getIfPresent(mark) != null) {
            return true;
        }
        boolean same = verify(password, against) && hash.isPresent();
        if (same) {
            right.put(mark, true);
        } else {
            // A hash of before the cost was raised would tell by its speed that its user exists:
            // twice its rounds, and so on, are together those of the cost. The same for nobody's
            // after the cost was lowered.
            for (int each = costOf(against); each < most; each++) {
                verify(password, nobody(each));
            }
        }
        return same;
    }

    /** Whether a hash was made at another cost than new ones are. */
    public boolean isOutdated(String hash) {
        return costOf(hash) != cost;
    }

    private int costOf(String hash) {
        String[] parts = hash.split("\\$", 4);
        return parts.length == 4 ? Integer.parseInt(parts[2]) : cost;
    }

    private boolean verify(String password, String hash) {
        rounds.add(1L << costOf(hash));
        processors.acquireUninterruptibly();
        try {
            return BCrypt.verifyer(VERSION, LongPasswordStrategies.hashSha512(VERSION))
                    .verify(
                            password.getBytes(StandardCharsets.UTF_8),
                            hash.getBytes(StandardCharsets.UTF_8))
                    .verified;
        } finally {
            processors.release();
        }
    }

    /** bcrypt's text never has a zero byte, so hash and password cannot run into one another. */
    private ByteBuffer mark(String hash, String password) {
        try {
            Mac mac = Mac.getInstance(key.getAlgorithm());
            mac.init(key);
            mac.update(hash.getBytes(StandardCharsets.UTF_8));
            mac.update((byte) 0);
            return ByteBuffer.wrap(mac.doFinal(password.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
