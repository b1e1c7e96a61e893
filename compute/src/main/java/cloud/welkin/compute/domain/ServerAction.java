package cloud.welkin.compute.domain;

import static cloud.welkin.compute.domain.VmState.ACTIVE;
import static cloud.welkin.compute.domain.VmState.ERROR;
import static cloud.welkin.compute.domain.VmState.PAUSED;
import static cloud.welkin.compute.domain.VmState.STOPPED;
import static cloud.welkin.compute.domain.VmState.SUSPENDED;

import java.util.Optional;

/**
 * What can be asked of a server that exists, from which states, and what is shown while it is being
 * done.
 */
public enum ServerAction {
    START("start", Optional.of(TaskState.POWERING_ON), STOPPED),
    STOP("stop", Optional.of(TaskState.POWERING_OFF), ACTIVE, ERROR),
    REBOOT("reboot", Optional.of(TaskState.REBOOTING), ACTIVE),
    /**
     * The way out of every state but building and deleting; it may be asked for while something
     * else is going on.
     */
    REBOOT_HARD(
            "reboot",
            Optional.of(TaskState.REBOOTING_HARD),
            ACTIVE,
            STOPPED,
            PAUSED,
            SUSPENDED,
            ERROR),
    PAUSE("pause", Optional.of(TaskState.PAUSING), ACTIVE),
    UNPAUSE("unpause", Optional.of(TaskState.UNPAUSING), PAUSED),
    SUSPEND("suspend", Optional.of(TaskState.SUSPENDING), ACTIVE),
    RESUME("resume", Optional.of(TaskState.RESUMING), SUSPENDED),
    REBUILD("rebuild", Optional.of(TaskState.REBUILDING), ACTIVE, STOPPED, ERROR),
    CREATE_IMAGE(
            "createImage",
            Optional.of(TaskState.IMAGE_SNAPSHOT),
            ACTIVE,
            STOPPED,
            PAUSED,
            SUSPENDED),
    ATTACH_VOLUME("attach_volume", Optional.empty(), ACTIVE, PAUSED, STOPPED, SUSPENDED),
    DETACH_VOLUME("detach_volume", Optional.empty(), ACTIVE, PAUSED, STOPPED, SUSPENDED),
    ATTACH_INTERFACE("attach_interface", Optional.empty(), ACTIVE, PAUSED, STOPPED),
    DETACH_INTERFACE("detach_interface", Optional.empty(), ACTIVE, PAUSED, STOPPED);

    private final String word;
    private final Optional<TaskState> task;

    /** A bit for each state: an enum's fields are immutable. */
    private final int from;

    ServerAction(String word, Optional<TaskState> task, VmState... from) {
        this.word = word;
        this.task = task;
        int bits = 0;
        for (VmState state : from) {
            bits |= bit(state);
        }
        this.from = bits;
    }

    /** As messages and instance actions name it. */
    public String word() {
        return word;
    }

    public Optional<TaskState> task() {
        return task;
    }

    public boolean mayStartFrom(VmState vm) {
        return (from & bit(vm)) != 0;
    }

    private static int bit(VmState state) {
        return switch (state) {
            case BUILDING -> 1;
            case ACTIVE -> 2;
            case PAUSED -> 4;
            case SUSPENDED -> 8;
            case STOPPED -> 16;
            case ERROR -> 32;
            case DELETED -> 64;
        };
    }
}
