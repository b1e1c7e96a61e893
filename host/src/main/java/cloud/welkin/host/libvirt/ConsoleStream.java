package cloud.welkin.host.libvirt;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import cloud.welkin.host.libvirt.CallLanes.Pace;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.Semaphore;

/**
 * An open console: bytes from and to the guest. One reader and any number of writers at a time;
 * reading blocks until there is something, without holding a thread of libvirt's lanes.
 *
 * <p>The native stream does not block: it tells the event loop when there is something, and the
 * reader fetches it. Closing wakes the reader, for whom the stream has then ended.
 */
public final class ConsoleStream implements AutoCloseable {

    static final int NONBLOCK = 1;

    private static final int READABLE = 1;
    private static final int WOULD_BLOCK = -2;
    private static final int LARGEST_WRITE = 64 * 1024;

    private final Connection connection;
    private final NativeSystem system;
    private final NativeReference reference;
    private final Semaphore ready;
    private volatile boolean ended;

    private ConsoleStream(Connection connection, NativeReference reference, Semaphore ready) {
        this.connection = connection;
        this.system = connection.library().system;
        this.reference = reference;
        this.ready = ready;
    }

    /** On a lane: takes over the stream. */
    static ConsoleStream of(Connection connection, MemorySegment stream) {
        Libvirt library = connection.library();
        Semaphore ready = new Semaphore(0);
        long number = library.router.addStream(ready::release);
        int added =
                library.system.virStreamEventAddCallback(
                        stream,
                        READABLE,
                        library.router.streamCallback(),
                        MemorySegment.ofAddress(number),
                        MemorySegment.NULL);
        if (added < 0) {
            library.router.removeStream(number);
            throw connection.errors().exception();
        }
        NativeReference reference =
                connection.track(
                        stream,
                        done -> {
                            library.router.removeStream(number);
                            ready.release();
                            hangUp(connection, done);
                        });
        return new ConsoleStream(connection, reference, ready);
    }

    /** The callback and an open stream hold the connection: both go first. A round trip. */
    private static void hangUp(Connection connection, MemorySegment stream) {
        NativeSystem system = connection.library().system;
        connection
                .lanes()
                .call(
                        Pace.QUICK,
                        _ -> {
                            system.virStreamEventRemoveCallback(stream);
                            system.virStreamAbort(stream);
                            return system.virStreamFree(stream);
                        });
    }

    /**
     * Waits for bytes.
     *
     * @return how many were read, at least 1; -1 when the guest or this program has closed the
     *     console
     * @throws IOException if the connection breaks; InterruptedIOException if the thread is
     *     interrupted
     */
    public int read(byte[] buffer, int offset, int length) throws IOException {
        while (!ended) {
            int read = receive(buffer, offset, length);
            if (read != WOULD_BLOCK) {
                ended = read == 0;
                return read == 0 ? -1 : read;
            }
            await();
        }
        return -1;
    }

    /** Sends all bytes to the guest. */
    public void write(byte[] bytes, int offset, int length) throws IOException {
        int sent = 0;
        while (sent < length) {
            int now = send(bytes, offset + sent, Math.min(LARGEST_WRITE, length - sent));
            if (now <= 0) {
                throw new IOException("the console is closed");
            }
            sent += now;
        }
    }

    /** Hangs up. */
    @Override
    public void close() {
        ended = true;
        reference.close();
        ready.release();
    }

    private int receive(byte[] buffer, int offset, int length) throws IOException {
        return call(
                (arena, stream) -> {
                    MemorySegment data = arena.allocate(Math.max(1, length));
                    int read = system.virStreamRecv(stream, data, length);
                    if (read == WOULD_BLOCK) {
                        connection
                                .errors()
                                .check(system.virStreamEventUpdateCallback(stream, READABLE));
                        return WOULD_BLOCK;
                    }
                    connection.errors().check(read);
                    MemorySegment.copy(data, JAVA_BYTE, 0, buffer, offset, read);
                    return read;
                });
    }

    private int send(byte[] bytes, int offset, int length) throws IOException {
        return call(
                (arena, stream) -> {
                    MemorySegment data = arena.allocate(Math.max(1, length));
                    MemorySegment.copy(bytes, offset, data, JAVA_BYTE, 0, length);
                    int sent = system.virStreamSend(stream, data, length);
                    return connection.errors().check(sent);
                });
    }

    private int call(DomainHandle.Call<Integer> call) throws IOException {
        try {
            return connection.call(Pace.QUICK, reference, call);
        } catch (LibvirtException failed) {
            if (ended || failed.is(ErrorCode.CLOSED)) {
                return 0;
            }
            throw new IOException(failed);
        }
    }

    private void await() throws InterruptedIOException {
        try {
            ready.acquire();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("console");
        }
    }
}
