package cloud.welkin.identity.domain;

import com.macasaet.fernet.Key;
import com.macasaet.fernet.StringValidator;
import com.macasaet.fernet.Token;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.temporal.TemporalAmount;
import java.util.List;

/**
 * Texts that must be readable again, encrypted as they lie in the database: Fernet, the first key
 * encrypts, all of them decrypt, so that keys can be rotated.
 */
public final class Secrets {
    private static final StringValidator ANY_AGE =
            new StringValidator() {
                @Override
                public TemporalAmount getTimeToLive() {
                    return Duration.ofDays(365_000);
                }
            };

    private final List<Key> keys;
    private final SecureRandom random;

    /**
     * @param keys Fernet keys, the encrypting one first
     */
    public Secrets(List<String> keys, SecureRandom random) {
        this.keys = keys.stream().map(Key::new).toList();
        this.random = random;
    }

    public String encrypt(String plain) {
        return Token.generate(random, keys.getFirst(), plain).serialise();
    }

    public String decrypt(String hidden) {
        return Token.fromString(hidden).validateAndDecrypt(keys, ANY_AGE);
    }
}
