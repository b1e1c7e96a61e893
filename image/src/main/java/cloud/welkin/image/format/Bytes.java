package cloud.welkin.image.format;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;

/**
 * Reads pieces of a file that may end anywhere: what is missing reads as zero, and lengths say what
 * is really there.
 */
final class Bytes {
    private final SeekableByteChannel file;
    private final long size;

    Bytes(SeekableByteChannel file) throws IOException {
        this.file = file;
        this.size = file.size();
    }

    long size() {
        return size;
    }

    /** A piece of at most 1 MiB; zeros behind the file's end. */
    ByteBuffer at(long offset, int length, ByteOrder order) throws IOException {
        ByteBuffer piece = ByteBuffer.allocate(Math.min(length, 1 << 20));
        if (offset >= 0 && offset < size) {
            file.position(offset);
            while (piece.hasRemaining() && file.read(piece) >= 0) {
                // until the piece is full or the file ends
            }
        }
        piece.position(0).limit(piece.capacity());
        return piece.order(order);
    }

    boolean startsWith(long offset, String ascii) throws IOException {
        return text(offset, ascii.length()).equals(ascii);
    }

    String text(long offset, int length) throws IOException {
        ByteBuffer piece = at(offset, length, ByteOrder.BIG_ENDIAN);
        return StandardCharsets.ISO_8859_1.decode(piece).toString();
    }
}
