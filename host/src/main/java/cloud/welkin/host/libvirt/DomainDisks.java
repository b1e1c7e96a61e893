package cloud.welkin.host.libvirt;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import cloud.welkin.host.libvirt.CallLanes.Pace;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Disks of a domain, each named by its target ({@code vda}). */
public final class DomainDisks {

    private static final int RESIZE_IN_BYTES = 1;
    private static final int BANDWIDTH_IN_BYTES = 1;
    private static final int COMMIT_BANDWIDTH_IN_BYTES = 1 << 4;
    private static final int BACKUP_REUSE_EXTERNAL = 1;

    private final DomainHandle handle;
    private final NativeDevices natives;

    DomainDisks(DomainHandle handle) {
        this.handle = handle;
        this.natives = handle.library().devices;
    }

    /** Tells hypervisor and guest of a disk's new size, bytes; a file is made larger. */
    public void resize(String disk, long bytes) {
        handle.slow(
                (arena, domain) ->
                        natives.virDomainBlockResize(
                                domain, arena.allocateFrom(disk), bytes, RESIZE_IN_BYTES));
    }

    /** Sizes of a disk. */
    public BlockInfo info(String disk) {
        return handle.call(
                Pace.SLOW,
                (arena, domain) -> {
                    MemorySegment info = arena.allocate(BlockInfo.SIZE, 8);
                    handle.errors()
                            .check(
                                    natives.virDomainGetBlockInfo(
                                            domain, arena.allocateFrom(disk), info, 0));
                    return new BlockInfo(
                            info.getAtIndex(JAVA_LONG, 0),
                            info.getAtIndex(JAVA_LONG, 1),
                            info.getAtIndex(JAVA_LONG, 2));
                });
    }

    /** Traffic of a disk. */
    public BlockStatistics statistics(String disk) {
        return handle.call(
                Pace.SLOW,
                (arena, domain) -> {
                    MemorySegment s = arena.allocate(BlockStatistics.SIZE, 8);
                    handle.errors()
                            .check(
                                    natives.virDomainBlockStats(
                                            domain,
                                            arena.allocateFrom(disk),
                                            s,
                                            BlockStatistics.SIZE));
                    return new BlockStatistics(
                            s.getAtIndex(JAVA_LONG, 0),
                            s.getAtIndex(JAVA_LONG, 1),
                            s.getAtIndex(JAVA_LONG, 2),
                            s.getAtIndex(JAVA_LONG, 3),
                            s.getAtIndex(JAVA_LONG, 4));
                });
    }

    /**
     * Sets throttles ({@code total_bytes_sec}, {@code read_iops_sec} …); those not named are
     * lifted.
     */
    public void throttle(String disk, List<TypedParameter> limits, Scope scope) {
        handle.slow(
                (arena, domain) ->
                        natives.virDomainSetBlockIoTune(
                                domain,
                                arena.allocateFrom(disk),
                                TypedParameter.encode(arena, limits),
                                limits.size(),
                                scope.bit()));
    }

    /**
     * Starts to copy a disk to another place; READY follows, then {@link #abortJob} with or without
     * PIVOT.
     *
     * @param destinationXml a {@code <disk>} element of domain XML that names the destination
     */
    public void copy(
            String disk,
            String destinationXml,
            List<TypedParameter> parameters,
            Collection<DiskFlags.Copy> flags) {
        handle.slow(
                (arena, domain) ->
                        natives.virDomainBlockCopy(
                                domain,
                                arena.allocateFrom(disk),
                                arena.allocateFrom(destinationXml),
                                TypedParameter.encode(arena, parameters),
                                parameters.size(),
                                Flag.of(flags)));
    }

    /**
     * Starts to merge the overlays above {@code base} up to {@code top} into {@code base}. The base
     * is never left to libvirt's choice: that would be the deepest file, often an image that others
     * share.
     *
     * @param base path, or {@code vda[2]}, of the file to write into
     * @param top path, or {@code vda[1]}, of the uppermost file to merge; for the active one with
     *     ACTIVE
     * @param bytesPerSecond limit; 0 for none
     */
    public void commit(
            String disk,
            String base,
            String top,
            long bytesPerSecond,
            Collection<DiskFlags.Commit> flags) {
        handle.slow(
                (arena, domain) ->
                        natives.virDomainBlockCommit(
                                domain,
                                arena.allocateFrom(disk),
                                arena.allocateFrom(base),
                                arena.allocateFrom(top),
                                bytesPerSecond,
                                Flag.of(flags) | COMMIT_BANDWIDTH_IN_BYTES));
    }

    /** The disk's running job, if there is one. */
    public Optional<BlockJob> job(String disk) {
        return handle.call(
                Pace.SLOW,
                (arena, domain) -> {
                    MemorySegment info = arena.allocate(BlockJob.SIZE, 8);
                    int running =
                            handle.errors()
                                    .check(
                                            natives.virDomainGetBlockJobInfo(
                                                    domain,
                                                    arena.allocateFrom(disk),
                                                    info,
                                                    BANDWIDTH_IN_BYTES));
                    return running == 0 ? Optional.empty() : Optional.of(BlockJob.of(info));
                });
    }

    /** Ends the disk's job: undone, or completed by PIVOT. */
    public void abortJob(String disk, Collection<DiskFlags.JobAbort> flags) {
        handle.slow(
                (arena, domain) ->
                        natives.virDomainBlockJobAbort(
                                domain, arena.allocateFrom(disk), Flag.of(flags)));
    }

    /** Limits the disk's job, bytes a second; 0 for no limit. */
    public void setJobSpeed(String disk, long bytesPerSecond) {
        handle.slow(
                (arena, domain) ->
                        natives.virDomainBlockJobSetSpeed(
                                domain,
                                arena.allocateFrom(disk),
                                bytesPerSecond,
                                BANDWIDTH_IN_BYTES));
    }

    /** Takes a snapshot ({@code <domainsnapshot>}). */
    public void snapshot(String xml, Collection<DiskFlags.Snapshot> flags) {
        handle.call(
                Pace.SLOW,
                (arena, domain) -> {
                    MemorySegment snapshot =
                            handle.errors()
                                    .check(
                                            natives.virDomainSnapshotCreateXML(
                                                    domain,
                                                    arena.allocateFrom(xml),
                                                    Flag.of(flags)));
                    return natives.virDomainSnapshotFree(snapshot);
                });
    }

    /** Starts a backup ({@code <domainbackup>}) without a checkpoint; ended by abort of the job. */
    public void beginBackup(String backupXml, boolean intoExistingFiles) {
        begin(_ -> MemorySegment.NULL, backupXml, intoExistingFiles);
    }

    /**
     * Starts a backup and at the same instant the checkpoint that the next incremental one needs.
     */
    public void beginBackup(String backupXml, String checkpointXml, boolean intoExistingFiles) {
        begin(arena -> arena.allocateFrom(checkpointXml), backupXml, intoExistingFiles);
    }

    /** The running backup with the ports and sockets that it got. */
    public String backupXml() {
        return handle.text(Pace.SLOW, (_, domain) -> natives.virDomainBackupGetXMLDesc(domain, 0));
    }

    private void begin(Function<Arena, MemorySegment> checkpoint, String xml, boolean existing) {
        handle.slow(
                (arena, domain) ->
                        natives.virDomainBackupBegin(
                                domain,
                                arena.allocateFrom(xml),
                                checkpoint.apply(arena),
                                existing ? BACKUP_REUSE_EXTERNAL : 0));
    }
}
