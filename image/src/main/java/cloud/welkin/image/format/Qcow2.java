package cloud.welkin.image.format;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * QEMU's format, versions 2 and 3 (qemu docs/interop/qcow2.txt). Refused: anything that makes QEMU
 * open another file (backing file, external data file) and what the guest could not read
 * (encryption), unknown incompatible features, and headers whose numbers cannot be.
 */
final class Qcow2 {
    static final String MAGIC = "QFI\u00fb";
    private static final String NAME = "qcow2";
    private static final long DIRTY = 1;
    private static final long CORRUPT = 1 << 1;
    private static final long EXTERNAL_DATA = 1 << 2;
    private static final long COMPRESSION = 1 << 3;
    private static final long EXTENDED_L2 = 1 << 4;
    private static final long KNOWN = DIRTY | CORRUPT | EXTERNAL_DATA | COMPRESSION | EXTENDED_L2;
    private static final int LARGEST_L1_BYTES = 32 << 20;
    private static final long LARGEST_DISK = 1L << 50;
    private static final int BACKING_EXTENSION = 0xE2792ACA;
    private static final int DATA_FILE_EXTENSION = 0x44415441;
    private static final int ENCRYPTION_EXTENSION = 0x0537BE77;

    private Qcow2() {}

    static Inspection inspect(Bytes bytes) throws IOException {
        if (bytes.size() < 72) {
            return unsafe("the header is cut off");
        }
        ByteBuffer header = bytes.at(0, 112, ByteOrder.BIG_ENDIAN);
        int version = header.getInt(4);
        if (version != 2 && version != 3) {
            return unsafe("version " + version + " is not known");
        }
        if (header.getLong(8) != 0 || header.getInt(16) != 0) {
            return unsafe("it names a backing file");
        }
        int clusterBits = header.getInt(20);
        if (clusterBits < 9 || clusterBits > 21) {
            return unsafe("its cluster size is out of range");
        }
        long virtualSize = header.getLong(24);
        if (virtualSize < 0 || virtualSize > LARGEST_DISK) {
            return unsafe("its virtual size is out of range");
        }
        if (header.getInt(32) != 0) {
            return unsafe("it is encrypted");
        }
        long l1Entries = Integer.toUnsignedLong(header.getInt(36));
        long l1Offset = header.getLong(40);
        if (l1Entries * 8 > LARGEST_L1_BYTES
                || l1Offset < 0
                || l1Offset + l1Entries * 8 > bytes.size()) {
            return unsafe("its L1 table lies outside of the file");
        }
        long clusterSize = 1L << clusterBits;
        long perL1 = clusterSize * (clusterSize / 8);
        if (virtualSize > 0 && l1Entries < (virtualSize - 1) / perL1 + 1) {
            // With extended L2 entries an L1 entry covers half as much, which only asks for more of
            // them.
            return unsafe("its L1 table is too small for its size");
        }
        long refcountOffset = header.getLong(48);
        if (refcountOffset < 0 || refcountOffset >= bytes.size()) {
            return unsafe("its refcount table lies outside of the file");
        }
        if (Integer.toUnsignedLong(header.getInt(60)) > 65_536) {
            return unsafe("it has too many snapshots");
        }
        return version == 2
                ? extensions(bytes, 72, clusterSize, virtualSize)
                : version3(bytes, header, clusterSize, virtualSize);
    }

    private static Inspection version3(
            Bytes bytes, ByteBuffer header, long clusterSize, long virtualSize) throws IOException {
        long incompatible = header.getLong(72);
        if ((incompatible & EXTERNAL_DATA) != 0) {
            return unsafe("it keeps its data in another file");
        }
        if ((incompatible & CORRUPT) != 0) {
            return unsafe("it is marked corrupt");
        }
        if ((incompatible & ~KNOWN) != 0) {
            return unsafe("it uses features that are not known");
        }
        if (Integer.toUnsignedLong(header.getInt(96)) > 6) {
            return unsafe("its refcount width is out of range");
        }
        long headerLength = Integer.toUnsignedLong(header.getInt(100));
        if (headerLength < 104 || headerLength > clusterSize || headerLength % 8 != 0) {
            return unsafe("its header's length is out of range");
        }
        return extensions(bytes, headerLength, clusterSize, virtualSize);
    }

    /** The list behind the header, which must end within the first cluster. */
    private static Inspection extensions(Bytes bytes, long from, long clusterSize, long virtualSize)
            throws IOException {
        long at = from;
        long end = Math.min(clusterSize, bytes.size());
        for (int count = 0; at + 8 <= end && count < 256; count++) {
            ByteBuffer extension = bytes.at(at, 8, ByteOrder.BIG_ENDIAN);
            int type = extension.getInt(0);
            long length = Integer.toUnsignedLong(extension.getInt(4));
            if (type == 0) {
                break;
            }
            if (length > end - at - 8) {
                return unsafe("a header extension is longer than its cluster");
            }
            switch (type) {
                case BACKING_EXTENSION -> {
                    return unsafe("it names a backing file's format");
                }
                case DATA_FILE_EXTENSION -> {
                    return unsafe("it names a data file");
                }
                case ENCRYPTION_EXTENSION -> {
                    return unsafe("it is encrypted");
                }
                default -> at += 8 + ((length + 7) & ~7L);
            }
        }
        return new Inspection.Sound(NAME, virtualSize);
    }

    private static Inspection unsafe(String why) {
        return new Inspection.Unsafe(NAME, why);
    }
}
