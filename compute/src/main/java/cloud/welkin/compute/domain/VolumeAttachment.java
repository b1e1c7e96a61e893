package cloud.welkin.compute.domain;

import java.util.Optional;
import java.util.UUID;

/**
 * A volume as a server has it.
 *
 * @param reservation the volume service's attachment; absent while the volume is being made for the
 *     server
 * @param device e.g. {@code /dev/vdb}
 * @param path where the guest's host finds it; absent while the volume is being made
 * @param wanted whether the guest shall have it; false while it is being detached
 * @param plugged whether the guest has it, as its host last said
 */
public record VolumeAttachment(
        UUID id,
        UUID server,
        UUID volume,
        Optional<UUID> reservation,
        String device,
        Optional<Integer> bootIndex,
        Optional<String> tag,
        boolean deleteOnTermination,
        Optional<String> path,
        long sizeGib,
        boolean wanted,
        boolean plugged) {
    public Observation.Pluggable pluggable() {
        return new Observation.Pluggable(volume, true, wanted, plugged);
    }

    /** Whether the guest boots from it. */
    public boolean isRoot() {
        return bootIndex.isPresent() && bootIndex.get() == 0;
    }

    /** Detached by its user: from now on it lives longer than the server. */
    public VolumeAttachment detached() {
        return new VolumeAttachment(
                id,
                server,
                volume,
                reservation,
                device,
                bootIndex,
                tag,
                false,
                path,
                sizeGib,
                wanted,
                plugged);
    }
}
