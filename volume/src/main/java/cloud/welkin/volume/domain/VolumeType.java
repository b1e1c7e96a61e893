package cloud.welkin.volume.domain;

import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * A kind of volume. {@code multiattach: "<is> True"} among the extra specs lets several servers
 * share a volume.
 */
public record VolumeType(
        UUID id,
        String name,
        Optional<String> description,
        boolean open,
        Map<String, String> extraSpecs) {
    public static final String DEFAULT = "__DEFAULT__";

    /** What the local backend says of itself: {@code /capabilities} and {@code get_pools}. */
    public static final Map<String, String> OFFERED =
            Map.of(
                    "volume_backend_name", "local",
                    "storage_protocol", "file",
                    "vendor_name", "Welkin");

    /**
     * Whether there is a backend that has what the extra specs ask of it. Those without a scope (or
     * with {@code capabilities:}) compare, the others are not for placing.
     */
    public boolean isOffered() {
        return extraSpecs.entrySet().stream()
                .allMatch(
                        spec -> {
                            String key =
                                    spec.getKey().startsWith("capabilities:")
                                            ? spec.getKey().substring("capabilities:".length())
                                            : spec.getKey();
                            String has = OFFERED.get(key);
                            return has == null || has.equals(spec.getValue());
                        });
    }

    public boolean multiattach() {
        return extraSpecs.getOrDefault("multiattach", "").equalsIgnoreCase("<is> true");
    }
}
