package cloud.welkin.volume.domain;

import cloud.welkin.kernel.host.ObservedVolume;

/** What a host's report makes of a volume. Pure: the store writes what comes out. */
public sealed interface VolumeReport {
    /** Nothing new: a report about an older intent, or one that is still being tried. */
    record Nothing() implements VolumeReport {}

    /** It is there as wanted, from now on at this path and of the wanted size. */
    record Ready(String path) implements VolumeReport {}

    /** It could not be made or changed as wanted; it stays as it is. */
    record Failed(VolumeStatus into, String why) implements VolumeReport {}

    /**
     * Its data is missing while a server has it: it stays the server's, and the doctor tells of it.
     */
    record Lost(String why) implements VolumeReport {}

    /** Nothing of it is left on the host. */
    record Gone() implements VolumeReport {}

    static VolumeReport decide(Volume volume, ObservedVolume seen) {
        if (seen.generation() < volume.generation()) {
            return new Nothing();
        }
        if (seen.fault().isPresent()) {
            var fault = seen.fault().get();
            if (fault.retries()) {
                return new Nothing();
            }
            return switch (volume.status()) {
                case CREATING -> new Failed(VolumeStatus.ERROR, fault.message());
                case EXTENDING -> new Failed(VolumeStatus.ERROR_EXTENDING, fault.message());
                case DELETING -> new Failed(VolumeStatus.ERROR_DELETING, fault.message());
                // Its data is lost.
                case AVAILABLE, AWAITING_TRANSFER ->
                        new Failed(VolumeStatus.ERROR, fault.message());
                case RESERVED, ATTACHING, IN_USE, DETACHING ->
                        volume.fault().equals(fault.message())
                                ? new Nothing()
                                : new Lost(fault.message());
                case ERROR, ERROR_EXTENDING, ERROR_DELETING -> new Nothing();
            };
        }
        return switch (volume.status()) {
            case DELETING -> seen.path().isEmpty() ? new Gone() : new Nothing();
            case CREATING,
                    AVAILABLE,
                    RESERVED,
                    ATTACHING,
                    IN_USE,
                    DETACHING,
                    EXTENDING,
                    AWAITING_TRANSFER,
                    ERROR,
                    ERROR_EXTENDING,
                    ERROR_DELETING ->
                    seen.path().<VolumeReport>map(Ready::new).orElseGet(Nothing::new);
        };
    }

    /** The state after a good report. */
    static VolumeStatus settled(VolumeStatus before) {
        return switch (before) {
            case CREATING, EXTENDING -> VolumeStatus.AVAILABLE;
            case AVAILABLE,
                    RESERVED,
                    ATTACHING,
                    IN_USE,
                    DETACHING,
                    AWAITING_TRANSFER,
                    DELETING,
                    ERROR,
                    ERROR_EXTENDING,
                    ERROR_DELETING ->
                    before;
        };
    }
}
