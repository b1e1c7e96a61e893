package cloud.welkin.host.libvirt;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;

/**
 * The host's processors and memory (virNodeInfo).
 *
 * @param model processor architecture, such as {@code x86_64}
 * @param memoryKib memory in KiB
 * @param cpus active processors
 * @param mhz clock; 0 if unknown
 * @param numaNodes NUMA cells
 * @param socketsPerNode sockets in a cell
 * @param coresPerSocket cores in a socket
 * @param threadsPerCore threads in a core
 */
public record NodeInfo(
        String model,
        long memoryKib,
        int cpus,
        int mhz,
        int numaNodes,
        int socketsPerNode,
        int coresPerSocket,
        int threadsPerCore) {

    static final long SIZE = 64;

    static NodeInfo of(MemorySegment info) {
        return new NodeInfo(
                info.getString(0),
                info.get(JAVA_LONG, 32),
                info.get(JAVA_INT, 40),
                info.get(JAVA_INT, 44),
                info.get(JAVA_INT, 48),
                info.get(JAVA_INT, 52),
                info.get(JAVA_INT, 56),
                info.get(JAVA_INT, 60));
    }
}
