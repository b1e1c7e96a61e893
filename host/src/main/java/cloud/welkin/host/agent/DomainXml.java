package cloud.welkin.host.agent;

import cloud.welkin.kernel.host.DesiredGuest;
import cloud.welkin.kernel.host.DesiredGuest.Nic;
import cloud.welkin.kernel.host.DesiredGuest.RootDisk;
import cloud.welkin.kernel.host.DesiredGuest.VolumeDisk;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;

/**
 * The description of a guest in libvirt's XML: a pure function of what the guest shall be and what
 * the host is like.
 *
 * <p>The UUID is the server's id (the guest reads it from SMBIOS), volumes and NICs carry aliases
 * by which they are found and unplugged again, and everything that a later agent must know is in
 * {@link Marks}.
 *
 * @see <a href="https://libvirt.org/formatdomain.html">libvirt's domain XML</a>
 */
final class DomainXml {

    private static final String KERNEL_ARGUMENTS = "root=/dev/vda console=ttyS0";
    private static final String VOLUME = "ua-volume-";
    private static final String NIC = "ua-nic-";
    private static final int BALLOON_PERIOD_SECONDS = 10;

    private final DesiredGuest guest;
    private final HostShape shape;
    private final GuestFolder folder;
    private final Targets targets;

    private DomainXml(DesiredGuest guest, HostShape shape) {
        this.guest = guest;
        this.shape = shape;
        this.folder = shape.folder(guest.id());
        this.targets = Targets.of(guest);
    }

    /** The whole domain. */
    static String of(DesiredGuest guest, HostShape shape, Marks marks) {
        return new DomainXml(guest, shape).domain(List.of(marks.metadata())).toString();
    }

