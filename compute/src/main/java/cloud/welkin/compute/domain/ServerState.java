package cloud.welkin.compute.domain;

import cloud.welkin.kernel.host.Power;
import java.util.Optional;

/** The three states of a server that Nova shows, and the one word that it makes of them. */
public record ServerState(VmState vm, Optional<TaskState> task, int powerState) {
    public static final int NO_STATE = 0;
    public static final int RUNNING = 1;
    public static final int PAUSED = 3;
    public static final int SHUTDOWN = 4;
    public static final int SUSPENDED = 7;

    /** Nova's number of a power state. */
    public static int number(Power power) {
        return switch (power) {
            case RUNNING -> RUNNING;
            case PAUSED -> PAUSED;
            case STOPPED -> SHUTDOWN;
            case SUSPENDED -> SUSPENDED;
        };
    }

    /** What a guest in this power state makes its server. */
    public static VmState vmOf(Power power) {
        return switch (power) {
            case RUNNING -> VmState.ACTIVE;
            case PAUSED -> VmState.PAUSED;
            case STOPPED -> VmState.STOPPED;
            case SUSPENDED -> VmState.SUSPENDED;
        };
    }

    /** The status of Nova's API: ACTIVE, BUILD, SHUTOFF … */
    public String status() {
        TaskState doing = task.orElse(null);
        if (doing == TaskState.REBUILDING) {
            return "REBUILD";
        }
        return switch (vm) {
            case BUILDING -> "BUILD";
            case ACTIVE ->
                    doing == TaskState.REBOOTING
                            ? "REBOOT"
                            : doing == TaskState.REBOOTING_HARD ? "HARD_REBOOT" : "ACTIVE";
            case PAUSED -> "PAUSED";
            case SUSPENDED -> "SUSPENDED";
            case STOPPED -> "SHUTOFF";
            case ERROR -> "ERROR";
            case DELETED -> "DELETED";
        };
    }

    public boolean isDoing(TaskState what) {
        return task.isPresent() && task.get() == what;
    }

    public ServerState doing(TaskState what) {
        return new ServerState(vm, Optional.of(what), powerState);
    }
}
