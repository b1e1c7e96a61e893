package cloud.welkin.server;

import cloud.welkin.object.engine.BodyKeys;
import cloud.welkin.object.engine.EncryptedEngine;
import cloud.welkin.object.engine.ObjectEngine;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * {@code secrets/object-keys} of the home: what bodies of objects are encrypted by, one a line, the
 * first of them for new bodies. Made when {@code object.encryption} is set for the first time. A
 * key must stay as long as a body needs it.
 */
final class ObjectKeysFile {
    private static final String NAME = "object-keys";
    private static final int LENGTH = 32;

    private ObjectKeysFile() {}

    /**
     * The engine with what is needed to read bodies that are encrypted, and to encrypt new ones.
     *
     * @param encrypts whether new bodies are encrypted
     * @throws Refused when the file holds no keys
     */
    static ObjectEngine around(ObjectEngine engine, Home home, boolean encrypts) {
        try {
            Optional<String> kept = home.secret(NAME);
            if (kept.isEmpty() && !encrypts) {
                // Bodies whose keys were lost may come back with them: no sweep shall take them.
                return new EncryptedEngine(engine, BodyKeys.none(), false);
            }
            if (kept.isEmpty()) {
                byte[] key = new byte[LENGTH];
                new SecureRandom().nextBytes(key);
                // On the disk before anything is encrypted by it.
                home.writeSecret(NAME, Base64.getUrlEncoder().encodeToString(key));
                kept = home.secret(NAME);
            }
            List<String> keys =
                    kept.orElseThrow()
                            .lines()
                            .map(String::strip)
                            .filter(line -> !line.isEmpty())
                            .toList();
            return new EncryptedEngine(engine, new BodyKeys(keys), encrypts);
        } catch (IllegalArgumentException e) {
            throw new Refused(
                    "secrets/"
                            + NAME
                            + " of the home must hold a key a line: 32 bytes in base64url");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
