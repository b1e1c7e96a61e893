package cloud.welkin.compute.domain;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * A group of hosts that the operator made.
 *
 * @param number its id in the API, which never learned of UUIDs in paths
 * @param zone the availability zone that its hosts are in because of it
 * @param metadata without the zone
 * @param hosts in the order in which they came
 */
public record Aggregate(
        int number,
        UUID id,
        String name,
        Optional<String> zone,
        Map<String, String> metadata,
        List<String> hosts,
        Instant createdAt,
        Optional<Instant> updatedAt) {

    public Aggregate {
        metadata = Map.copyOf(metadata);
        hosts = List.copyOf(hosts);
    }
}
