package cloud.welkin.host.libvirt;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import cloud.welkin.host.libvirt.CallLanes.Pace;
import java.lang.foreign.MemorySegment;
import java.util.Collection;
import java.util.Optional;
import java.util.UUID;

/**
 * A reference to one domain of a connection: its life and its description. Devices, disks, guest
 * agent, migration and consoles have rooms of their own ({@link #devices} …).
 *
 * <p>The reference is closed when it is no longer needed (the domain itself does not care) and is
 * closed with its connection at the latest; calls on a closed one fail with {@link
 * ErrorCode#CLOSED}. Every call may fail with {@link ErrorCode#NO_DOMAIN} if the domain is gone and
 * with {@link ErrorCode#CONNECTION_LOST}.
 *
 * @see <a href="https://libvirt.org/html/libvirt-libvirt-domain.html">libvirt-domain</a>
 */
public final class Domain implements AutoCloseable {

    /** XML namespace of what Welkin keeps in a domain's metadata. */
    public static final String METADATA_NAMESPACE = "https://welkin.cloud/xmlns/domain/1.0";

    private static final String METADATA_PREFIX = "welkin";
    private static final int METADATA_ELEMENT = 2;
    private static final int START_PAUSED = 1;
    private static final int DESTROY_GRACEFUL = 1;
    private static final int SHUTDOWN_ACPI = 1;
    private static final int XML_SECURE = 1;
    private static final int XML_INACTIVE = 2;
    private static final int XML_MIGRATABLE = 8;
    private static final int MAXIMUM = 1 << 2;

    private final DomainHandle handle;
    private final NativeDomain natives;

    Domain(DomainHandle handle) {
        this.handle = handle;
        this.natives = handle.library().domain;
    }

    public UUID uuid() {
        return handle.uuid();
    }

    public String name() {
        return handle.name();
    }

    /** Plugging and unplugging. */
    public DomainDevices devices() {
        return new DomainDevices(handle);
    }

    /** Disks: sizes, jobs, snapshots, backups, statistics. */
    public DomainDisks disks() {
        return new DomainDisks(handle);
    }

    /** What the guest agent does. */
    public GuestAgent agent() {
        return new GuestAgent(handle);
    }

    /** Migration and the progress of long jobs. */
    public DomainJobs jobs() {
        return new DomainJobs(handle);
    }

    /** Serial console and screen. */
    public DomainConsole console() {
        return new DomainConsole(handle);
    }

    /** Whether the domain outlives its stop. */
    public boolean isPersistent() {
        return handle.quick(natives::virDomainIsPersistent) == 1;
    }

    /** What it is doing, and why. */
    public DomainState state() {
        return handle.call(
                Pace.QUICK,
                (arena, domain) -> {
                    MemorySegment state = arena.allocate(JAVA_INT);
                    MemorySegment reason = arena.allocate(JAVA_INT);
                    handle.errors().check(natives.virDomainGetState(domain, state, reason, 0));
                    return DomainState.of(state.get(JAVA_INT, 0), reason.get(JAVA_INT, 0));
                });
    }

    /** Size and use. */
    public DomainInfo info() {
        return handle.call(
                Pace.QUICK,
                (arena, domain) -> {
                    MemorySegment info = arena.allocate(DomainInfo.SIZE, 8);
                    handle.errors().check(natives.virDomainGetInfo(domain, info));
                    return DomainInfo.of(info);
                });
    }

    /** The running domain as it is now, secrets left out; of an inactive one the definition. */
    public String liveXml() {
        return xml(0);
    }

    /** The definition that the next start will use, secrets included. */
    public String definitionXml() {
        return xml(XML_SECURE | XML_INACTIVE);
    }

    /** The running domain in the form that a migration's destination XML must start from. */
    public String migratableXml() {
        return xml(XML_SECURE | XML_MIGRATABLE);
    }

