package cloud.welkin.compute.domain;

import cloud.welkin.kernel.host.HostName;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Hosts that the operator names together: Nova's aggregate. */
public record Aggregate(
        int number,
        UUID id,
        String name,
        List<HostName> hosts,
        Map<String, String> metadata,
        Instant createdAt,
        Optional<Instant> updatedAt) {
    /** The item of the metadata that makes the aggregate a zone. */
    public static final String ZONE = "availability_zone";

    /** The zone of hosts that no aggregate puts into another. */
    public static final String USUAL_ZONE = "nova";

    public Optional<String> zone() {
        return Optional.ofNullable(metadata.get(ZONE));
    }
}
