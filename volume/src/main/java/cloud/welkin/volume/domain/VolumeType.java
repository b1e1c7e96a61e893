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

    public boolean multiattach() {
        return extraSpecs.getOrDefault("multiattach", "").equalsIgnoreCase("<is> true");
    }
}
