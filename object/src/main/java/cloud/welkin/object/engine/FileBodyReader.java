package cloud.welkin.object.engine;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/** A part of a body; each chunk is checked before a byte of it is handed out. */
final class FileBodyReader extends InputStream {
    private final FileChannel channel;
    private final Locator locator;
    private final long bodyLength;
    private final ByteBuffer buffer = ByteBuffer.allocate(Chunk.SIZE + Chunk.CHECKSUM);
    private long position;
    private final long end;
    private long loaded = -1;

    FileBodyReader(FileChannel channel, Locator locator, long bodyLength, long from, long length) {
        this.channel = channel;
        this.locator = locator;
        this.bodyLength = bodyLength;
        this.position = from;
        this.end = Math.min(bodyLength, from + length);
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        if (position >= end) {
            return -1;
        }
        long number = position / Chunk.SIZE;
        if (number != loaded) {
            load(number);
        }
        int at = (int) (position % Chunk.SIZE);
        int inChunk = (int) Math.min(Chunk.SIZE, bodyLength - number * Chunk.SIZE);
        int count = (int) Math.min(Math.min(length, inChunk - at), end - position);
        buffer.get(at, bytes, offset, count);
        position += count;
        return count;
    }

    /** Chunk by chunk from where they were checked, without a copy between. */
    @Override
    public long transferTo(OutputStream out) throws IOException {
        long sent = 0;
        while (position < end) {
            long number = position / Chunk.SIZE;
            if (number != loaded) {
                load(number);
            }
            int at = (int) (position % Chunk.SIZE);
            int inChunk = (int) Math.min(Chunk.SIZE, bodyLength - number * Chunk.SIZE);
            int count = (int) Math.min(inChunk - at, end - position);
            out.write(buffer.array(), at, count);
            position += count;
            sent += count;
        }
        return sent;
    }

    private void load(long number) throws IOException {
        int expected = (int) Math.min(Chunk.SIZE, bodyLength - number * Chunk.SIZE);
        buffer.clear().limit(expected + Chunk.CHECKSUM);
        long from = Chunk.offset(number);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, from + buffer.position()) < 0) {
                throw rotten(number, "is cut short");
            }
        }
        if (Chunk.checksum(buffer.array(), expected) != buffer.getInt(expected)) {
            throw rotten(number, "does not match its checksum");
        }
        loaded = number;
    }

    private EngineFailure rotten(long number, String how) {
        return new EngineFailure(
                EngineFailure.Kind.ROTTEN, "chunk " + number + " of " + locator + " " + how);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
