package cloud.welkin.object.engine;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives blocks in the middle of a file back to the file system: Linux' {@code fallocate} with
 * FALLOC_FL_PUNCH_HOLE (man 2 fallocate), which ext4, XFS, btrfs and tmpfs have. Elsewhere a dead
 * body's space waits for its segment to die.
 */
final class HolePunch {
    private static final Logger log = LoggerFactory.getLogger(HolePunch.class);
    private static final int BLOCK = 4096;
    private static final int WRITE_ONLY = 1;
    private static final int KEEP_SIZE_AND_PUNCH = 0x01 | 0x02;

    private static final MethodHandle OPEN =
            function(
                    "open",
                    FunctionDescriptor.of(
                            ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT));
    private static final MethodHandle FALLOCATE =
            function(
                    "fallocate",
                    FunctionDescriptor.of(
                            ValueLayout.JAVA_INT,
                            ValueLayout.JAVA_INT,
                            ValueLayout.JAVA_INT,
                            ValueLayout.JAVA_LONG,
                            ValueLayout.JAVA_LONG));
    private static final MethodHandle CLOSE =
            function("close", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));

    private static MethodHandle function(String name, FunctionDescriptor shape) {
        Linker linker = Linker.nativeLinker();
        return linker.downcallHandle(linker.defaultLookup().find(name).orElseThrow(), shape);
    }

    /**
     * Frees every whole block that none of the bodies lies in.
     *
     * @return bytes between the bodies that are free, now or since an earlier time
     */
    long punchBetween(Path file, List<Packed> alive) throws IOException {
        List<Packed> ordered =
                alive.stream().sorted(Comparator.comparingLong(Packed::offset)).toList();
        long size = Files.size(file);
        long freed = 0;
        long from = 0;
        try (Arena arena = Arena.ofConfined()) {
            int fd = (int) OPEN.invokeExact(arena.allocateFrom(file.toString()), WRITE_ONLY);
            if (fd < 0) {
                throw new IOException("cannot open " + file);
            }
            try {
                for (Packed body : ordered) {
                    freed += punch(fd, from, body.offset());
                    from = Math.max(from, body.end());
                }
                freed += punch(fd, from, size / BLOCK * BLOCK);
            } finally {
                int closed = (int) CLOSE.invokeExact(fd);
                if (closed != 0) {
                    log.warn("{} cannot be closed", file);
                }
            }
        } catch (IOException e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
        return freed;
    }

    private static long punch(int fd, long from, long to) throws Throwable {
        long first = (from + BLOCK - 1) / BLOCK * BLOCK;
        long length = to / BLOCK * BLOCK - first;
        if (length <= 0) {
            return 0;
        }
        int result = (int) FALLOCATE.invokeExact(fd, KEEP_SIZE_AND_PUNCH, first, length);
        return result == 0 ? length : 0;
    }
}
