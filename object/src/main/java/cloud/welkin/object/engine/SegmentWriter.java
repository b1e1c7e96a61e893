package cloud.welkin.object.engine;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Appends bodies to segments. One thread writes all that came while it forced what came before: the
 * more writers, the more bodies share a flush, and nobody waits for a batch to fill.
 *
 * <p>A write that failed is behind the end of its segment as far as anybody knows: the next body
 * begins a new one.
 */
final class SegmentWriter implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(SegmentWriter.class);
    private static final long LARGEST = 64L << 20;
    private static final int LARGEST_BATCH = 4 << 20;

    private record Pending(byte[] body, CompletableFuture<Packed> done) {}

    private final Path folder;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition came = lock.newCondition();
    private final Queue<Pending> waiting = new ArrayDeque<>();
    private final Thread committer;
    private final AtomicLong number;
    private boolean closed;

    // Of the committer alone.
    private Optional<FileChannel> segment = Optional.empty();
    private long end;

    /**
     * @param first the number of the first segment that is written; none of it is there yet
     */
    SegmentWriter(Path folder, long first) {
        this.folder = folder;
        this.number = new AtomicLong(first);
        // A thread of its own: it waits for the disk all the time, and would hold a carrier.
        this.committer = Thread.ofPlatform().name("object-segments").daemon().start(this::commit);
    }

    /** The segment that is being written; older ones never change. */
    long active() {
        return number.get();
    }

    /**
     * Returns when the body survives the loss of power.
     *
     * @throws EngineFailure FULL or DISK_FAILED
     */
    Packed append(byte[] body) {
        Pending pending = new Pending(body, new CompletableFuture<>());
        lock.lock();
        try {
            if (closed) {
                throw new EngineFailure(EngineFailure.Kind.DISK_FAILED, "the engine is closed");
            }
            waiting.add(pending);
            came.signal();
        } finally {
            lock.unlock();
        }
        try {
            return pending.done().join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof EngineFailure failure ? failure : e;
        }
    }

    private void commit() {
        List<Pending> batch = next();
        while (!batch.isEmpty()) {
            try {
                List<Packed> places = write(batch);
                for (int i = 0; i < batch.size(); i++) {
                    batch.get(i).done().complete(places.get(i));
                }
            } catch (IOException e) {
                log.error("segment {} cannot be written: {}", number, e.getMessage());
                EngineFailure failure = FileBody.failure(e);
                batch.forEach(one -> one.done().completeExceptionally(failure));
                leave();
            } catch (RuntimeException | Error e) {
                // Errors too: whoever waits would do so for good if this thread ended.
                log.error("segment {} cannot be written", number, e);
                batch.forEach(one -> one.done().completeExceptionally(e));
                leave();
            }
            batch = next();
        }
        leave();
    }

    private List<Pending> next() {
        lock.lock();
        try {
            while (waiting.isEmpty() && !closed) {
                came.awaitUninterruptibly();
            }
            List<Pending> batch = new ArrayList<>();
            int size = 0;
            while (!waiting.isEmpty() && size < LARGEST_BATCH) {
                Pending one = waiting.remove();
                size += one.body().length + Packed.CHECKSUM;
                batch.add(one);
            }
            return batch;
        } finally {
            lock.unlock();
        }
    }

    private List<Packed> write(List<Pending> batch) throws IOException {
        FileChannel channel = channel();
        List<Packed> places = new ArrayList<>(batch.size());
        int size = batch.stream().mapToInt(one -> one.body().length + Packed.CHECKSUM).sum();
        ByteBuffer bytes = ByteBuffer.allocate(size);
        for (Pending one : batch) {
            Packed place = new Packed(number.get(), end + bytes.position(), one.body().length);
            bytes.put(one.body()).putInt(place.checksum(one.body()));
            places.add(place);
        }
        bytes.flip();
        while (bytes.hasRemaining()) {
            channel.write(bytes, end + bytes.position());
        }
        channel.force(false);
        end += size;
        return places;
    }

    private FileChannel channel() throws IOException {
        if (segment.isPresent() && end >= LARGEST) {
            leave();
        }
        if (segment.isEmpty()) {
            FileChannel fresh =
                    FileChannel.open(
                            PackedEngine.file(folder, number.get()),
                            StandardOpenOption.CREATE_NEW,
                            StandardOpenOption.WRITE);
            segment = Optional.of(fresh);
            end = 0;
            Folders.force(folder);
        }
        return segment.get();
    }

    /** Ends the segment; the next body begins another one. */
    private void leave() {
        segment.ifPresent(
                channel -> {
                    try {
                        channel.close();
                    } catch (IOException e) {
                        log.warn("segment {} cannot be closed: {}", number, e.getMessage());
                    }
                    number.incrementAndGet();
                });
        segment = Optional.empty();
    }

    /** Ends when all that waits is written. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            came.signalAll();
        } finally {
            lock.unlock();
        }
        try {
            committer.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
