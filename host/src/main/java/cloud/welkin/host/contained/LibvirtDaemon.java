package cloud.welkin.host.contained;

import static cloud.welkin.host.contained.HostFolder.inside;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;

/**
 * A contained host's own libvirtd and virtlogd. All of its guests' processes are its children's
 * children in the PID namespace, so that it may die and come back without them noticing.
 */
final class LibvirtDaemon {

    private final HostFolder folder;
    private final GuestAccount guests;
    private final Daemon virtlogd;
    private final Daemon libvirtd;
    private boolean configured;

    LibvirtDaemon(HostFolder folder) {
        this.folder = folder;
        this.guests = GuestAccount.of(folder.home());
        this.virtlogd =
                new Daemon(
                        "virtlogd",
                        List.of(
                                "virtlogd",
                                "-d",
                                "-p",
                                inside("libvirt/virtlogd.pid"),
                                "-f",
                                "/etc/libvirt/virtlogd.conf"),
                        folder.run().resolve("libvirt/virtlogd.pid"));
        this.libvirtd =
                new Daemon(
                        "libvirtd",
                        List.of(
                                "libvirtd",
                                "-d",
                                "-p",
                                inside("libvirt/libvirtd.pid"),
                                "-f",
                                "/etc/libvirt/libvirtd.conf"),
                        folder.run().resolve("libvirt/libvirtd.pid"));
    }

    Path socket() {
        return folder.run().resolve("libvirt/libvirt-sock");
    }

    /** The account that guests run as. */
    GuestAccount guests() {
        return guests;
    }

    /**
     * Before any of the host's parts is started: the way to the home is laid anew meanwhile, and is
     * not there for a moment.
     */
    void prepare(Inside inside) {
        boolean runs = libvirtd.running(inside).isPresent();
        if (!runs || !configured) {
            boolean changed = configure();
            prepareAccount(inside);
            if (runs && changed) {
                // Of a program before this one, which told it otherwise.
                libvirtd.end(inside);
            }
            configured = true;
        }
    }

    void ensure(Inside inside) {
        virtlogd.ensure(inside);
        libvirtd.ensure(inside);
    }

    private void prepareAccount(Inside inside) {
        var script = folder.state().resolve("account.sh");
        HostFolder.writeResource(script, "account.sh");
        Command.of(
                        inside.enter(
                                List.of(
                                        "bash",
                                        script.toString(),
                                        folder.home().toString(),
                                        Integer.toString(guests.uid()),
                                        Integer.toString(guests.gid()))))
                .run();
    }

    List<Daemon> daemons() {
        return List.of(virtlogd, libvirtd);
    }

    /** Whether anything of it was other before. */
    private boolean configure() {
        var etc = folder.state().resolve("etc/libvirt");
        var uuid =
                UUID.nameUUIDFromBytes(folder.state().toString().getBytes(StandardCharsets.UTF_8));
        boolean changed =
                HostFolder.write(
                        etc.resolve("libvirtd.conf"),
                        """
                listen_tls = 0
                listen_tcp = 0
                unix_sock_group = "root"
                unix_sock_rw_perms = "0700"
                unix_sock_ro_perms = "0700"
                auth_unix_ro = "none"
                auth_unix_rw = "none"
                max_workers = 40
                max_client_requests = 40
                host_uuid = "%s"
                log_outputs = "3:file:/var/log/libvirt/libvirtd.log"
                """
                                .formatted(uuid));
        // The program itself says whose a file is: libvirt would hand over the images that guests
        // share as well. The machine's security modules know nothing of these paths.
        changed |=
                HostFolder.write(
                        etc.resolve("qemu.conf"),
                        """
                user = "+%d"
                group = "+%d"
                dynamic_ownership = 0
                remember_owner = 0
                security_driver = "none"
                cgroup_controllers = []
                namespaces = []
                max_core = 0
                stdio_handler = "logd"
                """
                                .formatted(guests.uid(), guests.gid()));
        HostFolder.write(
                etc.resolve("virtlogd.conf"),
                """
                log_outputs = "3:file:/var/log/libvirt/virtlogd.log"
                """);
        return changed;
    }
}
