package cloud.welkin.kernel.host;

import java.util.Optional;
import java.util.UUID;

/**
 * Work on a host that has an end and a result. It may be begun more than once, and its end is
 * reported once.
 */
public sealed interface HostTask {
    UUID id();

    /**
     * Copies a guest's root disk as it is at one instant into a file of its own.
     *
     * @param target the file to make, in the image store's folder for incoming data
     * @param format qcow2 or raw
     */
    record Snapshot(UUID id, UUID guest, String target, String format) implements HostTask {}

    /** How a task ended. */
    record Done(UUID id, Optional<ObservedGuest.Fault> fault) {}
}
