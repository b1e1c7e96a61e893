package cloud.welkin.object.engine;

import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * Where a packed body lies: so many bytes of a segment from an offset on, and behind them a CRC-32C
 * over segment, offset and body, so that a body in the place of another one is noticed too.
 */
record Packed(long segment, long offset, int length) {
    static final int CHECKSUM = 4;

    /** What the locators of packed bodies begin with. */
    static final String BEGINNING = "s";

    Locator locator() {
        return new Locator(BEGINNING + segment + "/" + offset + "/" + length);
    }

    /** Empty when the locator is not of a packed body. */
    static Optional<Packed> of(Locator locator) {
        String text = locator.text();
        if (!text.matches("s\\d{1,18}/\\d{1,18}/\\d{1,6}")) {
            return Optional.empty();
        }
        String[] parts = text.substring(1).split("/", -1);
        return Optional.of(
                new Packed(
                        Long.parseLong(parts[0]),
                        Long.parseLong(parts[1]),
                        Integer.parseInt(parts[2])));
    }

    /** Bytes that it takes in the segment. */
    int stored() {
        return length + CHECKSUM;
    }

    long end() {
        return offset + stored();
    }

    int checksum(byte[] body) {
        CRC32C crc = new CRC32C();
        crc.update(ByteBuffer.allocate(16).putLong(segment).putLong(offset).flip());
        crc.update(body, 0, length);
        return (int) crc.getValue();
    }
}
