package cloud.welkin.host.contained;

import cloud.welkin.ovsdb.Remote;
import java.nio.file.Path;

/** Where the machine's own engines listen. */
public record MachineSettings(
        Path libvirtSocket,
        Remote openVSwitch,
        Remote northbound,
        Remote southbound,
        int mtu,
        boolean userspaceDatapath) {

    /** Where Debian's packages put them. */
    public static MachineSettings usual() {
        return new MachineSettings(
                Path.of("/run/libvirt/libvirt-sock"),
                Remote.parse("unix:/run/openvswitch/db.sock"),
                Remote.parse("unix:/run/ovn/ovnnb_db.sock"),
                Remote.parse("unix:/run/ovn/ovnsb_db.sock"),
                1442,
                false);
    }
}
