package cloud.welkin.kernel.host;

import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * The controllers' side of a host: where the host agent gets what it shall be and brings what it
 * found. The agent pulls all at its start and from time to time (and removes what is not in there),
 * else only what is pending: whose newest generation it has not reported yet. Nothing is lost when
 * a poke is.
 */
public interface HostDesk {
    /** Makes the host known or says that it is alive, with its present facts. */
    void register(HostFacts facts);

    /** All guests that shall be on the host, those that shall go included. */
    List<DesiredGuest> guests(HostName host);

    /** The guests whose newest generation has not been reported as converged or given up. */
    List<DesiredGuest> pendingGuests(HostName host);

    void report(HostName host, ObservedGuest guest);

    List<DesiredVolume> volumes(HostName host);

    List<DesiredVolume> pendingVolumes(HostName host);

    void report(HostName host, ObservedVolume volume);

    /** Many reports at once, which cost little more than one. */
    default void reportVolumes(HostName host, List<ObservedVolume> volumes) {
        volumes.forEach(volume -> report(host, volume));
    }

    /** The volumes whose data the host found on its disks when it compared all of them. */
    void foundVolumes(HostName host, Set<UUID> volumes);

    /** Work that is done once: taking an image of a running guest's disk and the like. */
    List<HostTask> tasks(HostName host);

    void report(HostName host, HostTask.Done done);

    /** Calls back soon after something became pending for the host; may call in vain. */
    AutoCloseable onPending(HostName host, Runnable look);
}
