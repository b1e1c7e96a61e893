package cloud.welkin.identity.domain;

import at.favre.lib.crypto.bcrypt.BCrypt;
import at.favre.lib.crypto.bcrypt.LongPasswordStrategies;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Hashes of passwords and secrets by bcrypt, whose 72 bytes long passwords are hashed down to.
 * Checking costs the same whether or not there is such a user, so that time tells nobody who
 * exists.
 */
public final class Passwords {
    private static final BCrypt.Version VERSION = BCrypt.Version.VERSION_2B;

    private final int cost;
    private final String nobody;

    /**
     * @param cost bcrypt's logarithmic cost, 4 to 31; Keystone's default is 12
     */
    public Passwords(int cost) {
        this.cost = cost;
        // A salt and a digest that no password has; checking against it costs what every check
        // costs.
        this.nobody =
                "$2b$%02d$%s"
                        .formatted(
                                cost,
                                "nobodyhasthispasswordd".concat("ornoneatallthatweknowofever1234"));
    }

    public String hash(String password) {
        return BCrypt.with(VERSION, LongPasswordStrategies.hashSha512(VERSION))
                .hashToString(cost, password.toCharArray());
    }

    /**
     * Whether the password is the one of the hash; false, after the same time, when there is no
     * hash.
     */
    public boolean matches(String password, Optional<String> hash) {
        boolean same =
                BCrypt.verifyer(VERSION, LongPasswordStrategies.hashSha512(VERSION))
                        .verify(
                                password.getBytes(StandardCharsets.UTF_8),
                                hash.orElse(nobody).getBytes(StandardCharsets.UTF_8))
                        .verified;
        return same && hash.isPresent();
    }
}
