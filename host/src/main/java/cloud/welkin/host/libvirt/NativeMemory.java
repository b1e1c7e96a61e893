package cloud.welkin.host.libvirt;

import static java.lang.foreign.ValueLayout.ADDRESS;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Optional;

/** Strings and arrays across the border. What libvirt returns as the caller's is freed here. */
final class NativeMemory {

    private static final MethodHandle FREE =
            Linker.nativeLinker()
                    .downcallHandle(
                            Linker.nativeLinker().defaultLookup().findOrThrow("free"),
                            FunctionDescriptor.ofVoid(ADDRESS));

    private NativeMemory() {}

    /** The C string behind the pointer, which stays its owner's. */
    static Optional<String> text(MemorySegment pointer) {
        return pointer.equals(MemorySegment.NULL)
                ? Optional.empty()
                : Optional.of(pointer.reinterpret(Long.MAX_VALUE).getString(0));
    }

    /** The C string behind the pointer, which is ours and freed. */
    static String takeText(MemorySegment pointer) {
        try {
            return text(pointer).orElse("");
        } finally {
            free(pointer);
        }
    }

    /** The pointers of an array of the given length. */
    static MemorySegment[] pointers(MemorySegment array, int count) {
        MemorySegment[] pointers = new MemorySegment[count];
        if (count > 0) {
            MemorySegment sized = array.reinterpret(ADDRESS.byteSize() * count);
            for (int i = 0; i < count; i++) {
                pointers[i] = sized.getAtIndex(ADDRESS, i);
            }
        }
        return pointers;
    }

    /** An array of C strings; NULL if there are none. */
    static MemorySegment texts(Arena arena, java.util.List<String> texts) {
        if (texts.isEmpty()) {
            return MemorySegment.NULL;
        }
        MemorySegment array = arena.allocate(ADDRESS, texts.size());
        for (int i = 0; i < texts.size(); i++) {
            array.setAtIndex(ADDRESS, i, arena.allocateFrom(texts.get(i)));
        }
        return array;
    }

    /** C's free: NULL does nothing. */
    static void free(MemorySegment pointer) {
        try {
            FREE.invokeExact(pointer);
        } catch (Throwable impossible) {
            throw new LinkageError("free", impossible);
        }
    }
}
