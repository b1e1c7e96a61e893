package cloud.welkin.volume.domain;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * A volume offered to whoever has the key.
 *
 * @param project whose volume it is until then
 * @param keyHash SHA-256 of the key, which is shown once
 * @param noSnapshots whether the volume's snapshots stay behind: it must have none then
 */
public record Transfer(
        UUID id,
        UUID volume,
        String project,
        Optional<String> name,
        String keyHash,
        boolean noSnapshots,
        Instant createdAt) {
    @Override
    public String toString() {
        return "Transfer[" + id + "]";
    }
}
