package cloud.welkin.host.agent;

import cloud.welkin.kernel.host.Power;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * A guest as it was found on the host.
 *
 * @param activity what its domain does, if there is one
 * @param offByItself it is off because the guest halted or its process died
 * @param saved its memory is kept on disk for the next start
 * @param files whether there are files of it
 * @param marks what an agent wrote on the domain; empty where none did
 * @param root the file of its root disk in the definition, empty without one of its own
 * @param volumes those that it has now, with their devices in the guest
 * @param nics the ports that it has now
 */
record FoundGuest(
        Activity activity,
        boolean offByItself,
        boolean saved,
        boolean files,
        Optional<Marks> marks,
        Optional<String> root,
        Map<UUID, String> volumes,
        Set<UUID> nics) {

    /** What a domain does. */
    enum Activity {
        /** There is no domain. */
        ABSENT,
        OFF,
        RUNNING,
        PAUSED,
        /** Paused because a disk could not be written. */
        STUCK,
        /** The guest has halted, its process is about to end. */
        ENDING;

        boolean isActive() {
            return switch (this) {
                case ABSENT, OFF -> false;
                case RUNNING, PAUSED, STUCK, ENDING -> true;
            };
        }
    }

    static FoundGuest absent(boolean files) {
        return new FoundGuest(
                Activity.ABSENT,
                false,
                false,
                files,
                Optional.empty(),
                Optional.empty(),
                Map.of(),
                Set.of());
    }

    /** As it is reported. */
    Optional<Power> power() {
        return switch (activity) {
            case ABSENT -> Optional.empty();
            case OFF -> Optional.of(saved ? Power.SUSPENDED : Power.STOPPED);
            case RUNNING, ENDING -> Optional.of(Power.RUNNING);
            case PAUSED, STUCK -> Optional.of(Power.PAUSED);
        };
    }
}
