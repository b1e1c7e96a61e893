package cloud.welkin.host.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;

/** Makes the image of a config drive: ISO 9660 with Joliet and Rock Ridge, label config-2. */
final class ConfigDrive {

    private static final Duration LIMIT = Duration.ofSeconds(30);

    private ConfigDrive() {}

    /**
     * @param files by their paths on the drive, e.g. {@code openstack/latest/meta_data.json}
     */
    static void create(Path image, Map<String, byte[]> files) throws IOException {
        Path parent = Objects.requireNonNull(image.getParent());
        Path tree = Files.createTempDirectory(parent, "config");
        try {
            for (var file : files.entrySet()) {
                Path place = tree.resolve(file.getKey()).normalize();
                if (!place.startsWith(tree) || place.equals(tree)) {
                    throw new IOException("not a path on a config drive: " + file.getKey());
                }
                Files.createDirectories(Objects.requireNonNull(place.getParent()));
                Files.write(place, file.getValue());
            }
            Program.run(
                    LIMIT,
                    "genisoimage",
                    "-quiet",
                    "-J",
                    "-r",
                    "-V",
                    "config-2",
                    "-o",
                    image.toString(),
                    tree.toString());
        } finally {
            GuestDisks.delete(tree);
        }
    }
}
