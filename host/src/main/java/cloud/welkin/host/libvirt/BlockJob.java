package cloud.welkin.host.libvirt;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;

/**
 * A running block job of a disk (virDomainBlockJobInfo).
 *
 * @param bandwidth limit, bytes a second; 0 for none
 * @param current progress, in units of the job
 * @param end where the progress ends; equal to {@code current} while a copy waits for pivot
 */
public record BlockJob(Type type, long bandwidth, long current, long end) {

    static final long SIZE = 32;

    /** virDomainBlockJobType, in its order. */
    public enum Type {
        UNKNOWN,
        PULL,
        COPY,
        COMMIT,
        ACTIVE_COMMIT,
        BACKUP;

        static Type of(int number) {
            return Numbered.at(values(), number, UNKNOWN);
        }
    }

    static BlockJob of(MemorySegment info) {
        return new BlockJob(
                Type.of(info.get(JAVA_INT, 0)),
                info.get(JAVA_LONG, 8),
                info.get(JAVA_LONG, 16),
                info.get(JAVA_LONG, 24));
    }
}
