package cloud.welkin.server;

import cloud.welkin.database.Database;
import cloud.welkin.identity.IdentityService;
import cloud.welkin.identity.domain.MasterKeys;
import cloud.welkin.identity.domain.TokenCodec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;

/**
 * {@code secrets/master-key} of the home: what the database's keys are wrapped by, one a line, the
 * first of them wraps. Made where neither the home nor the database has one; every other program on
 * the same database must be given it.
 */
final class MasterKeyFile {
    private static final String NAME = "master-key";

    private MasterKeyFile() {}

    /**
     * @throws Refused when the database's keys are wrapped and this home has no master key, or the
     *     file holds none
     */
    static MasterKeys of(Home home, Database database) {
        SecureRandom random = new SecureRandom();
        try {
            Optional<String> kept = home.secret(NAME);
            if (kept.isEmpty()) {
                if (IdentityService.hasWrappedKeys(database)) {
                    throw missing("there is none");
                }
                // On the disk before anything is wrapped by it.
                home.writeSecret(NAME, TokenCodec.newKey(random));
                kept = home.secret(NAME);
            }
            List<String> keys =
                    kept.orElseThrow()
                            .lines()
                            .map(String::strip)
                            .filter(line -> !line.isEmpty())
                            .toList();
            return new MasterKeys(keys, random);
        } catch (IllegalArgumentException e) {
            throw new Refused(
                    "secrets/"
                            + NAME
                            + " of the home must hold a master key a line: 32 bytes in"
                            + " base64url");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Refused missing(String found) {
        return new Refused(
                "the database's keys need the master key that wraps them, and in this home "
                        + found
                        + ": copy secrets/"
                        + NAME
                        + " from the home of another replica or from its backup");
    }
}
