package cloud.welkin.object.work;

import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/**
 * The MD5 of a body that is being stored: computed beside the disk's work, since inline the two
 * together are half as fast as the slower one. A body of one buffer is digested where it is.
 */
final class Md5Beside implements AutoCloseable {
    /** Two of them for a body: one is filled and stored while the other is digested. */
    private static final int SIZE = 65_536;

    private record Block(byte[] bytes, int length) {}

    private final MessageDigest digest = Bodies.md5();
    private final BlockingQueue<Block> filled = new ArrayBlockingQueue<>(2);
    private final BlockingQueue<byte[]> free = new ArrayBlockingQueue<>(2);
    private Optional<Thread> worker = Optional.empty();
    private byte[] buffer = new byte[SIZE];

    /** The buffer that is to be filled next. */
    byte[] buffer() {
        return buffer;
    }

    /** Takes what is in the buffer, which is another one then. */
    void take(int length) throws InterruptedException {
        if (worker.isEmpty() && length < SIZE) {
            digest.update(buffer, 0, length);
            return;
        }
        if (worker.isEmpty()) {
            worker = Optional.of(Thread.ofVirtual().name("md5").start(this::work));
            free.add(new byte[SIZE]);
        }
        filled.put(new Block(buffer, length));
        buffer = free.take();
    }

    private void work() {
        try {
            Block block = filled.take();
            while (block.length() > 0) {
                digest.update(block.bytes(), 0, block.length());
                free.put(block.bytes());
                block = filled.take();
            }
        } catch (InterruptedException e) {
            // The body was given up.
            Thread.currentThread().interrupt();
        }
    }

    /** Of all that was taken, in hex. */
    String hex() throws InterruptedException {
        if (worker.isPresent()) {
            filled.put(new Block(buffer, 0));
            worker.get().join();
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    @Override
    public void close() {
        worker.ifPresent(Thread::interrupt);
    }
}
