package cloud.welkin.host.contained;

import cloud.welkin.ovsdb.Remote;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A host's libvirt, Open vSwitch and OVN, wherever they run. Closing it leaves them and all guests
 * running; the next program finds them again.
 */
public sealed interface HostEngines extends AutoCloseable permits ContainedHost, MachineHost {

    /**
     * Brings up, or mends, what this program is responsible for; what is right already is left
     * alone.
     */
    void reconcile();

    Path libvirtSocket();

    Remote openVSwitch();

    Remote northbound();

    Remote southbound();

    /** The host's name in OVN: Open vSwitch's system-id. */
    String chassis();

    /** Changes whenever the host was started anew, so that no guest of before runs any more. */
    String bootId();

    /**
     * The command, without what it shall run, that runs something where floating IPs are reachable.
     * May be empty.
     */
    List<String> exec();

    /**
     * Whether the datapath finishes checksums. Where it does not (Open vSwitch in userspace),
     * guests' network cards must not leave them unfinished: all their offloads off.
     */
    boolean finishesChecksums();

    /** The account that libvirt runs guests as. */
    GuestAccount guests();

    TapPorts taps();

    MetadataProxies metadata();

    /** Each part by name, and whether it runs. */
    Map<String, Boolean> parts();

    List<Leftover> leftovers();

    @Override
    void close();
}