    /** Changes whenever anything of the domain does but its marks. */
    static String digest(DesiredGuest guest, HostShape shape) {
        String plain = new DomainXml(guest, shape).domain(List.of()).toString();
        try {
            return HexFormat.of()
                    .formatHex(
                            MessageDigest.getInstance("SHA-256")
                                    .digest(plain.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    static String name(UUID guest) {
        return "instance-" + guest;
    }

    /** What the aliases of volumes begin with. */
    static String volumeAlias() {
        return VOLUME;
    }

    /** What the aliases of NICs begin with. */
    static String nicAlias() {
        return NIC;
    }

    static String volumeAlias(UUID volume) {
        return VOLUME + volume;
    }

    static String nicAlias(UUID port) {
        return NIC + port;
    }

    private Xml domain(List<Xml> metadata) {
        return Xml.element("domain")
                .with("type", shape.driver())
                .add(Xml.text("name", name(guest.id())))
                .add(Xml.text("uuid", guest.id().toString()))
                .add(Xml.text("title", guest.name().replaceAll("\\R", " ")))
                .add(metadata)
                .add(Xml.text("memory", Integer.toString(guest.memoryMib())).with("unit", "MiB"))
                .add(Xml.text("vcpu", Integer.toString(guest.vcpus())))
                .add(smbios())
                .add(system())
                .add(Xml.element("features").add(Xml.element("acpi")).add(Xml.element("apic")))
                .add(processor())
                .add(
                        Xml.element("clock")
                                .with("offset", "utc")
                                .add(timer("pit", "tickpolicy", "delay"))
                                .add(timer("rtc", "tickpolicy", "catchup"))
                                .add(timer("hpet", "present", "no")))
                .add(Xml.text("on_poweroff", "destroy"))
                .add(Xml.text("on_reboot", "restart"))
                .add(Xml.text("on_crash", "destroy"))
                .add(devices());
    }

    private Xml smbios() {
        return Xml.element("sysinfo")
                .with("type", "smbios")
                .add(
                        Xml.element("system")
                                .add(entry("manufacturer", "Welkin"))
                                // What cloud-init knows as a machine of an OpenStack cloud.
                                .add(entry("product", "OpenStack Nova"))
                                .add(entry("serial", guest.id().toString()))
                                .add(entry("uuid", guest.id().toString()))
                                .add(entry("family", "Virtual Machine")));
    }

    private static Xml entry(String name, String value) {
        return Xml.text("entry", value).with("name", name);
    }

    private static Xml timer(String name, String attribute, String value) {
        return Xml.element("timer").with("name", name).with(attribute, value);
    }

    private Xml system() {
        Xml os =
                Xml.element("os")
                        .add(
                                Xml.text("type", "hvm")
                                        .with("arch", "x86_64")
                                        .with("machine", shape.machine()));
        if (guest.root() instanceof RootDisk.FromImage image && image.kernel().isPresent()) {
            os.add(Xml.text("kernel", shape.images().apply(image.kernel().get()).toString()));
            image.ramdisk()
                    .ifPresent(
                            ramdisk ->
                                    os.add(
                                            Xml.text(
                                                    "initrd",
                                                    shape.images().apply(ramdisk).toString())));
            os.add(Xml.text("cmdline", image.kernelArguments().orElse(KERNEL_ARGUMENTS)));
        }
        return os.add(Xml.element("smbios").with("mode", "sysinfo"));
    }

    private List<Xml> processor() {
        if (!shape.driver().equals("kvm")) {
            return List.of();
        }
        return List.of(Xml.element("cpu").with("mode", "host-model").with("check", "partial"));
    }

    private Xml devices() {
        Xml devices = Xml.element("devices");
        devices.add(disks());
        guest.nics().forEach(nic -> devices.add(nic(nic, shape)));
        return devices.add(serial())
                .add(agentChannel())
                .add(Xml.element("input").with("type", "tablet").with("bus", "usb"))
                .add(
                        Xml.element("graphics")
                                .with("type", "vnc")
                                .add(
                                        Xml.element("listen")
                                                .with("type", "socket")
                                                .with("socket", folder.vncSocket().toString())))
                .add(
                        Xml.element("video")
                                .add(Xml.element("model").with("type", "vga").with("vram", 16384)))
                .add(
                        Xml.element("memballoon")
                                .with("model", "virtio")
                                .add(Xml.element("stats").with("period", BALLOON_PERIOD_SECONDS)))
                .add(
                        Xml.element("rng")
                                .with("model", "virtio")
                                .add(Xml.text("backend", "/dev/urandom").with("model", "random")));
    }

    private List<Xml> disks() {
        List<Xml> disks = new ArrayList<>();
        if (guest.root() instanceof RootDisk.FromImage) {
            disks.add(
                    fileDisk(folder.root(guest.rebuilds()).toString(), "qcow2", Targets.ROOT)
                            .add(boot()));
        }
        for (int i = 0; i < guest.localDisks().size(); i++) {
            disks.add(
                    fileDisk(
                            folder.local(i).toString(),
                            LocalDisks.format(guest.localDisks().get(i)),
                            targets.locals().get(i)));
        }
        for (var volume : guest.volumes()) {
            String target = targets.volumes().getOrDefault(volume.volume(), volume.device());
            Xml disk = volume(volume, target);
            disks.add(target.equals(Targets.ROOT) ? disk.add(boot()) : disk);
        }
        if (guest.configDrive()) {
            disks.add(
                    Xml.element("disk")
                            .with("type", "file")
                            .with("device", "cdrom")
                            .add(driver("raw"))
                            .add(
                                    Xml.element("source")
                                            .with(
                                                    "file",
                                                    folder.configDrive(guest.rebuilds())
                                                            .toString()))
                            .add(Xml.element("target").with("dev", "hda").with("bus", "ide"))
                            .add(Xml.element("readonly")));
        }
        return disks;
    }

    private static Xml boot() {
        return Xml.element("boot").with("order", 1);
    }

    /** A volume's disk. */
    static Xml volume(VolumeDisk volume, String target) {
        Xml disk = fileDisk(volume.path(), volume.format(), target);
        if (volume.readOnly()) {
            disk.add(Xml.element("readonly"));
        }
        return disk.add(Xml.text("serial", volume.serial()))
                .add(Xml.element("alias").with("name", volumeAlias(volume.volume())));
    }

    private static Xml fileDisk(String path, String format, String target) {
        return Xml.element("disk")
                .with("type", path.startsWith("/dev/") ? "block" : "file")
                .with("device", "disk")
                .add(driver(format))
                .add(Xml.element("source").with(path.startsWith("/dev/") ? "dev" : "file", path))
                .add(Xml.element("target").with("dev", target).with("bus", "virtio"));
    }

    private static Xml driver(String format) {
        // Writeback honours the guest's flushes, and works on file systems without O_DIRECT.
        return Xml.element("driver")
                .with("name", "qemu")
                .with("type", format)
                .with("cache", "writeback")
                .with("discard", "unmap");
    }

    /** A port's interface on the integration bridge. */
    static Xml nic(Nic nic, HostShape shape) {
        Xml element =
                Xml.element("interface")
                        .with("type", "bridge")
                        .add(Xml.element("mac").with("address", nic.mac()))
                        .add(Xml.element("source").with("bridge", shape.bridge()))
                        .add(
                                Xml.element("virtualport")
                                        .with("type", "openvswitch")
                                        .add(
                                                Xml.element("parameters")
                                                        .with("interfaceid", nic.id().toString())))
                        .add(Xml.element("target").with("dev", nic.device()))
                        .add(Xml.element("model").with("type", "virtio"));
        if (!shape.finishesChecksums()) {
            element.add(withoutOffloads());
        }
        return element.add(Xml.element("mtu").with("size", nic.mtu()))
                .add(Xml.element("alias").with("name", nicAlias(nic.id())));
    }

    /** With any of these on, TCP dies silently where nobody finishes checksums. */
    private static Xml withoutOffloads() {
        Xml host = Xml.element("host");
        for (var offload : List.of("csum", "gso", "tso4", "tso6", "ecn", "ufo", "mrg_rxbuf")) {
            host.with(offload, "off");
        }
        Xml inside = Xml.element("guest");
        for (var offload : List.of("csum", "tso4", "tso6", "ecn", "ufo")) {
            inside.with(offload, "off");
        }
        return Xml.element("driver").with("name", "qemu").add(host).add(inside);
    }

    private Xml serial() {
        return Xml.element("serial")
                .with("type", "unix")
                .add(
                        Xml.element("source")
                                .with("mode", "bind")
                                .with("path", folder.consoleSocket().toString()))
                .add(
                        Xml.element("log")
                                .with("file", folder.consoleLog().toString())
                                .with("append", "off"))
                .add(Xml.element("target").with("port", 0));
    }

    private List<Xml> agentChannel() {
        if (!guest.hardware().getOrDefault("hw_qemu_guest_agent", "no").matches("(?i)yes|true|1")) {
            return List.of();
        }
        return List.of(
                Xml.element("channel")
                        .with("type", "unix")
                        .add(
                                Xml.element("target")
                                        .with("type", "virtio")
                                        .with("name", "org.qemu.guest_agent.0")));
    }
}
