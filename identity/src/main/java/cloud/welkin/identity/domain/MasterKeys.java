package cloud.welkin.identity.domain;

import java.security.SecureRandom;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Wraps the keys that the database keeps – those that sign tokens and those that encrypt secrets –
 * by one that it does not: whoever has a copy of the database can neither make tokens nor read
 * secrets. A wrapped key says which master key it is wrapped by, so that these can be changed: the
 * first wraps, all of them unwrap.
 */
public final class MasterKeys {
    private static final String WRAPPED = "wrapped:";
    private static final int LENGTH = 32;

    private final String first;
    private final Map<String, Secrets> byName = new LinkedHashMap<>();

    /**
     * @param keys Fernet keys, the wrapping one first
     * @throws IllegalArgumentException if there is none, or one of them is none
     */
    public MasterKeys(List<String> keys, SecureRandom random) {
        if (keys.isEmpty()) {
            throw new IllegalArgumentException("there is no master key");
        }
        for (String key : keys) {
            if (Base64.getUrlDecoder().decode(key).length != LENGTH) {
                throw new IllegalArgumentException("a master key has 32 bytes");
            }
        }
        this.first = name(keys.getFirst());
        keys.forEach(key -> byName.put(name(key), new Secrets(List.of(key), random)));
    }

    /** Whether a key is wrapped, by whichever master key. */
    public static boolean isWrapped(String kept) {
        return kept.startsWith(WRAPPED);
    }

    /** Whether a key is wrapped as it would be now. */
    public boolean isCurrent(String kept) {
        return kept.startsWith(WRAPPED + first + ":");
    }

    public String wrap(String key) {
        return WRAPPED + first + ":" + current().encrypt(key);
    }

    /**
     * The key itself; of before there were master keys it is as it is kept.
     *
     * @throws MasterKeyMissing when it is wrapped by none of these
     */
    public String unwrap(String kept) {
        if (!isWrapped(kept)) {
            return kept;
        }
        String[] parts = kept.split(":", 3);
        return Optional.ofNullable(byName.get(parts[1]))
                .orElseThrow(() -> new MasterKeyMissing(parts[1]))
                .decrypt(parts[2]);
    }

    private Secrets current() {
        return byName.values().iterator().next();
    }

    /** What a master key is called; nobody learns it from that. */
    private static String name(String key) {
        return Sha256.hex("master key " + key).substring(0, 12);
    }
}
