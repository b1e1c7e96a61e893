package cloud.welkin.image.format;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;

/**
 * Tells what the data of an image really is, by its header and without running any program on it.
 * What has no known header is raw. The header decides, never the declared format: a raw image that
 * begins like a qcow2 would let its owner read the host's files as soon as anything probed it.
 */
public final class ImageInspector {
    private static final int VDI_MAGIC = 0xBEDA107F;
    private static final Set<String> AS_RAW = Set.of("raw", "ami", "ari", "aki");

    private ImageInspector() {}

    public static Inspection inspect(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return inspect(channel);
        }
    }

    static Inspection inspect(SeekableByteChannel channel) throws IOException {
        Bytes bytes = new Bytes(channel);
        if (bytes.startsWith(0, Qcow2.MAGIC)) {
            return Qcow2.inspect(bytes);
        }
        if (bytes.startsWith(0, Vmdk.MAGIC) || bytes.startsWith(0, Vmdk.DESCRIPTOR)) {
            return Vmdk.inspect(bytes);
        }
        if (bytes.startsWith(0, "QED\0")) {
            return new Inspection.Unsafe("qed", "this format is not taken");
        }
        if (bytes.startsWith(0, "vhdxfile")) {
            return vhdx(bytes);
        }
        if (bytes.startsWith(0, "conectix")) {
            return vhd(bytes, 0);
        }
        if (bytes.startsWith(0, "LUKS\u00ba\u00be")) {
            return new Inspection.Sound("luks", bytes.size());
        }
        if (bytes.startsWith(0, "WithoutFreeSpace") || bytes.startsWith(0, "WithouFreSpacExt")) {
            long sectors = bytes.at(0, 64, ByteOrder.LITTLE_ENDIAN).getLong(36);
            return sized("ploop", sectors < 0 || sectors > (1L << 41) ? -1 : sectors * 512);
        }
        if (bytes.at(0x40, 4, ByteOrder.LITTLE_ENDIAN).getInt(0) == VDI_MAGIC) {
            return vdi(bytes);
        }
        if (bytes.startsWith(0x8001, "CD001")) {
            return new Inspection.Sound("iso", bytes.size());
        }
        if (bytes.size() >= 512 && bytes.startsWith(bytes.size() - 512, "conectix")) {
            return vhd(bytes, bytes.size() - 512);
        }
        return new Inspection.Sound("raw", bytes.size());
    }

    /** Whether data found to be of one format may be kept under the other that was declared. */
    public static boolean matches(String declared, String found) {
        // An encrypted volume's image is raw to everybody but the one who holds its key.
        return AS_RAW.contains(declared)
                ? found.equals("raw") || found.equals("luks")
                : declared.equals(found);
    }

    private static Inspection vhd(Bytes bytes, long footer) throws IOException {
        ByteBuffer header = bytes.at(footer, 512, ByteOrder.BIG_ENDIAN);
        int type = header.getInt(60);
        return switch (type) {
            case 2, 3 -> sized("vhd", header.getLong(48));
            case 4 -> new Inspection.Unsafe("vhd", "it has a parent");
            default -> new Inspection.Unsafe("vhd", "its type is not known");
        };
    }

    private static Inspection vdi(Bytes bytes) throws IOException {
        ByteBuffer header = bytes.at(0, 512, ByteOrder.LITTLE_ENDIAN);
        int type = header.getInt(0x4C);
        return switch (type) {
            case 1, 2 -> sized("vdi", header.getLong(0x170));
            case 4 -> new Inspection.Unsafe("vdi", "it has a parent");
            default -> new Inspection.Unsafe("vdi", "its type is not known");
        };
    }

    /**
     * The size stands in a metadata region that a table at 192 KiB points to (MS-VHDX 2.2, 2.6).
     */
    private static Inspection vhdx(Bytes bytes) throws IOException {
        ByteBuffer regions = bytes.at(192 << 10, 64 << 10, ByteOrder.LITTLE_ENDIAN);
        int count = Math.min(regions.getInt(8), 2047);
        for (int i = 0; i < count; i++) {
            int at = 16 + i * 32;
            // 8B7CA206-4790-4B9A-B8FE-575F050F886E as it lies on disk
            if (regions.getLong(at) == 0x4B9A47908B7CA206L) {
                return vhdxMetadata(bytes, regions.getLong(at + 16));
            }
        }
        return new Inspection.Unsafe("vhdx", "it has no metadata");
    }

    private static Inspection vhdxMetadata(Bytes bytes, long region) throws IOException {
        ByteBuffer table = bytes.at(region, 64 << 10, ByteOrder.LITTLE_ENDIAN);
        int count = Math.min(table.getShort(10) & 0xFFFF, 2046);
        long size = -1;
        for (int i = 0; i < count; i++) {
            int at = 32 + i * 32;
            long item = region + Integer.toUnsignedLong(table.getInt(at + 16));
            if (table.getLong(at) == 0x4876CD1B2FA54224L) {
                // 2FA54224-CD1B-4876-B211-5DBED83BF4B8: the virtual disk's size
                size = bytes.at(item, 8, ByteOrder.LITTLE_ENDIAN).getLong(0);
            }
            if (table.getLong(at) == 0x4D43FA36CAA16737L
                    && (bytes.at(item, 8, ByteOrder.LITTLE_ENDIAN).getInt(4) & 2) != 0) {
                // CAA16737-FA36-4D43-B3B6-33F0AA44E76B: the file's parameters
                return new Inspection.Unsafe("vhdx", "it has a parent");
            }
        }
        return sized("vhdx", size);
    }

    private static Inspection sized(String format, long size) {
        return size < 0 || size > (1L << 50)
                ? new Inspection.Unsafe(format, "its size is out of range")
                : new Inspection.Sound(format, size);
    }
}
