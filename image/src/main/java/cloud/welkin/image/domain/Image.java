package cloud.welkin.image.domain;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * An image.
 *
 * @param owner the project
 * @param minDisk GiB
 * @param minRam MiB
 * @param size bytes of data
 * @param virtualSize bytes of the disk that a guest sees
 * @param checksum MD5 of the data, hexadecimal
 * @param sha512 SHA-512 of the data, hexadecimal: its name in the store
 * @param properties the custom ones
 */
public record Image(
        UUID id,
        String owner,
        Optional<String> name,
        ImageStatus status,
        String visibility,
        Optional<String> diskFormat,
        Optional<String> containerFormat,
        int minDisk,
        int minRam,
        boolean guarded,
        boolean hidden,
        Optional<Long> size,
        Optional<Long> virtualSize,
        Optional<String> checksum,
        Optional<String> sha512,
        List<String> tags,
        Map<String, String> properties,
        Instant createdAt,
        Instant updatedAt) {

    public Image {
        tags = List.copyOf(tags);
    }

    /** The name, or the empty text. */
    public String nameOrEmpty() {
        return name.orElse("");
    }
}
