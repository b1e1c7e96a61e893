package cloud.welkin.compute;

import cloud.welkin.compute.store.ConsoleTokenStore;
import cloud.welkin.database.Database;
import cloud.welkin.database.Tx;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import java.util.UUID;

/** Tokens in console URLs: who has one may see the screen until it expires or the server goes. */
public final class ConsoleTokens {
    private final Database database;
    private final ConsoleTokenStore store;
    private final SecureRandom random;
    private final Clock clock;
    private final Duration lifetime;

    ConsoleTokens(
            Database database,
            ConsoleTokenStore store,
            SecureRandom random,
            Clock clock,
            Duration lifetime) {
        this.database = database;
        this.store = store;
        this.random = random;
        this.clock = clock;
        this.lifetime = lifetime;
    }

    /** A new token for a server's console. */
    public String issue(Tx tx, UUID server, String type) {
        byte[] secret = new byte[24];
        random.nextBytes(secret);
        String token = Base64.getUrlEncoder().withoutPadding().encodeToString(secret);
        store.insert(tx, hash(token), server, type, clock.instant().plus(lifetime));
        return token;
    }

    /** The server whose console the token opens; empty when it is unknown or expired. */
    public Optional<UUID> redeem(String token) {
        return database.read(tx -> store.serverOf(tx, hash(token), clock.instant()));
    }

    private static String hash(String token) {
        try {
            return HexFormat.of()
                    .formatHex(
                            MessageDigest.getInstance("SHA-256")
                                    .digest(token.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
