package cloud.welkin.compute.work;

import cloud.welkin.compute.domain.Flavor;
import cloud.welkin.compute.work.NewServer.BlockDevice;
import cloud.welkin.database.Tx;
import cloud.welkin.image.Images;
import cloud.welkin.image.Images.ImageFacts;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.host.DesiredGuest.RootDisk;
import cloud.welkin.kernel.id.Ids;
import cloud.welkin.kernel.policy.Caller;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/** What a server boots from and which volumes it begins with: checks and plans, changes nothing. */
final class Disks {
    private static final long GIB = 1L << 30;

    /**
     * @param image the image that the server is made from, if any
     * @param localGib how much of the host's disk it takes
     * @param volumes in the order of their devices, the root first
     */
    record Plan(
            RootDisk root,
            Optional<ImageFacts> image,
            Map<String, String> hardware,
            long localGib,
            List<BlockDevice> volumes) {}

    private final Images images;

    Disks(Images images) {
        this.images = images;
    }

    Plan plan(Tx tx, Caller caller, NewServer wanted, Flavor flavor, boolean mayZeroDisk) {
        List<BlockDevice> devices = new ArrayList<>(wanted.devices());
        Optional<String> imageRef = wanted.image().filter(ref -> !ref.isEmpty());
        List<BlockDevice> local =
                devices.stream().filter(d -> d.destination().equals("local")).toList();
        for (BlockDevice device : local) {
            if (!device.source().equals("image")
                    || !device.boots()
                    || !device.id().map(UUID::toString).equals(imageRef)) {
                throw Failure.badRequest(
                        "Block Device Mapping is Invalid: besides the image that the server boots"
                                + " from, local disks come from the flavor.");
            }
        }
        devices.removeAll(local);
        Optional<BlockDevice> root = devices.stream().filter(BlockDevice::boots).findFirst();
        if (devices.stream().filter(BlockDevice::boots).count() + (local.isEmpty() ? 0 : 1) > 1) {
            throw Failure.badRequest(
                    "Block Device Mapping is Invalid: Boot sequence for the instance and image/block"
                            + " device mapping combination is not valid.");
        }
        Optional<ImageFacts> image = Optional.empty();
        if (root.isEmpty()) {
            String ref =
                    imageRef.orElseThrow(
                            () ->
                                    Failure.badRequest(
                                            "Invalid imageRef provided: a server boots from an image"
                                                    + " or a volume."));
            image = Optional.of(usable(tx, caller, ref));
        } else if (root.get().source().equals("image")) {
            image = Optional.of(usable(tx, caller, root.get().id().map(UUID::toString).orElse("")));
        }
        image.ifPresent(facts -> fits(facts, flavor, root, mayZeroDisk));
        devices.sort(Comparator.comparing(device -> !device.boots()));
        long localGib =
                (root.isEmpty() ? rootGib(image.orElseThrow(), flavor) : 0)
                        + flavor.ephemeralGib()
                        + (flavor.swapMib() + 1023) / 1024;
        Optional<ImageFacts> from = image;
        RootDisk disk =
                root.isPresent()
                        ? new RootDisk.FromVolume()
                        : rootDisk(tx, caller, from.orElseThrow(), flavor);
        return new Plan(disk, image, hardware(flavor, image), localGib, devices);
    }

    RootDisk.FromImage rootDisk(Tx tx, Caller caller, ImageFacts image, Flavor flavor) {
        Map<String, String> properties = image.properties();
        return new RootDisk.FromImage(
                image.sha512().orElseThrow(),
                image.diskFormat(),
                rootGib(image, flavor),
                content(tx, caller, properties.get("kernel_id")),
                content(tx, caller, properties.get("ramdisk_id")),
                Optional.ofNullable(properties.get("os_command_line")));
    }

    private Optional<String> content(
            Tx tx, Caller caller, @org.jspecify.annotations.Nullable String id) {
        return id == null || id.isEmpty()
                ? Optional.empty()
                : Optional.of(usable(tx, caller, id).sha512().orElseThrow());
    }

    ImageFacts usable(Tx tx, Caller caller, String ref) {
        UUID id = Ids.uuid(ref).orElseThrow(() -> Failure.badRequest("Invalid imageRef provided."));
        ImageFacts image =
                images.find(tx, caller, id)
                        .orElseThrow(
                                () ->
                                        Failure.badRequest("Image %s could not be found.", id)
                                                .as("ImageNotFound"));
        if (!image.usable()) {
            throw Failure.badRequest("Image %s is unacceptable: Image is not active.", id)
                    .as("ImageNotActive");
        }
        return image;
    }

    static void fits(
            ImageFacts image, Flavor flavor, Optional<BlockDevice> volume, boolean mayZeroDisk) {
        if (flavor.ramMib() < image.minRamMib()) {
            throw Failure.badRequest("Flavor's memory is too small for requested image.")
                    .as("FlavorMemoryTooSmall");
        }
        long wanted = Math.max(image.minDiskGib(), gib(image.virtualSize()));
        if (volume.isPresent()) {
            long size = volume.get().sizeGib().orElse(0L);
            if (size < wanted) {
                throw Failure.badRequest(
                                "Volume is smaller than the minimum size specified in image metadata."
                                        + " Volume size is %d GiB, minimum size is %d GiB.",
                                size, wanted)
                        .as("VolumeSmallerThanMinDisk");
            }
        } else if (flavor.diskGib() == 0) {
            if (!mayZeroDisk) {
                throw Failure.forbidden(
                                "Only volume-backed servers are allowed for flavors with zero disk.")
                        .as("BootFromVolumeRequiredForZeroDiskFlavor");
            }
        } else if (flavor.diskGib() < image.minDiskGib()) {
            throw Failure.badRequest(
                            "Flavor's disk is smaller than the minimum size specified in image"
                                    + " metadata. Flavor disk is %d GiB, minimum size is %d GiB.",
                            flavor.diskGib(), image.minDiskGib())
                    .as("FlavorDiskSmallerThanMinDisk");
        } else if ((long) flavor.diskGib() * GIB < image.virtualSize()) {
            throw Failure.badRequest(
                            "Flavor's disk is too small for requested image. Flavor disk is %d bytes,"
                                    + " image is %d bytes.",
                            flavor.diskGib() * GIB, image.virtualSize())
                    .as("FlavorDiskSmallerThanImage");
        }
    }

    private static long rootGib(ImageFacts image, Flavor flavor) {
        return flavor.diskGib() > 0 ? flavor.diskGib() : Math.max(1, gib(image.virtualSize()));
    }

    private static long gib(long bytes) {
        return (bytes + GIB - 1) / GIB;
    }

    /** What flavor and image say about the machine: {@code hw:…} and {@code hw_…}, {@code os_…}. */
    static Map<String, String> hardware(Flavor flavor, Optional<ImageFacts> image) {
        Map<String, String> hardware = new TreeMap<>();
        image.ifPresent(
                facts ->
                        facts.properties()
                                .forEach(
                                        (name, value) -> {
                                            if (name.startsWith("hw_") || name.startsWith("os_")) {
                                                hardware.put(name, value);
                                            }
                                        }));
        flavor.extraSpecs()
                .forEach(
                        (name, value) -> {
                            if (name.startsWith("hw:") || name.startsWith("os:")) {
                                hardware.put(name, value);
                            }
                        });
        return hardware;
    }
}
