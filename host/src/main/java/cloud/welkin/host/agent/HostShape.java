package cloud.welkin.host.agent;

import cloud.welkin.host.contained.GuestAccount;
import java.nio.file.Path;
import java.util.function.Function;

/**
 * What a domain's description depends on besides the guest itself.
 *
 * @param home where the guests' files are
 * @param driver libvirt's domain type: {@code qemu} or {@code kvm}
 * @param machine QEMU's machine type, {@code pc}
 * @param finishesChecksums whether the datapath finishes checksums; else the NICs' offloads are off
 * @param bridge Open vSwitch's integration bridge
 * @param account that the guests run as
 * @param images where the image store keeps the content of this SHA-512
 */
public record HostShape(
        Path home,
        String driver,
        String machine,
        boolean finishesChecksums,
        String bridge,
        GuestAccount account,
        Function<String, Path> images) {

    /**
     * Where libvirt is asked: KVM's guests are QEMU's as well, Xen and LXC have drivers of their
     * own.
     */
    String libvirt(Path socket) {
        String scheme = driver.equals("kvm") ? "qemu" : driver;
        return scheme + "+unix:///system?socket=" + socket;
    }

    GuestFolder folder(java.util.UUID guest) {
        return GuestFolder.of(home, guest);
    }
}
