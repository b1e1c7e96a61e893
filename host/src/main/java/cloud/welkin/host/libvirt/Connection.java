package cloud.welkin.host.libvirt;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import cloud.welkin.host.libvirt.CallLanes.Pace;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.ToIntBiFunction;

/**
 * A connection to a hypervisor: where domains are found and made, and where events come from.
 *
 * <p>Safe for any number of threads, virtual ones included; calls block the caller until libvirt
 * has answered. A connection that is lost stays lost: {@link #isAlive} is false, every call fails
 * with {@link ErrorCode#CONNECTION_LOST}, listeners get {@link LibvirtEvent.ConnectionClosed};
 * close it and open another. Closing frees everything that was found through it, even what its user
 * forgot.
 *
 * @see <a href="https://libvirt.org/html/libvirt-libvirt-host.html">libvirt-host</a>
 */
public final class Connection implements AutoCloseable {

    private final Libvirt library;
    private final LastError errors;
    private final ConnectionSettings settings;
    private final CallLanes lanes;
    private final NativeReference reference;
    private final Set<NativeReference> open = ConcurrentHashMap.newKeySet();
    private final List<Subscription> subscriptions = new CopyOnWriteArrayList<>();
    private final Object registering = new Object();
    private Optional<EventRouter.Registration> registration = Optional.empty();

    private Connection(
            Libvirt library, ConnectionSettings settings, CallLanes lanes, MemorySegment pointer) {
        this.library = library;
        this.errors = new LastError(library.system);
        this.settings = settings;
        this.lanes = lanes;
        this.reference = new NativeReference(pointer, this::disconnect);
    }

    /** {@link #open(String, ConnectionSettings)} with the default settings. */
    public static Connection open(String uri) {
        return open(uri, ConnectionSettings.DEFAULT);
    }

    /**
     * Connects.
     *
     * @param uri such as {@code qemu+unix:///system?socket=/path/libvirt-sock}, {@code
     *     xen:///system}, {@code lxc:///}, {@code test:///default}
     * @throws LibvirtException UNSUPPORTED_LIBRARY; SYSTEM_ERROR, NO_CONNECT, RPC … if nobody
     *     answers
     */
    public static Connection open(String uri, ConnectionSettings settings) {
        Libvirt library = Libvirt.load();
        LastError errors = new LastError(library.system);
        CallLanes lanes = new CallLanes(settings.quickCalls(), settings.slowCalls());
        try {
            MemorySegment pointer =
                    lanes.call(
                            Pace.SLOW,
                            arena ->
                                    errors.check(
                                            library.connect.virConnectOpen(
                                                    arena.allocateFrom(uri))));
            Connection connection = new Connection(library, settings, lanes, pointer);
            connection.keepAlive();
            return connection;
        } catch (RuntimeException failed) {
            lanes.shutdown();
            throw failed;
        }
    }

    /** The URI as the driver understood it. */
    public String uri() {
        return text(Pace.QUICK, (_, c) -> library.connect.virConnectGetURI(c));
    }

    /** Name of the host behind the connection. */
    public String hostname() {
        return text(Pace.QUICK, (_, c) -> library.connect.virConnectGetHostname(c));
    }

    /** Whether the connection can still be used: no question to the daemon. */
    public boolean isAlive() {
        if (reference.isClosed()) {
            return false;
        }
        return call(Pace.QUICK, (_, c) -> library.connect.virConnectIsAlive(c)) == 1;
    }

    /** Version of the hypervisor, such as QEMU's. */
    public Version hypervisorVersion() {
        return version((c, version) -> library.connect.virConnectGetVersion(c, version));
    }

    /** Version of the libvirt that serves the connection. */
    public Version daemonVersion() {
        return version((c, version) -> library.connect.virConnectGetLibVersion(c, version));
    }

    /** What the host can do, as libvirt's capabilities XML. A fresh daemon probes for seconds. */
    public String capabilities() {
        return text(Pace.SLOW, (_, c) -> library.connect.virConnectGetCapabilities(c));
    }

    /**
     * What domains of this kind can have, as libvirt's domain capabilities XML.
     *
     * @param architecture such as {@code x86_64}
     * @param machine such as {@code q35}
     * @param virtType such as {@code kvm} or {@code qemu}
     */
    public String domainCapabilities(String architecture, String machine, String virtType) {
        return text(
                Pace.SLOW,
                (arena, c) ->
                        library.connect.virConnectGetDomainCapabilities(
                                c,
                                MemorySegment.NULL,
                                arena.allocateFrom(architecture),
                                arena.allocateFrom(machine),
                                arena.allocateFrom(virtType),
                                0));
    }

