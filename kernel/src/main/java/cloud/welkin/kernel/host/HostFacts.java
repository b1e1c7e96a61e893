package cloud.welkin.kernel.host;

import java.time.Instant;

/**
 * What a host says of itself when it reports.
 *
 * @param bootId changes when the machine was started anew: guests that ran then do not run now
 * @param driver qemu, kvm, xen, lxc or simulated
 * @param engineVersion e.g. 7002017 for QEMU 7.2.17, as libvirt counts
 */
public record HostFacts(
        HostName name,
        String bootId,
        String driver,
        String hypervisorType,
        long engineVersion,
        int vcpus,
        long memoryMib,
        long diskGib,
        long diskFreeGib,
        String cpuModel,
        String address,
        Instant startedAt) {}
