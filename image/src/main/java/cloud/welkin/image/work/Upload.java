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
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/**
 * A file that is coming in. It is locked as long as somebody writes it, so that the sweep can tell it from one whose
 * program was killed. Checksums are computed on threads of their own, beside the write.
 */
public final class Upload implements AutoCloseable {
    private static final int PIECE = 1 << 20;
    private static final int AHEAD = 4;

    private final UUID id;
    private final Path path;
    private final FileChannel file;
    private final FileLock lock;
    private boolean kept;

    Upload(UUID id, Path path, FileChannel file, FileLock lock) {
        this.id = id;
        this.path = path;
        this.file = file;
        this.lock = lock;
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
        Hasher md5 = new Hasher("MD5");
        Hasher sha512 = new Hasher("SHA-512");
        long size = 0;
        try {
            while (true) {
                byte[] piece = read(body);
                if (piece.length == 0) {
                    break;
                }
                size += piece.length;
                if (size > most) {
                    throw new TooLong();
                }
                md5.add(piece);
                sha512.add(piece);
                ByteBuffer out = ByteBuffer.wrap(piece);
                while (out.hasRemaining()) {
                    file.write(out);
                }
            }
            file.force(true);
        } finally {
            md5.end();
            sha512.end();
        }
        return new Content(sha512.result(), md5.result(), size);
    }

    private static byte[] read(InputStream body) throws BrokenBody {
        try {
            return body.readNBytes(PIECE);
        } catch (IOException e) {
            throw new BrokenBody(e);
        }
    }

    /** The file has found its place: closing no longer removes it. */
    void keep() {
        kept = true;
    }

    @Override
    public void close() {
        try {
            if (!kept) {
                Files.deleteIfExists(path);
            }
            lock.release();
            file.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One checksum on its own thread; the queue is short, so that a slow one slows the reading and not the memory. */
    private static final class Hasher {
        private static final byte[] END = {};
        private final BlockingQueue<byte[]> pieces = new ArrayBlockingQueue<>(AHEAD);
        private final MessageDigest digest;
        private final Thread thread;

        Hasher(String algorithm) {
            try {
                digest = MessageDigest.getInstance(algorithm);
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException(e);
            }
            thread = Thread.ofVirtual().name(algorithm).start(this::run);
        }

        private void run() {
            try {
                for (byte[] piece = pieces.take(); piece.length > 0; piece = pieces.take()) {
                    digest.update(piece);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        void add(byte[] piece) throws IOException {
            try {
                pieces.put(piece);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException(e);
            }
        }

        void end() throws IOException {
            add(END);
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException(e);
            }
        }

        String result() {
            return HexFormat.of().formatHex(digest.digest());
        }
    }
}
