package cloud.welkin.object.engine;

import java.util.zip.CRC32C;

/**
 * How a body lies in its file: pieces of 64 KiB, the last one shorter, each followed by its CRC-32C
 * as four bytes, big end first. A range is read and checked without the rest.
 */
final class Chunk {
    static final int SIZE = 65_536;
    static final int CHECKSUM = 4;

    private Chunk() {}

    /** Where a chunk begins in the file. */
    static long offset(long number) {
        return number * (SIZE + CHECKSUM);
    }

    /** Bytes of the body that a file of so many bytes holds. */
    static long bodyLength(long fileLength) {
        long whole = fileLength / (SIZE + CHECKSUM);
        long rest = fileLength % (SIZE + CHECKSUM);
        return whole * SIZE + Math.max(0, rest - CHECKSUM);
    }

    static int checksum(byte[] bytes, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, length);
        return (int) crc.getValue();
    }
}
