package cloud.welkin.compute.domain;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** A size of servers. */
public record Flavor(
        String id,
        String name,
        Optional<String> description,
        int vcpus,
        int ramMib,
        int diskGib,
        int ephemeralGib,
        int swapMib,
        boolean isPublic,
        Map<String, String> extraSpecs,
        Instant createdAt) {

    /** The part that a server keeps of the flavor that it was made with, under Nova's names. */
    public record Embedded(
            int vcpus,
            int ram,
            int disk,
            int ephemeral,
            int swap,
            String originalName,
            Map<String, String> extraSpecs) {}

    public Embedded embedded() {
        return new Embedded(vcpus, ramMib, diskGib, ephemeralGib, swapMib, name, extraSpecs);
    }
}
