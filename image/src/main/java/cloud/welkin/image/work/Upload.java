package cloud.welkin.image.work;

import cloud.welkin.image.store.ContentTable.Content;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

/**
 * A file that is coming in. It is locked as long as somebody writes it, so that the sweep can tell
 * it from one whose program was killed. Checksums are computed beside the write.
 */
public final class Upload implements AutoCloseable {
    private static final int PIECE = 1 << 20;

    private final UUID id;
    private final Path path;
    private final FileChannel file;
    private final FileLock lock;
    private final Runnable whenClosed;

    Upload(UUID id, Path path, FileChannel file, FileLock lock, Runnable whenClosed) {
        this.id = id;
        this.path = path;
        this.file = file;
        this.lock = lock;
        this.whenClosed = whenClosed;
    }

    public UUID id() {
        return id;
    }

    public Path path() {
        return path;
    }

    /** More came than may come. */
    public static final class TooLong extends IOException {
        private static final long serialVersionUID = 1;
    }

    /** The client went away or sent nonsense: not the fault of this side. */
    public static final class BrokenBody extends IOException {
        private static final long serialVersionUID = 1;

        BrokenBody(IOException cause) {
            super(cause);
        }
    }

    /**
     * Writes all of the stream and makes it durable.
     *
     * @param most bytes that may come
     */
    public Content receive(InputStream body, long most) throws IOException {
        try (Checksums checksums = new Checksums()) {
            long size = 0;
            for (byte[] piece = read(body); piece.length > 0; piece = read(body)) {
                size += piece.length;
                if (size > most) {
                    throw new TooLong();
                }
                checksums.add(piece);
                ByteBuffer out = ByteBuffer.wrap(piece);
                while (out.hasRemaining()) {
                    file.write(out);
                }
            }
            file.force(true);
            return checksums.finish();
        }
    }

    private static byte[] read(InputStream body) throws BrokenBody {
        try {
            return body.readNBytes(PIECE);
        } catch (IOException e) {
            throw new BrokenBody(e);
        }
    }

    /** Lets go of the file; what shall stay was linked to its place before. */
    @Override
    public void close() {
        try {
            Files.deleteIfExists(path);
            lock.release();
            file.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            whenClosed.run();
        }
    }
}
