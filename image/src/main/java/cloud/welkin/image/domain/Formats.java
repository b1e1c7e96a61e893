package cloud.welkin.image.domain;

import java.util.List;
import java.util.Set;

/** The disk and container formats that an image may declare (Glance's own lists). */
public final class Formats {
    public static final List<String> DISK =
            List.of(
                    "ami", "ari", "aki", "vhd", "vhdx", "vmdk", "raw", "qcow2", "vdi", "ploop",
                    "iso");
    public static final List<String> CONTAINER =
            List.of("ami", "ari", "aki", "bare", "ovf", "ova", "docker", "compressed");

    private static final Set<String> AMAZON = Set.of("ami", "ari", "aki");
    private static final Set<String> PACKED = Set.of("ovf", "ova", "docker", "compressed");

    private Formats() {}

    /** Amazon's formats: disk and container must be the same where one of them is named. */
    public static boolean isAmazon(String format) {
        return AMAZON.contains(format);
    }

    /**
     * Whether the container wraps the disk, so that the data itself is not of the disk's format.
     */
    public static boolean isPacked(String container) {
        return PACKED.contains(container);
    }
}
