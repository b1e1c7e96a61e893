package cloud.welkin.host.libvirt;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * A native object that is freed once: when its owner has closed it and no call uses it any more.
 *
 * <p>Invariant: the object is alive while {@code holders > 0}; the owner is one holder until it
 * closes, every running call another.
 */
final class NativeReference implements AutoCloseable {

    private final MemorySegment pointer;
    private final Consumer<NativeReference> free;
    private final AtomicInteger holders = new AtomicInteger(1);
    private final AtomicBoolean closed = new AtomicBoolean();

    NativeReference(MemorySegment pointer, Consumer<NativeReference> free) {
        this.pointer = pointer;
        this.free = free;
    }

    /** Only between {@link #hold} and {@link #release}, or in the freeing. */
    MemorySegment pointer() {
        return pointer;
    }

    /**
     * Keeps the object alive until {@link #release}.
     *
     * @throws LibvirtException CLOSED
     */
    void hold() {
        while (true) {
            int now = holders.get();
            if (closed.get() || now == 0) {
                throw LibvirtException.of(
                        ErrorCode.CLOSED, "the reference to libvirt's object was closed");
            }
            if (holders.compareAndSet(now, now + 1)) {
                return;
            }
        }
    }

    void release() {
        if (holders.decrementAndGet() == 0) {
            free.accept(this);
        }
    }

    boolean isClosed() {
        return closed.get();
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            release();
        }
    }
}
