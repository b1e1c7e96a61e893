package cloud.welkin.kernel.host;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * A guest as it shall be on its host: everything the host needs to know to make it so, and nothing
 * to ask back. A host converges on the newest generation; doing so twice changes nothing.
 *
 * @param generation grows with every change of this guest's intent; a report names the one that it
 *     is about
 * @param present false when nothing of the guest shall be left: no domain, tap, disk, config drive
 * @param rebuilds grows when the root disk shall be made anew from {@code root}
 * @param reboots counts the reboots asked for so far; the host remembers how many it has done
 * @param hardReboot whether the newest reboot is a reset rather than an ACPI restart
 * @param metadata what the guest may read of itself on the config drive, by path: e.g. {@code
 *     openstack/latest/meta_data.json}
 * @param configDrive whether the guest gets {@code metadata} as a drive
 */
public record DesiredGuest(
        UUID id,
        String name,
        String project,
        long generation,
        boolean present,
        Power power,
        int vcpus,
        int memoryMib,
        Map<String, String> hardware,
        RootDisk root,
        List<LocalDisk> localDisks,
        List<Nic> nics,
        List<VolumeDisk> volumes,
        long rebuilds,
        long reboots,
        boolean hardReboot,
        boolean configDrive,
        Map<String, byte[]> metadata) {

    /** Where the guest boots from. */
    public sealed interface RootDisk {
        /**
         * An overlay on an image of the image store.
         *
         * @param content the SHA-512 of the image's data, its name in the store
         * @param kernel the content of a kernel image (aki), for direct boot
         */
        record FromImage(
                String content,
                String format,
                long sizeGib,
                Optional<String> kernel,
                Optional<String> ramdisk,
                Optional<String> kernelArguments)
                implements RootDisk {}

        /** The first of {@code volumes}. */
        record FromVolume() implements RootDisk {}
    }

    /** An empty disk that lives and dies with the guest: ephemeral or swap. */
    public record LocalDisk(String name, long sizeMib, boolean swap) {}

    /**
     * @param id the port's id, by which Open vSwitch and OVN know the interface
     * @param device the name of the tap, at most 14 characters
     */
    public record Nic(UUID id, String mac, int mtu, String device) {}

    /**
     * @param path the file or source of the volume on this host
     * @param serial what the guest sees as the disk's serial: the volume's id
     * @param device the name wanted in the guest, e.g. vdb
     */
    public record VolumeDisk(
            UUID volume,
            String path,
            String format,
            String serial,
            String device,
            boolean readOnly) {}
}
