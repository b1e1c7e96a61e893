package cloud.welkin.host.libvirt;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import cloud.welkin.host.libvirt.CallLanes.Pace;
import java.lang.foreign.MemorySegment;

/** Devices of a domain, each given as its element of the domain XML. */
public final class DomainDevices {

    private final DomainHandle handle;
    private final NativeDevices natives;

    DomainDevices(DomainHandle handle) {
        this.handle = handle;
        this.natives = handle.library().devices;
    }

    /** Adds a device. */
    public void attach(String xml, Scope scope) {
        handle.slow(
                (arena, domain) ->
                        natives.virDomainAttachDeviceFlags(
                                domain, arena.allocateFrom(xml), scope.bit()));
    }

    /**
     * Asks for a device's removal. Live, the guest must agree: the device is gone when {@link
     * DomainEvent.DeviceRemoved} says so or the live XML no longer has it.
     *
     * @throws LibvirtException DEVICE_MISSING (or OPERATION_FAILED, from older drivers) if the
     *     domain has no such device
     */
    public void detach(String xml, Scope scope) {
        handle.slow(
                (arena, domain) ->
                        natives.virDomainDetachDeviceFlags(
                                domain, arena.allocateFrom(xml), scope.bit()));
    }

    /**
     * {@link #detach} of the device with this alias ({@code net0}, {@code ua-…}). libvirt 9.0
     * answers INTERNAL, not DEVICE_MISSING, if there is none.
     */
    public void detachAlias(String alias, Scope scope) {
        handle.slow(
                (arena, domain) ->
                        natives.virDomainDetachDeviceAlias(
                                domain, arena.allocateFrom(alias), scope.bit()));
    }

    /** Changes a device in place: medium of a CD, link state and bandwidth of a NIC … */
    public void update(String xml, Scope scope) {
        handle.slow(
                (arena, domain) ->
                        natives.virDomainUpdateDeviceFlags(
                                domain, arena.allocateFrom(xml), scope.bit()));
    }

    /**
     * Traffic of an interface.
     *
     * @param device its name on the host ({@code vnet0}) or its MAC address
     */
    public InterfaceStatistics interfaceStatistics(String device) {
        return handle.call(
                Pace.SLOW,
                (arena, domain) -> {
                    MemorySegment s = arena.allocate(InterfaceStatistics.SIZE, 8);
                    handle.errors()
                            .check(
                                    natives.virDomainInterfaceStats(
                                            domain,
                                            arena.allocateFrom(device),
                                            s,
                                            InterfaceStatistics.SIZE));
                    return InterfaceStatistics.of(i -> s.getAtIndex(JAVA_LONG, i));
                });
    }
}
