package cloud.welkin.compute.domain;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * A size of servers.
 *
 * @param rxtxFactor a number that older clients give and get back; it means nothing, as in Nova
 */
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
        double rxtxFactor,
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
            Map<String, String> extraSpecs) {
        /** The flavor as it was when a server was made with it; who may use it is not kept. */
        public Flavor of(String id) {
            return new Flavor(
                    id,
                    originalName,
                    Optional.empty(),
                    vcpus,
                    ram,
                    disk,
                    ephemeral,
                    swap,
                    true,
                    1,
                    extraSpecs,
                    Instant.EPOCH);
        }
    }

    public Embedded embedded() {
        return new Embedded(vcpus, ramMib, diskGib, ephemeralGib, swapMib, name, extraSpecs);
    }
}
