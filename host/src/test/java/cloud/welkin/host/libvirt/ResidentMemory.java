package cloud.welkin.host.libvirt;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** How much of this process is in memory outside the Java heap, as far as Linux tells. */
final class ResidentMemory {

    private ResidentMemory() {}

    /** Anonymous resident memory after a collection. */
    static long kibibytes() throws IOException {
        System.gc();
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("RssAnon:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElseThrow();
    }
}
