package cloud.welkin.host.contained;

import cloud.welkin.ovsdb.Remote;
import java.nio.file.Path;

/**
 * Where the machine's own engines listen.
 *
 * @param libvirtState the folder of libvirt's QEMU driver, which belongs to the account that guests
 *     run as
 * @param mtu of the networks' interfaces on the host
 */
public record MachineSettings(
        Path libvirtSocket,
        Path libvirtState,
        Remote openVSwitch,
        Remote northbound,
        Remote southbound,
        int mtu) {

    /** Where Debian's packages put them. */
    public static MachineSettings usual() {
        return new MachineSettings(
                Path.of("/run/libvirt/libvirt-sock"),
                Path.of("/var/lib/libvirt/qemu"),
                Remote.parse("unix:/run/openvswitch/db.sock"),
                Remote.parse("unix:/run/ovn/ovnnb_db.sock"),
                Remote.parse("unix:/run/ovn/ovnsb_db.sock"),
                1442);
    }
}
