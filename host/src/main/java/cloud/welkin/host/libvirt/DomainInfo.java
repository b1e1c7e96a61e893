package cloud.welkin.host.libvirt;

import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.MemorySegment;
import java.time.Duration;

/**
 * A domain's size and use (virDomainInfo).
 *
 * @param maxMemoryKib most memory it may have, KiB
 * @param memoryKib memory it has, KiB
 * @param vcpus virtual processors
 * @param cpuTime processor time used since its start
 */
public record DomainInfo(long maxMemoryKib, long memoryKib, int vcpus, Duration cpuTime) {

    static final long SIZE = 40;

    static DomainInfo of(MemorySegment info) {
        return new DomainInfo(
                info.get(JAVA_LONG, 8),
                info.get(JAVA_LONG, 16),
                Short.toUnsignedInt(info.get(JAVA_SHORT, 24)),
                Duration.ofNanos(info.get(JAVA_LONG, 32)));
    }
}
