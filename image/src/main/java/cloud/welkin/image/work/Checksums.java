package cloud.welkin.image.work;

import cloud.welkin.image.store.ContentTable.Content;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;

/**
 * MD5 and SHA-512 of a stream, each on a thread of its own beside whoever reads and writes. Their
 * queues are short: a slow checksum slows the reading, it does not fill the memory.
 */
final class Checksums implements AutoCloseable {
    private static final int PIECE = 1 << 20;
    private static final int AHEAD = 4;

    private final Hasher md5 = new Hasher("MD5");
    private final Hasher sha512 = new Hasher("SHA-512");
    private long size;

    /** Of a whole file. */
    static Content of(Path file) throws IOException {
        try (Checksums checksums = new Checksums();
                InputStream in = Files.newInputStream(file)) {
            for (byte[] piece = in.readNBytes(PIECE);
                    piece.length > 0;
                    piece = in.readNBytes(PIECE)) {
                checksums.add(piece);
            }
            return checksums.finish();
        }
    }

    /** The next bytes, which nobody may change from now on. */
    void add(byte[] piece) throws IOException {
        size += piece.length;
        md5.add(piece);
        sha512.add(piece);
    }

    Content finish() throws IOException {
        return new Content(sha512.result(), md5.result(), size);
    }

    @Override
    public void close() {
        md5.stop();
        sha512.stop();
    }

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
                // Nobody wants the sum any more.
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

        String result() throws IOException {
            add(END);
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException(e);
            }
            return HexFormat.of().formatHex(digest.digest());
        }

        void stop() {
            thread.interrupt();
        }
    }
}
