package cloud.welkin.image.format;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * VMware's format. Only whole disks in one file are taken (monolithicSparse and streamOptimized): a
 * descriptor may name any file of the host as an extent, which is how CVE-2022-47951 read them.
 */
final class Vmdk {
    static final String MAGIC = "KDMV";
    static final String DESCRIPTOR = "# Disk DescriptorFile";
    private static final Set<String> WHOLE = Set.of("monolithicsparse", "streamoptimized");
    private static final Pattern TYPE =
            Pattern.compile("(?im)^\\s*createType\\s*=\\s*\"([^\"]*)\"");
    private static final Pattern PARENT =
            Pattern.compile("(?im)^\\s*parentCID\\s*=\\s*([0-9a-f]+)");
    private static final Pattern EXTENT =
            Pattern.compile(
                    "(?im)^\\s*(?:RW|RDONLY|NOACCESS)\\s+\\d+\\s+(\\S+)(?:\\s+\"([^\"]*)\")?");

    private Vmdk() {}

    static Inspection inspect(Bytes bytes) throws IOException {
        if (bytes.startsWith(0, DESCRIPTOR)) {
            return unsafe("it is a descriptor of other files");
        }
        ByteBuffer header = bytes.at(0, 512, ByteOrder.LITTLE_ENDIAN);
        int version = header.getInt(4);
        if (version < 1 || version > 3) {
            return unsafe("version " + version + " is not known");
        }
        long sectors = header.getLong(12);
        long descriptorAt = header.getLong(28);
        long descriptorSectors = header.getLong(36);
        if (sectors < 0 || sectors > (1L << 41)) {
            return unsafe("its size is out of range");
        }
        if (descriptorAt <= 0
                || descriptorSectors <= 0
                || descriptorSectors > 2048
                || descriptorAt > bytes.size() / 512) {
            return unsafe("it has no descriptor");
        }
        String descriptor = bytes.text(descriptorAt * 512, (int) descriptorSectors * 512);
        int end = descriptor.indexOf('\0');
        return described(end < 0 ? descriptor : descriptor.substring(0, end), sectors * 512);
    }

    private static Inspection described(String descriptor, long virtualSize) {
        var type = TYPE.matcher(descriptor);
        if (!type.find() || !WHOLE.contains(type.group(1).toLowerCase(Locale.ROOT))) {
            return unsafe("only disks in one sparse file are taken");
        }
        var parent = PARENT.matcher(descriptor);
        if (parent.find() && !parent.group(1).equalsIgnoreCase("ffffffff")) {
            return unsafe("it has a parent");
        }
        int extents = 0;
        var extent = EXTENT.matcher(descriptor);
        while (extent.find()) {
            String file = extent.group(2);
            extents++;
            if (!extent.group(1).equalsIgnoreCase("SPARSE")
                    || (file != null && file.indexOf('/') >= 0)) {
                return unsafe("an extent of it lies elsewhere");
            }
        }
        return extents == 1
                ? new Inspection.Sound("vmdk", virtualSize)
                : unsafe("it has " + extents + " extents");
    }

    private static Inspection unsafe(String why) {
        return new Inspection.Unsafe("vmdk", why);
    }
}
