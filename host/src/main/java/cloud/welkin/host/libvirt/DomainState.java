package cloud.welkin.host.libvirt;

/** What a domain is doing, and why (virDomainState with its reasons). */
public sealed interface DomainState {

    /** The driver does not say. */
    record NoState() implements DomainState {}

    record Running(RunningReason reason) implements DomainState {}

    /** Waiting for a resource (Xen). */
    record Blocked() implements DomainState {}

    record Paused(PausedReason reason) implements DomainState {}

    /** On its way out: the guest has halted, its process is not gone yet. */
    record ShuttingDown() implements DomainState {}

    record ShutOff(ShutOffReason reason) implements DomainState {}

    record Crashed(boolean panicked) implements DomainState {}

    /** Suspended to memory by the guest's power management. */
    record PmSuspended() implements DomainState {}

    /** Whether the hypervisor holds the guest (running, paused …), so that it uses memory. */
    default boolean isActive() {
        return switch (this) {
            case NoState _, ShutOff _, Crashed _ -> false;
            case Running _, Blocked _, Paused _, ShuttingDown _, PmSuspended _ -> true;
        };
    }

    static DomainState of(int state, int reason) {
        return switch (state) {
            case 1 ->
                    new Running(Numbered.at(RunningReason.values(), reason, RunningReason.UNKNOWN));
            case 2 -> new Blocked();
            case 3 -> new Paused(Numbered.at(PausedReason.values(), reason, PausedReason.UNKNOWN));
            case 4 -> new ShuttingDown();
            case 5 ->
                    new ShutOff(Numbered.at(ShutOffReason.values(), reason, ShutOffReason.UNKNOWN));
            case 6 -> new Crashed(reason == 1);
            case 7 -> new PmSuspended();
            default -> new NoState();
        };
    }

    /** virDomainRunningReason, in its order. */
    enum RunningReason {
        UNKNOWN,
        BOOTED,
        MIGRATED,
        RESTORED,
        FROM_SNAPSHOT,
        UNPAUSED,
        MIGRATION_CANCELED,
        SAVE_CANCELED,
        WAKEUP,
        CRASHED,
        POSTCOPY,
        POSTCOPY_FAILED
    }

    /** virDomainPausedReason, in its order. */
    enum PausedReason {
        UNKNOWN,
        USER,
        MIGRATION,
        SAVE,
        DUMP,
        IO_ERROR,
        WATCHDOG,
        FROM_SNAPSHOT,
        SHUTTING_DOWN,
        SNAPSHOT,
        CRASHED,
        STARTING_UP,
        POSTCOPY,
        POSTCOPY_FAILED
    }

    /** virDomainShutoffReason, in its order. */
    enum ShutOffReason {
        UNKNOWN,
        SHUTDOWN,
        DESTROYED,
        CRASHED,
        MIGRATED,
        SAVED,
        FAILED,
        FROM_SNAPSHOT,
        DAEMON
    }
}
