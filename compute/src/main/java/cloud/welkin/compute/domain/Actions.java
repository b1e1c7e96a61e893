package cloud.welkin.compute.domain;

import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.host.Power;
import java.util.Optional;
import java.util.UUID;

/** Whether a server takes an action, and what it then is and shall be. Pure. */
public final class Actions {
    private Actions() {}

    /** The state to show from now on, and the intent that the host works on. */
    public record Begun(ServerState state, Guest guest) {}

    /**
     * Begins an action whose whole effect is on the guest's power.
     *
     * @throws Failure 409 when the state does not allow it
     */
    public static Begun begin(UUID id, ServerState state, Guest guest, ServerAction action) {
        check(id, state, action);
        ServerState next = action.task().map(state::doing).orElse(state);
        return switch (action) {
            case START, UNPAUSE, RESUME -> new Begun(next, guest.wanting(Power.RUNNING));
            case STOP -> new Begun(next, guest.wanting(Power.STOPPED));
            case PAUSE -> new Begun(next, guest.wanting(Power.PAUSED));
            case SUSPEND -> new Begun(next, guest.wanting(Power.SUSPENDED));
            case REBOOT -> new Begun(next, guest.rebooted(false));
            case REBOOT_HARD -> new Begun(next, guest.rebooted(true));
            case CREATE_IMAGE -> new Begun(next, guest);
            case REBUILD, ATTACH_VOLUME, DETACH_VOLUME, ATTACH_INTERFACE, DETACH_INTERFACE ->
                    new Begun(next, guest.touched());
        };
    }

    /**
     * @throws Failure 409 when the state does not allow the action
     */
    public static void check(UUID id, ServerState state, ServerAction action) {
        if (!action.mayStartFrom(state.vm())) {
            throw Failure.conflict(
                            "Cannot '%s' instance %s while it is in vm_state %s",
                            action.word(), id, state.vm().text())
                    .as("InstanceInvalidState");
        }
        Optional<TaskState> doing = state.task();
        if (doing.isPresent() && !mayInterrupt(action, doing.get())) {
            throw Failure.conflict(
                            "Cannot '%s' instance %s while it is in task_state %s",
                            action.word(), id, doing.get().text())
                    .as("InstanceInvalidState");
        }
    }

    private static boolean mayInterrupt(ServerAction action, TaskState doing) {
        boolean ofPower =
                switch (doing) {
                    case POWERING_OFF,
                            POWERING_ON,
                            REBOOTING,
                            REBOOTING_HARD,
                            PAUSING,
                            UNPAUSING,
                            SUSPENDING,
                            RESUMING ->
                            true;
                    case BLOCK_DEVICE_MAPPING, SPAWNING, DELETING, REBUILDING, IMAGE_SNAPSHOT ->
                            false;
                };
        return switch (action) {
            case REBOOT_HARD -> ofPower;
            // Attaching is a change of its own beside whatever happens to the power.
            case ATTACH_VOLUME, DETACH_VOLUME, ATTACH_INTERFACE, DETACH_INTERFACE ->
                    ofPower || doing == TaskState.IMAGE_SNAPSHOT;
            case START, STOP, REBOOT, PAUSE, UNPAUSE, SUSPEND, RESUME, REBUILD, CREATE_IMAGE ->
                    false;
        };
    }
}