    private String xml(int flags) {
        return handle.text(Pace.QUICK, (_, domain) -> natives.virDomainGetXMLDesc(domain, flags));
    }

    /**
     * Starts it; from its managed save image if there is one.
     *
     * @throws LibvirtException OPERATION_INVALID if it runs
     */
    public void start() {
        handle.slow((_, domain) -> natives.virDomainCreateWithFlags(domain, 0));
    }

    /** Starts it paused: {@link #resume} lets it run. */
    public void startPaused() {
        handle.slow((_, domain) -> natives.virDomainCreateWithFlags(domain, START_PAUSED));
    }

    /** Takes its power, by force if need be. */
    public void destroy() {
        handle.slow((_, domain) -> natives.virDomainDestroyFlags(domain, 0));
    }

    /**
     * Takes its power, but leaves its disks in order.
     *
     * @throws LibvirtException if the hypervisor process does not go by itself
     */
    public void destroyGracefully() {
        handle.slow((_, domain) -> natives.virDomainDestroyFlags(domain, DESTROY_GRACEFUL));
    }

    /** Forgets its definition; a running one becomes transient. */
    public void undefine(Collection<UndefineFlag> flags) {
        handle.slow((_, domain) -> natives.virDomainUndefineFlags(domain, Flag.of(flags)));
    }

    /** Presses the power button (ACPI); whether the guest follows is its own matter. */
    public void shutdown() {
        handle.slow((_, domain) -> natives.virDomainShutdownFlags(domain, SHUTDOWN_ACPI));
    }

    /** Asks the guest to shut down in the way that the driver prefers (Xen, LXC have no ACPI). */
    public void shutdownByAnyMeans() {
        handle.slow((_, domain) -> natives.virDomainShutdownFlags(domain, 0));
    }

    /** Asks the guest to reboot. */
    public void reboot() {
        handle.slow((_, domain) -> natives.virDomainReboot(domain, 0));
    }

    /** Presses the reset button: no shutdown, same process. */
    public void reset() {
        handle.slow((_, domain) -> natives.virDomainReset(domain, 0));
    }

    /** Pauses its processors; memory stays. */
    public void suspend() {
        handle.slow((_, domain) -> natives.virDomainSuspend(domain));
    }

    /** Ends a pause. */
    public void resume() {
        handle.slow((_, domain) -> natives.virDomainResume(domain));
    }

    /** Sends a non-maskable interrupt, so that the guest dumps. */
    public void injectNmi() {
        handle.slow((_, domain) -> natives.virDomainInjectNMI(domain, 0));
    }

    /** Whether the daemon starts it with itself. */
    public void setAutostart(boolean autostart) {
        handle.slow((_, domain) -> natives.virDomainSetAutostart(domain, autostart ? 1 : 0));
    }

    /** Stops it and keeps its memory on disk; {@link #start} restores it. */
    public void managedSave() {
        handle.slow((_, domain) -> natives.virDomainManagedSave(domain, 0));
    }

    /** Whether the next start restores a managed save image. */
    public boolean hasManagedSave() {
        return handle.slow((_, domain) -> natives.virDomainHasManagedSaveImage(domain, 0)) == 1;
    }

    /** Drops the managed save image: the next start boots. */
    public void removeManagedSave() {
        handle.slow((_, domain) -> natives.virDomainManagedSaveRemove(domain, 0));
    }

    /** Welkin's element in the domain's metadata, if it has one. */
    public Optional<String> metadata(Scope scope) {
        try {
            return Optional.of(
                    handle.text(
                            Pace.QUICK,
                            (arena, domain) ->
                                    natives.virDomainGetMetadata(
                                            domain,
                                            METADATA_ELEMENT,
                                            arena.allocateFrom(METADATA_NAMESPACE),
                                            scope.bit())));
        } catch (LibvirtException failed) {
            if (failed.is(ErrorCode.NO_METADATA)) {
                return Optional.empty();
            }
            throw failed;
        }
    }

