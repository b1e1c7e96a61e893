package cloud.welkin.host.libvirt;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A program of its own for the test of leaks: looks a domain up and reads its XML, 10,000 times to
 * warm up and 40,000 times more, and prints by how many KiB the memory outside the Java heap has
 * grown. The heap must be fixed and touched (-Xms = -Xmx, AlwaysPreTouch).
 */
final class LookupLoop {

    private LookupLoop() {}

    public static void main(String[] arguments) throws IOException {
        try (Connection connection = Connection.open("test:///default")) {
            lookups(connection, 10_000);
            long before = anonymousKibibytes();
            lookups(connection, 40_000);
            System.out.println(anonymousKibibytes() - before);
        }
    }

    private static void lookups(Connection connection, int count) {
        for (int i = 0; i < count; i++) {
            try (Domain domain = connection.find("test").orElseThrow()) {
                domain.liveXml();
            }
        }
    }

    private static long anonymousKibibytes() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("RssAnon:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElseThrow();
    }
}