    /** The host's processors and memory. */
    public NodeInfo nodeInfo() {
        return call(
                Pace.QUICK,
                (arena, c) -> {
                    MemorySegment info = arena.allocate(NodeInfo.SIZE, 8);
                    errors.check(library.connect.virNodeGetInfo(c, info));
                    return NodeInfo.of(info);
                });
    }

    /** Free memory of the host, bytes. */
    public long freeMemory() {
        return call(
                Pace.QUICK,
                (_, c) -> {
                    long free = library.connect.virNodeGetFreeMemory(c);
                    if (free == 0) {
                        throw errors.exception();
                    }
                    return free;
                });
    }

    /**
     * Defines a persistent domain or changes its definition; it is not started.
     *
     * @throws LibvirtException XML_ERROR, CONFIG_UNSUPPORTED, OPERATION_FAILED if the name is
     *     another domain's
     */
    public Domain define(String xml) {
        return domain(
                Pace.SLOW,
                (arena, c) ->
                        library.connect.virDomainDefineXMLFlags(c, arena.allocateFrom(xml), 0));
    }

    /** Starts a domain that vanishes when it stops. */
    public Domain createTransient(String xml) {
        return domain(
                Pace.SLOW,
                (arena, c) -> library.connect.virDomainCreateXML(c, arena.allocateFrom(xml), 0));
    }

    /** The domain of this UUID, if there is one. */
    public Optional<Domain> find(UUID uuid) {
        return present(
                (arena, c) ->
                        library.connect.virDomainLookupByUUIDString(
                                c, arena.allocateFrom(uuid.toString())));
    }

    /** The domain of this name, if there is one. */
    public Optional<Domain> find(String name) {
        return present(
                (arena, c) -> library.connect.virDomainLookupByName(c, arena.allocateFrom(name)));
    }

    /** All domains, active and not. */
    public DomainList domains() {
        return call(
                Pace.QUICK,
                (arena, c) -> {
                    MemorySegment list = arena.allocate(ADDRESS);
                    int count = errors.check(library.connect.virConnectListAllDomains(c, list, 0));
                    MemorySegment array = list.get(ADDRESS, 0);
                    try {
                        List<Domain> domains = new ArrayList<>(count);
                        for (MemorySegment pointer : NativeMemory.pointers(array, count)) {
                            domains.add(adopt(arena, pointer));
                        }
                        return new DomainList(domains);
                    } finally {
                        NativeMemory.free(array);
                    }
                });
    }

    /** Statistics of all active domains in one call; see {@link DomainStatistics}. */
    public List<DomainStatistics> statistics(Collection<DomainStatistics.Group> groups) {
        return call(
                Pace.SLOW,
                (arena, c) -> {
                    MemorySegment result = arena.allocate(ADDRESS);
                    int count =
                            errors.check(
                                    library.connect.virConnectGetAllDomainStats(
                                            c, Flag.of(groups), result, DomainStatistics.ACTIVE));
                    MemorySegment records = result.get(ADDRESS, 0);
                    try {
                        return DomainStatistics.of(library.domain, arena, records, count);
                    } finally {
                        library.connect.virDomainStatsRecordListFree(records);
                    }
                });
    }

    /**
     * Delivers this connection's events to the listener, from now on until the subscription or the
     * connection is closed, on a virtual thread of its own.
     */
    public Subscription subscribe(Consumer<LibvirtEvent> listener) {
        Subscription subscription =
                new Subscription(settings.eventQueue(), listener, subscriptions::remove);
        subscriptions.add(subscription);
        subscription.start();
        try {
            synchronized (registering) {
                if (registration.isEmpty()) {
                    registration =
                            Optional.of(
                                    call(
                                            Pace.QUICK,
                                            (_, c) -> library.router.register(c, this::publish)));
                }
            }
        } catch (RuntimeException failed) {
            subscription.close();
            throw failed;
        }
        return subscription;
    }

    /**
     * Ends the connection: references to domains and streams are freed, listeners stop. Calls that
     * run in other threads end as they would have.
     */
    @Override
    public void close() {
        if (reference.isClosed()) {
            return;
        }
        synchronized (registering) {
            registration.ifPresent(this::unregister);
            registration = Optional.empty();
        }
        subscriptions.forEach(Subscription::close);
        open.forEach(NativeReference::close);
        reference.close();
    }

    /** References that nobody has closed yet; for tests of leaks. */
    int openReferences() {
        return open.size();
    }

