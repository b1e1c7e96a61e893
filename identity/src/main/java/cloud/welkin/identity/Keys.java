package cloud.welkin.identity;

import cloud.welkin.database.Database;
import cloud.welkin.database.Tx;
import cloud.welkin.identity.domain.TokenCodec;
import cloud.welkin.identity.domain.TokenKey;
import cloud.welkin.identity.store.CredentialStore;
import cloud.welkin.identity.store.Stores;
import cloud.welkin.identity.store.TokenStore;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * The keys that sign tokens and those that encrypt credentials, and their rotation. A key of tokens
 * is staged first: every replica verifies with it long before one of them signs with it. One that
 * has signed stays until nothing is good any more that it signed. Credentials are encrypted anew
 * with each new key, and the old one forgotten when nothing needs it.
 */
public final class Keys {
    private static final int AT_ONCE = 500;

    /** Replicas that have not heard of a rotation yet may sign with the old key so long. */
    private static final Duration SLACK = Duration.ofHours(1);

    private final Database database;
    private final Clock clock;
    private final SecureRandom random;
    private final TokenStore tokens;
    private final CredentialStore credentials;
    private final Changes changes;
    private final Audit audit;
    private final Duration useful;

    /**
     * @param useful how long after it was signed anything may be asked about a token
     */
    Keys(
            Database database,
            Clock clock,
            SecureRandom random,
            Stores stores,
            Changes changes,
            Audit audit,
            Duration useful) {
        this.database = database;
        this.clock = clock;
        this.random = random;
        this.tokens = stores.tokens();
        this.credentials = stores.credentials();
        this.changes = changes;
        this.audit = audit;
        this.useful = useful;
    }

    /** The keys of tokens, the one that signs first; no secrets. */
    public List<TokenKey> ofTokens() {
        return database.read(tokens::shown);
    }

    /** The staged key signs from now on, and another is staged. */
    public void rotateTokens() {
        database.change(
                tx -> {
                    rotateTokens(tx);
                    audit.operator(tx, "update", "token keys");
                });
    }

    private void rotateTokens(Tx tx) {
        Instant now = clock.instant();
        if (tokens.shown(tx).stream().noneMatch(key -> key.promoted().isEmpty())) {
            tokens.stage(tx, TokenCodec.newKey(random), now);
        }
        tokens.promote(tx, now);
        tokens.stage(tx, TokenCodec.newKey(random), now);
        changes.made(tx);
    }

    /**
     * Rotates when the key that signs has done so for that long (zero: never), stages one where
     * none is, and forgets those that are of no use any more.
     *
     * @return how many keys came or went
     */
    public int tend(Duration every) {
        Instant now = clock.instant();
        return database.write(
                tx -> {
                    int changed = tokens.dropKeys(tx, now.minus(useful).minus(SLACK));
                    List<TokenKey> keys = tokens.shown(tx);
                    boolean due =
                            !every.isZero()
                                    && keys.stream()
                                            .filter(key -> key.retired().isEmpty())
                                            .flatMap(key -> key.promoted().stream())
                                            .noneMatch(since -> now.isBefore(since.plus(every)));
                    if (due) {
                        rotateTokens(tx);
                        audit.program(tx, "update", "token keys");
                        return changed + 1;
                    }
                    if (keys.stream().noneMatch(key -> key.promoted().isEmpty())) {
                        tokens.stage(tx, TokenCodec.newKey(random), now);
                        changed++;
                    }
                    if (changed > 0) {
                        changes.made(tx);
                    }
                    return changed;
                });
    }

    /**
     * A new key for credentials, with which all of them are encrypted anew.
     *
     * @return how many
     */
    public int rotateCredentials() {
        database.change(
                tx -> {
                    credentials.addKey(tx);
                    audit.operator(tx, "update", "credential keys");
                });
        return reencrypt();
    }

    /** Encrypts with the newest key what is not, and forgets keys that nothing needs. */
    public int reencrypt() {
        int changed = 0;
        int some;
        do {
            some = database.write(tx -> credentials.reencrypt(tx, AT_ONCE));
            changed += some;
        } while (some > 0);
        return changed + database.write(credentials::dropUnusedKeys);
    }
}
