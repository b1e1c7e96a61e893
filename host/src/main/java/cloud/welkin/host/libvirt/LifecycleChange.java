package cloud.welkin.host.libvirt;

import java.util.Arrays;

/** A lifecycle event with its detail (virDomainEventType and its detail types). */
public enum LifecycleChange {
    DEFINED_ADDED(Kind.DEFINED, 0),
    DEFINED_UPDATED(Kind.DEFINED, 1),
    DEFINED_RENAMED(Kind.DEFINED, 2),
    DEFINED_FROM_SNAPSHOT(Kind.DEFINED, 3),
    UNDEFINED_REMOVED(Kind.UNDEFINED, 0),
    UNDEFINED_RENAMED(Kind.UNDEFINED, 1),
    STARTED_BOOTED(Kind.STARTED, 0),
    STARTED_MIGRATED(Kind.STARTED, 1),
    STARTED_RESTORED(Kind.STARTED, 2),
    STARTED_FROM_SNAPSHOT(Kind.STARTED, 3),
    STARTED_WAKEUP(Kind.STARTED, 4),
    SUSPENDED_PAUSED(Kind.SUSPENDED, 0),
    SUSPENDED_MIGRATED(Kind.SUSPENDED, 1),
    SUSPENDED_IO_ERROR(Kind.SUSPENDED, 2),
    SUSPENDED_WATCHDOG(Kind.SUSPENDED, 3),
    SUSPENDED_RESTORED(Kind.SUSPENDED, 4),
    SUSPENDED_FROM_SNAPSHOT(Kind.SUSPENDED, 5),
    SUSPENDED_API_ERROR(Kind.SUSPENDED, 6),
    SUSPENDED_POSTCOPY(Kind.SUSPENDED, 7),
    SUSPENDED_POSTCOPY_FAILED(Kind.SUSPENDED, 8),
    RESUMED_UNPAUSED(Kind.RESUMED, 0),
    RESUMED_MIGRATED(Kind.RESUMED, 1),
    RESUMED_FROM_SNAPSHOT(Kind.RESUMED, 2),
    RESUMED_POSTCOPY(Kind.RESUMED, 3),
    RESUMED_POSTCOPY_FAILED(Kind.RESUMED, 4),
    STOPPED_SHUTDOWN(Kind.STOPPED, 0),
    STOPPED_DESTROYED(Kind.STOPPED, 1),
    STOPPED_CRASHED(Kind.STOPPED, 2),
    STOPPED_MIGRATED(Kind.STOPPED, 3),
    STOPPED_SAVED(Kind.STOPPED, 4),
    STOPPED_FAILED(Kind.STOPPED, 5),
    STOPPED_FROM_SNAPSHOT(Kind.STOPPED, 6),
    SHUTDOWN_FINISHED(Kind.SHUTDOWN, 0),
    SHUTDOWN_BY_GUEST(Kind.SHUTDOWN, 1),
    SHUTDOWN_BY_HOST(Kind.SHUTDOWN, 2),
    PM_SUSPENDED_TO_MEMORY(Kind.PM_SUSPENDED, 0),
    PM_SUSPENDED_TO_DISK(Kind.PM_SUSPENDED, 1),
    CRASHED_PANICKED(Kind.CRASHED, 0),
    CRASHED_CRASHLOADED(Kind.CRASHED, 1),
    /** A kind or detail that this program does not know: look at the domain. */
    UNKNOWN(Kind.UNKNOWN, 0);

    /** The event without its detail, in libvirt's order. */
    public enum Kind {
        DEFINED,
        UNDEFINED,
        STARTED,
        SUSPENDED,
        RESUMED,
        STOPPED,
        /** The guest has halted; {@link #STOPPED} follows when its process is gone. */
        SHUTDOWN,
        PM_SUSPENDED,
        CRASHED,
        UNKNOWN
    }

    private final Kind kind;
    private final int detail;

    LifecycleChange(Kind kind, int detail) {
        this.kind = kind;
        this.detail = detail;
    }

    /** What happened, without why. */
    public Kind kind() {
        return kind;
    }

    static LifecycleChange of(int event, int detail) {
        Kind kind = Numbered.at(Kind.values(), event, Kind.UNKNOWN);
        return Arrays.stream(values())
                .filter(change -> change.kind == kind && change.detail == detail)
                .findFirst()
                .orElse(UNKNOWN);
    }
}