    /** On a lane: a native stream, to be freed by the caller. */
    MemorySegment newStream(int flags) {
        return errors.check(library.system.virStreamNew(reference.pointer(), flags));
    }

    CallLanes lanes() {
        return lanes;
    }

    LastError errors() {
        return errors;
    }

    Libvirt library() {
        return library;
    }

    /** A reference that is freed with the connection at the latest. */
    NativeReference track(MemorySegment pointer, Consumer<MemorySegment> free) {
        NativeReference tracked =
                new NativeReference(
                        pointer,
                        done -> {
                            open.remove(done);
                            free.accept(done.pointer());
                        });
        open.add(tracked);
        if (reference.isClosed()) {
            tracked.close();
            throw LibvirtException.of(ErrorCode.CLOSED, "the connection was closed");
        }
        return tracked;
    }

    /** Runs a call on an object of this connection; both stay alive meanwhile. */
    <T> T call(Pace pace, NativeReference object, DomainHandle.Call<T> call) {
        reference.hold();
        try {
            object.hold();
            try {
                return lanes.call(pace, arena -> guarded(arena, object, call));
            } finally {
                object.release();
            }
        } finally {
            reference.release(); // after the object: its last holder would close the connection
        }
    }

    <T> T call(Pace pace, DomainHandle.Call<T> call) {
        reference.hold();
        try {
            return lanes.call(pace, arena -> guarded(arena, reference, call));
        } finally {
            reference.release();
        }
    }

    private <T> T guarded(Arena arena, NativeReference object, DomainHandle.Call<T> call) {
        try {
            return call.on(arena, object.pointer());
        } catch (LibvirtException failed) {
            // libvirt reports a broken connection by a dozen errors; it knows only itself that it
            // broke.
            if (library.connect.virConnectIsAlive(reference.pointer()) == 0) {
                throw failed.withLostConnection();
            }
            throw failed;
        }
    }

    private Domain domain(Pace pace, BiFunction<Arena, MemorySegment, MemorySegment> call) {
        return call(pace, (arena, c) -> adopt(arena, errors.check(call.apply(arena, c))));
    }

    private Optional<Domain> present(BiFunction<Arena, MemorySegment, MemorySegment> call) {
        try {
            return Optional.of(domain(Pace.QUICK, call));
        } catch (LibvirtException failed) {
            if (failed.is(ErrorCode.NO_DOMAIN)) {
                return Optional.empty();
            }
            throw failed;
        }
    }

    private Domain adopt(Arena arena, MemorySegment pointer) {
        NativeReference domain = track(pointer, library.domain::virDomainFree);
        return new Domain(
                new DomainHandle(
                        this,
                        domain,
                        DomainHandle.uuid(library.domain, arena, pointer),
                        NativeMemory.text(library.domain.virDomainGetName(pointer)).orElse("")));
    }

    private String text(Pace pace, BiFunction<Arena, MemorySegment, MemorySegment> call) {
        return call(pace, (arena, c) -> NativeMemory.takeText(errors.check(call.apply(arena, c))));
    }

    private Version version(ToIntBiFunction<MemorySegment, MemorySegment> call) {
        return call(
                Pace.QUICK,
                (arena, c) -> {
                    MemorySegment version = arena.allocate(JAVA_LONG);
                    errors.check(call.applyAsInt(c, version));
                    return Version.of(version.get(JAVA_LONG, 0));
                });
    }

    private void publish(LibvirtEvent event) {
        subscriptions.forEach(subscription -> subscription.offer(event));
    }

    private void keepAlive() {
        if (settings.keepAliveInterval().isZero()) {
            return;
        }
        try {
            call(
                    Pace.QUICK,
                    (_, c) ->
                            errors.check(
                                    library.connect.virConnectSetKeepAlive(
                                            c,
                                            (int) settings.keepAliveInterval().toSeconds(),
                                            settings.keepAliveCount())));
        } catch (LibvirtException refused) {
            if (!refused.is(ErrorCode.NO_SUPPORT)) { // drivers inside this process have none
                close();
                throw refused;
            }
        }
    }

    private void unregister(EventRouter.Registration registered) {
        call(
                Pace.QUICK,
                (_, c) -> {
                    library.router.unregister(c, registered);
                    return registered;
                });
    }

    /** When owner and calls have let go: a round trip, so it runs on a lane. */
    private void disconnect(NativeReference last) {
        lanes.call(Pace.QUICK, _ -> library.connect.virConnectClose(last.pointer()));
        lanes.shutdown();
    }
}
