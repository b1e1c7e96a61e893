package cloud.welkin.object.domain;

import java.util.Optional;
import java.util.UUID;

/**
 * One state of an object among others, or a mark that it was deleted.
 *
 * @param isMarker whether it is such a mark; the object then says when and whose
 */
public record Version(StoredObject object, boolean isMarker, boolean isCurrent) {
    /** What S3 calls a state that was made while its bucket kept no versions. */
    public static final String NULL = "null";

    /** The same, current or not. */
    public Version current(boolean current) {
        return new Version(object, isMarker, current);
    }

    /** What clients call it. */
    public String id() {
        return object.versioned() ? object.id().toString() : NULL;
    }

    /**
     * The id that a client means.
     *
     * @return empty for {@link #NULL}
     * @throws IllegalArgumentException when it is none
     */
    public static Optional<UUID> id(String text) {
        return text.equals(NULL) ? Optional.empty() : Optional.of(UUID.fromString(text));
    }
}
