package cloud.welkin.kernel.host;

import java.util.Optional;
import java.util.UUID;

/**
 * A volume as it shall be on the host that keeps it.
 *
 * @param present false when nothing of it shall be left
 * @param source what it is filled from when it is made
 */
public record DesiredVolume(
        UUID id, long generation, boolean present, long sizeGib, Optional<Source> source) {

    /** What a new volume is filled from. */
    public sealed interface Source {
        /**
         * @param content the SHA-512 of the image's data, its name in the store
         */
        record Image(String content, String format) implements Source {}

        record Volume(UUID id) implements Source {}

        record Snapshot(UUID id) implements Source {}
    }
}
