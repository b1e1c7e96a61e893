package cloud.welkin.kernel.id;

import java.util.Optional;
import java.util.UUID;

/**
 * The two spellings of ids in OpenStack: Keystone's 32 hexadecimal digits and everybody else's UUID
 * with dashes.
 */
public final class Ids {
    private Ids() {}

    /** A new random id in Keystone's spelling. */
    public static String hex() {
        return hex(UUID.randomUUID());
    }

    /** A UUID in Keystone's spelling. */
    public static String hex(UUID id) {
        return id.toString().replace("-", "");
    }

    /**
     * The UUID that the text spells, with or without dashes; empty for anything else. Never throws.
     */
    public static Optional<UUID> uuid(String text) {
        if (text.length() == 32) {
            return dashed(text);
        }
        if (text.length() != 36) {
            return Optional.empty();
        }
        try {
            return Optional.of(UUID.fromString(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static Optional<UUID> dashed(String hex) {
        try {
            return Optional.of(
                    new UUID(
                            Long.parseUnsignedLong(hex, 0, 16, 16),
                            Long.parseUnsignedLong(hex, 16, 32, 16)));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }
}
