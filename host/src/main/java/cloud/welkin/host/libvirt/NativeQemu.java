package cloud.welkin.host.libvirt;

import java.lang.foreign.MemorySegment;

/** Functions of libvirt-qemu.so.0, which a host without QEMU may lack. */
interface NativeQemu {
    @NativeBinding.Newer(since = "0.10.0")
    MemorySegment virDomainQemuAgentCommand(
            MemorySegment domain, MemorySegment command, int timeoutSeconds, int flags);

    @NativeBinding.Newer(since = "0.8.3")
    int virDomainQemuMonitorCommand(
            MemorySegment domain, MemorySegment command, MemorySegment result, int flags);
}
