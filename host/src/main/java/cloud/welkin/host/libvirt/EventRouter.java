package cloud.welkin.host.libvirt;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes libvirt's callbacks on the event loop's thread and hands them to whom they concern.
 *
 * <p>The stubs live as long as the program: the opaque pointer that libvirt gives back is a number
 * into {@link #sinks} and {@link #streams}, so a late callback finds nobody instead of freed
 * memory. Nothing is thrown into C, and nothing here calls the daemon: that would wait for the very
 * thread it runs on.
 */
final class EventRouter {

    private static final Logger LOG = LoggerFactory.getLogger(EventRouter.class);

    /**
     * A kind of event: its number, the method below that takes it, and what its callback has
     * between the domain and the opaque pointer.
     */
    private record Event(int number, String method, List<MemoryLayout> special) {}

    private static final List<Event> EVENTS =
            List.of(
                    new Event(0, "lifecycle", List.of(JAVA_INT, JAVA_INT)),
                    new Event(1, "reboot", List.of()),
                    new Event(15, "deviceRemoved", List.of(ADDRESS)),
                    new Event(16, "blockJob", List.of(ADDRESS, JAVA_INT, JAVA_INT)),
                    new Event(18, "agentLifecycle", List.of(JAVA_INT, JAVA_INT)),
                    new Event(22, "deviceRemovalFailed", List.of(ADDRESS)));

    private final NativeSystem system;
    private final NativeDomain domains;
    private final LastError errors;
    private final Map<Long, Consumer<LibvirtEvent>> sinks = new ConcurrentHashMap<>();
    private final Map<Long, Runnable> streams = new ConcurrentHashMap<>();
    private final AtomicLong numbers = new AtomicLong(1);
    private final Map<Event, MemorySegment> stubs = new HashMap<>();
    private final MemorySegment closeStub;
    private final MemorySegment streamStub;

    EventRouter(NativeSystem system, NativeDomain domains) {
        this.system = system;
        this.domains = domains;
        this.errors = new LastError(system);
        for (Event event : EVENTS) {
            List<MemoryLayout> arguments = new ArrayList<>(List.of(ADDRESS, ADDRESS));
            arguments.addAll(event.special);
            arguments.add(ADDRESS);
            stubs.put(event, stub(event.method, arguments));
        }
        closeStub = stub("connectionClosed", List.of(ADDRESS, JAVA_INT, ADDRESS));
        streamStub = stub("streamReady", List.of(ADDRESS, JAVA_INT, ADDRESS));
    }

    /** A connection's registrations with libvirt; to be ended on a lane of the same connection. */
    record Registration(long number, List<Integer> callbacks, boolean closeCallback) {}

    /** Has the connection's events given to the sink, on the event loop's thread. On a lane. */
    Registration register(MemorySegment connection, Consumer<LibvirtEvent> sink) {
        long number = numbers.getAndIncrement();
        sinks.put(number, sink);
        MemorySegment opaque = MemorySegment.ofAddress(number);
        List<Integer> callbacks = new ArrayList<>();
        try {
            for (Map.Entry<Event, MemorySegment> entry : stubs.entrySet()) {
                callbacks.add(
                        errors.check(
                                system.virConnectDomainEventRegisterAny(
                                        connection,
                                        MemorySegment.NULL,
                                        entry.getKey().number(),
                                        entry.getValue(),
                                        opaque,
                                        MemorySegment.NULL)));
            }
            return new Registration(number, callbacks, registerClose(connection, opaque));
        } catch (LibvirtException failed) {
            unregister(connection, new Registration(number, callbacks, false));
            throw failed;
        }
    }

    /** Drivers inside this process have no connection that could end. */
    private boolean registerClose(MemorySegment connection, MemorySegment opaque) {
        try {
            errors.check(
                    system.virConnectRegisterCloseCallback(
                            connection, closeStub, opaque, MemorySegment.NULL));
            return true;
        } catch (LibvirtException refused) {
            if (refused.is(ErrorCode.NO_SUPPORT)) {
                return false;
            }
            throw refused;
        }
    }

    /** Ends the registrations; failures are those of a dead connection and change nothing here. */
    void unregister(MemorySegment connection, Registration registration) {
        sinks.remove(registration.number());
        for (int callback : registration.callbacks()) {
            system.virConnectDomainEventDeregisterAny(connection, callback);
        }
        if (registration.closeCallback()) {
            system.virConnectUnregisterCloseCallback(connection, closeStub);
        }
    }

    /** Registers who is to be woken for a stream; the number is its opaque pointer. */
    long addStream(Runnable wake) {
        long number = numbers.getAndIncrement();
        streams.put(number, wake);
        return number;
    }

    void removeStream(long number) {
        streams.remove(number);
    }

    MemorySegment streamCallback() {
        return streamStub;
    }

    void lifecycle(MemorySegment c, MemorySegment domain, int event, int detail, MemorySegment to) {
        deliver(
                to,
                () ->
                        new DomainEvent.Lifecycle(
                                uuid(domain), name(domain), LifecycleChange.of(event, detail)));
    }

    void reboot(MemorySegment c, MemorySegment domain, MemorySegment to) {
        deliver(to, () -> new DomainEvent.Rebooted(uuid(domain), name(domain)));
    }

    void deviceRemoved(MemorySegment c, MemorySegment domain, MemorySegment a, MemorySegment to) {
        deliver(to, () -> new DomainEvent.DeviceRemoved(uuid(domain), name(domain), text(a)));
    }

    void deviceRemovalFailed(
            MemorySegment c, MemorySegment domain, MemorySegment a, MemorySegment to) {
        deliver(to, () -> new DomainEvent.DeviceRemovalFailed(uuid(domain), name(domain), text(a)));
    }

    void blockJob(
            MemorySegment c,
            MemorySegment domain,
            MemorySegment disk,
            int type,
            int status,
            MemorySegment to) {
        deliver(
                to,
                () ->
                        new DomainEvent.BlockJobChanged(
                                uuid(domain),
                                name(domain),
                                text(disk),
                                BlockJob.Type.of(type),
                                DomainEvent.BlockJobStatus.of(status)));
    }

    void agentLifecycle(
            MemorySegment c, MemorySegment domain, int state, int reason, MemorySegment to) {
        deliver(to, () -> new DomainEvent.AgentChanged(uuid(domain), name(domain), state == 1));
    }

    void connectionClosed(MemorySegment c, int reason, MemorySegment to) {
        deliver(to, () -> new LibvirtEvent.ConnectionClosed(LibvirtEvent.CloseReason.of(reason)));
    }

    void streamReady(MemorySegment stream, int events, MemorySegment to) {
        guarded(
                () -> {
                    // Level-triggered: without this the loop would spin until the reader has read.
                    system.virStreamEventUpdateCallback(stream, 0);
                    Runnable wake = streams.get(to.address());
                    if (wake != null) {
                        wake.run();
                    }
                });
    }

    private void deliver(MemorySegment to, Supplier<LibvirtEvent> event) {
        guarded(
                () -> {
                    Consumer<LibvirtEvent> sink = sinks.get(to.address());
                    if (sink != null) {
                        sink.accept(event.get());
                    }
                });
    }

    /** An exception that leaves an upcall ends the JVM: whatever it is, it stays here. */
    private static void guarded(Runnable body) {
        try {
            body.run();
        } catch (Throwable failed) {
            try {
                LOG.error("an event of libvirt was lost", failed);
            } catch (Throwable worse) {
                // Nothing is left to try: not even logging works.
            }
        }
    }

    private UUID uuid(MemorySegment domain) {
        try (Arena arena = Arena.ofConfined()) {
            return DomainHandle.uuid(domains, arena, domain);
        }
    }

    private String name(MemorySegment domain) {
        return text(domains.virDomainGetName(domain));
    }

    private static String text(MemorySegment pointer) {
        return NativeMemory.text(pointer).orElse("");
    }

    private MemorySegment stub(String method, List<MemoryLayout> arguments) {
        FunctionDescriptor descriptor =
                FunctionDescriptor.ofVoid(arguments.toArray(MemoryLayout[]::new));
        MethodType type = descriptor.toMethodType();
        try {
            MethodHandle handle =
                    MethodHandles.lookup()
                            .findVirtual(EventRouter.class, method, type)
                            .bindTo(this);
            return Linker.nativeLinker().upcallStub(handle, descriptor, Arena.global());
        } catch (ReflectiveOperationException impossible) {
            throw new LinkageError(method, impossible);
        }
    }
}
