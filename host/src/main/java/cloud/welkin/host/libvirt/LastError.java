package cloud.welkin.host.libvirt;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.MemorySegment;

/**
 * Reads libvirt's error of the calling thread after a call that failed. Sound only on the very
 * platform thread that made the call, which is why all of it happens inside {@link CallLanes}.
 */
record LastError(NativeSystem system) {

    private static final long ERROR_SIZE = 16; // code, domain, message: the head of virError

    /** The result, unless it is negative. */
    int check(int result) {
        if (result < 0) {
            throw exception();
        }
        return result;
    }

    /** The pointer, unless it is NULL. */
    MemorySegment check(MemorySegment pointer) {
        if (pointer.equals(MemorySegment.NULL)) {
            throw exception();
        }
        return pointer;
    }

    LibvirtException exception() {
        MemorySegment error = system.virGetLastError();
        if (error.equals(MemorySegment.NULL)) {
            return LibvirtException.of(ErrorCode.OTHER, "libvirt failed and gave no reason");
        }
        MemorySegment head = error.reinterpret(ERROR_SIZE);
        LibvirtException exception =
                new LibvirtException(
                        ErrorCode.of(head.get(JAVA_INT, 0)),
                        head.get(JAVA_INT, 0),
                        ErrorDomain.of(head.get(JAVA_INT, 4)),
                        NativeMemory.text(head.get(ADDRESS, 8)).orElse("no message"));
        system.virResetLastError();
        return exception;
    }
}