    /**
     * Replaces Welkin's element in the domain's metadata.
     *
     * @param element one XML element without namespace; libvirt puts it into {@link
     *     #METADATA_NAMESPACE} and gives it back without
     */
    public void setMetadata(String element, Scope scope) {
        handle.slow(
                (arena, domain) ->
                        natives.virDomainSetMetadata(
                                domain,
                                METADATA_ELEMENT,
                                arena.allocateFrom(element),
                                arena.allocateFrom(METADATA_PREFIX),
                                arena.allocateFrom(METADATA_NAMESPACE),
                                scope.bit()));
    }

    /** Removes Welkin's element from the domain's metadata. */
    public void removeMetadata(Scope scope) {
        handle.slow(
                (arena, domain) ->
                        natives.virDomainSetMetadata(
                                domain,
                                METADATA_ELEMENT,
                                MemorySegment.NULL,
                                arena.allocateFrom(METADATA_PREFIX),
                                arena.allocateFrom(METADATA_NAMESPACE),
                                scope.bit()));
    }

    /** Sets the processors in use, up to the maximum. */
    public void setVcpus(int count, Scope scope) {
        handle.slow((_, domain) -> natives.virDomainSetVcpusFlags(domain, count, scope.bit()));
    }

    /** Sets the most processors it may have, from its next start on. */
    public void setMaximumVcpus(int count) {
        handle.slow(
                (_, domain) ->
                        natives.virDomainSetVcpusFlags(
                                domain, count, Scope.CONFIG.bit() | MAXIMUM));
    }

    /** Sets the memory (by balloon while it runs), KiB. */
    public void setMemory(long kibibytes, Scope scope) {
        handle.slow((_, domain) -> natives.virDomainSetMemoryFlags(domain, kibibytes, scope.bit()));
    }

    /** Sets the most memory it may have, KiB, from its next start on. */
    public void setMaximumMemory(long kibibytes) {
        handle.slow(
                (_, domain) ->
                        natives.virDomainSetMemoryFlags(
                                domain, kibibytes, Scope.CONFIG.bit() | MAXIMUM));
    }

    /**
     * How often the balloon driver refreshes the guest's memory statistics, seconds; 0 for never.
     */
    public void setMemoryStatisticsPeriod(int seconds, Scope scope) {
        handle.slow(
                (_, domain) -> natives.virDomainSetMemoryStatsPeriod(domain, seconds, scope.bit()));
    }

    /** Memory as balloon driver and host see it. */
    public MemoryStatistics memoryStatistics() {
        return handle.call(
                Pace.SLOW,
                (arena, domain) -> {
                    MemorySegment stats = arena.allocate(MemoryStatistics.SIZE, 8);
                    int count =
                            handle.errors()
                                    .check(
                                            natives.virDomainMemoryStats(
                                                    domain, stats, MemoryStatistics.TAGS, 0));
                    return MemoryStatistics.of(stats, count);
                });
    }

    /**
     * One command of QEMU's monitor protocol (JSON); taints the domain: for what has no other way.
     */
    public String monitorCommand(String json) {
        return handle.call(
                Pace.SLOW,
                (arena, domain) -> {
                    MemorySegment result = arena.allocate(java.lang.foreign.ValueLayout.ADDRESS);
                    handle.errors()
                            .check(
                                    handle.library()
                                            .qemu
                                            .virDomainQemuMonitorCommand(
                                                    domain, arena.allocateFrom(json), result, 0));
                    return NativeMemory.takeText(
                            result.get(java.lang.foreign.ValueLayout.ADDRESS, 0));
                });
    }

    /** Lets go of the reference; the domain stays as it is. */
    @Override
    public void close() {
        handle.reference().close();
    }

    @Override
    public String toString() {
        return "Domain[%s %s]".formatted(name(), uuid());
    }
}
