package cloud.welkin.acceptance;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** The tiny guest that {@code guest/build} makes, in its forms. */
final class GuestImage {
    private static final Path FOLDER = CloudUnderTest.TOP.resolve("guest/target");

    private GuestImage() {}

    static Path qcow2() {
        return file("welkin-guest.qcow2");
    }

    static Path kernel() {
        return file("vmlinuz");
    }

    static Path ramdisk() {
        return file("initramfs.gz");
    }

    static Path root() {
        return file("rootfs.img");
    }

    private static Path file(String name) {
        Path file = FOLDER.resolve(name);
        if (!Files.exists(file)) {
            Command.of(CloudUnderTest.TOP.resolve("guest/build").toString(), FOLDER.toString())
                    .within(Duration.ofMinutes(10))
                    .run()
                    .mustSucceed();
        }
        return file;
    }
}
