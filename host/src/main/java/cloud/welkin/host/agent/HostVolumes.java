package cloud.welkin.host.agent;

import cloud.welkin.kernel.host.DesiredVolume;
import cloud.welkin.kernel.host.ObservedVolume;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/** What keeps a host's volumes. */
public interface HostVolumes {

    /** Makes a volume what it shall be; idempotent; never two calls at a time for one volume. */
    ObservedVolume converge(DesiredVolume wanted);

    /** Those that there are. */
    List<UUID> present();

    /**
     * Removes all but these.
     *
     * @return those that were removed
     */
    List<UUID> removeOthers(Set<UUID> wanted);
}
