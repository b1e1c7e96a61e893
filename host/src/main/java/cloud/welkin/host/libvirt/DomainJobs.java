package cloud.welkin.host.libvirt;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import cloud.welkin.host.libvirt.CallLanes.Pace;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.Optional;

/** Migration of a domain, and its long jobs. */
public final class DomainJobs {

    private static final int COMPLETED = 1;
    private static final int KEEP_COMPLETED = 2;

    private final DomainHandle handle;
    private final NativeDomain natives;

    DomainJobs(DomainHandle handle) {
        this.handle = handle;
        this.natives = handle.library().domain;
    }

    /**
     * Migrates the domain and returns when it is over; it runs at the source as before if this
     * fails.
     *
     * @throws LibvirtException MIGRATE_UNSAFE, OPERATION_ABORTED after {@link #abort},
     *     CPU_INCOMPATIBLE, OPERATION_FAILED …
     */
    public void migrate(Migration migration) {
        handle.slow(
                (arena, domain) ->
                        natives.virDomainMigrateToURI3(
                                domain,
                                arena.allocateFrom(migration.destination()),
                                TypedParameter.encode(arena, migration.parameters()),
                                migration.parameters().size(),
                                Flag.of(migration.flags())));
    }

    /** How long the guest may stand still at the end of a migration that runs. */
    public void setMaximumDowntime(Duration downtime) {
        handle.quick(d -> natives.virDomainMigrateSetMaxDowntime(d, downtime.toMillis(), 0));
    }

    /** Lets a migration that was begun with POSTCOPY go on at the destination now. */
    public void startPostcopy() {
        handle.quick(domain -> natives.virDomainMigrateStartPostCopy(domain, 0));
    }

    /** The running job, if there is one. */
    public Optional<Job> running() {
        Job job = job(0);
        return job.type() == Job.Type.NONE ? Optional.empty() : Optional.of(job);
    }

    /** The last completed job, if the daemon still knows it. */
    public Optional<Job> completed() {
        Job job = job(COMPLETED | KEEP_COMPLETED);
        return job.type() == Job.Type.NONE ? Optional.empty() : Optional.of(job);
    }

    /** Aborts the running job; the call that waits for it fails with OPERATION_ABORTED. */
    public void abort() {
        handle.quick(natives::virDomainAbortJob);
    }

    private Job job(int flags) {
        return handle.call(
                Pace.QUICK,
                (arena, domain) -> {
                    MemorySegment type = arena.allocate(JAVA_INT);
                    MemorySegment array = arena.allocate(ADDRESS);
                    MemorySegment count = arena.allocate(JAVA_INT);
                    handle.errors()
                            .check(natives.virDomainGetJobStats(domain, type, array, count, flags));
                    MemorySegment parameters = array.get(ADDRESS, 0);
                    int size = count.get(JAVA_INT, 0);
                    try {
                        return Job.of(
                                type.get(JAVA_INT, 0),
                                new TypedValues(TypedParameter.decode(parameters, size)));
                    } finally {
                        handle.library().system.virTypedParamsFree(parameters, size);
                    }
                });
    }
}
