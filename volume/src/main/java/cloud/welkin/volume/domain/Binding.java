package cloud.welkin.volume.domain;

import java.time.Instant;
import java.util.Collection;
import java.util.Optional;
import java.util.UUID;

/** What ties a volume to a server: Cinder's attachment. */
public record Binding(
        UUID id,
        UUID volume,
        String project,
        Optional<UUID> server,
        Status status,
        String mode,
        Optional<String> device,
        Optional<String> host,
        Instant createdAt,
        Optional<Instant> attachedAt) {

    /** How far it has come. */
    public enum Status {
        RESERVED,
        ATTACHING,
        ATTACHED,
        DETACHING;

        public String word() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }

        public static Status of(String word) {
            return valueOf(word.toUpperCase(java.util.Locale.ROOT));
        }
    }

    /** The state of a volume that has these: one that is attached anywhere is in use. */
    public static VolumeStatus statusOf(Collection<Status> bindings) {
        if (bindings.contains(Status.ATTACHED)) {
            return VolumeStatus.IN_USE;
        }
        if (bindings.contains(Status.DETACHING)) {
            return VolumeStatus.DETACHING;
        }
        if (bindings.contains(Status.ATTACHING)) {
            return VolumeStatus.ATTACHING;
        }
        return bindings.isEmpty() ? VolumeStatus.AVAILABLE : VolumeStatus.RESERVED;
    }
}
