package cloud.welkin.object.engine;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;

/** A file on its way in, written chunk by chunk. */
final class FileBody implements BodyWriter {
    /** Puts the forced file where it belongs, for good. */
    interface Settle {
        Locator settle(long length) throws IOException;
    }

    private final Path file;
    private final Settle settle;
    private final FileChannel channel;
    private final byte[] chunk = new byte[Chunk.SIZE];
    private final ByteBuffer out = ByteBuffer.allocateDirect(Chunk.SIZE + Chunk.CHECKSUM);
    private int filled;
    private long length;
    private boolean settled;

    FileBody(Path file, Settle settle) {
        this.file = file;
        this.settle = settle;
        try {
            channel =
                    FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw failure(e);
        }
    }

    @Override
    public void write(byte[] bytes, int from, int count) {
        int at = from;
        int end = from + count;
        while (at < end) {
            int taken = Math.min(end - at, Chunk.SIZE - filled);
            System.arraycopy(bytes, at, chunk, filled, taken);
            filled += taken;
            at += taken;
            if (filled == Chunk.SIZE) {
                flush();
            }
        }
        length += count;
    }

    private void flush() {
        out.clear();
        out.put(chunk, 0, filled).putInt(Chunk.checksum(chunk, filled)).flip();
        try {
            while (out.hasRemaining()) {
                channel.write(out);
            }
        } catch (IOException e) {
            throw failure(e);
        }
        filled = 0;
    }

    @Override
    public Locator commit() {
        if (filled > 0) {
            flush();
        }
        try {
            channel.force(false);
            Locator locator = settle.settle(length);
            settled = true;
            return locator;
        } catch (IOException e) {
            throw failure(e);
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
            if (!settled) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw failure(e);
        }
    }

    /** What an error of the file system means; Java tells a full disk by its text alone. */
    static EngineFailure failure(IOException e) {
        String text = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
        boolean full = text.contains("no space left") || text.contains("quota exceeded");
        return new EngineFailure(
                full ? EngineFailure.Kind.FULL : EngineFailure.Kind.DISK_FAILED,
                String.valueOf(e.getMessage()),
                e);
    }
}
