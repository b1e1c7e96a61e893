package cloud.welkin.host.contained;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** Network namespaces by name, as {@code ip netns} keeps them. */
final class Networks {

    private static final Path FOLDER = Path.of("/run/netns");

    private Networks() {}

    static Path file(String name) {
        return FOLDER.resolve(name);
    }

    /** Whether the name stands for a namespace; a file that is left after a crash does not. */
    static boolean exists(String name) {
        try {
            return Files.exists(file(name))
                    && Files.getAttribute(file(name), "unix:dev")
                            .equals(Files.getAttribute(Path.of("/proc/self/ns/net"), "unix:dev"));
        } catch (IOException e) {
            return false;
        }
    }

    /** Makes the namespace if it is not there; its loopback is up afterwards. */
    static void ensure(String name) {
        if (exists(name)) {
            return;
        }
        try {
            Files.deleteIfExists(file(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Command.of("ip", "netns", "add", name).run();
        Command.of("ip", "-n", name, "link", "set", "lo", "up").run();
    }

    static List<String> beginningWith(String tag) {
        if (!Files.isDirectory(FOLDER)) {
            return List.of();
        }
        try (var files = Files.list(FOLDER)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.equals(tag) || name.startsWith(tag + "-"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Removes the namespace after ending what still runs in it. */
    static void remove(String name) {
        if (exists(name)) {
            processesIn(name).forEach(process -> process.destroyForcibly());
        }
        if (Files.exists(file(name))) {
            Command.of("ip", "netns", "del", name).run();
        }
    }

    static List<ProcessHandle> processesIn(String name) {
        try {
            var wanted = "net:[%s]".formatted(Files.getAttribute(file(name), "unix:ino"));
            return ProcessHandle.allProcesses()
                    .filter(process -> namespaceOf(process.pid()).equals(wanted))
                    .toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    private static String namespaceOf(long pid) {
        try {
            return Files.readSymbolicLink(Path.of("/proc", Long.toString(pid), "ns", "net"))
                    .toString();
        } catch (IOException e) {
            return "";
        }
    }

    static List<String> joined(List<String> first, List<String> second) {
        var all = new ArrayList<>(first);
        all.addAll(second);
        return all;
    }

    /** A short name for something with a long one. */
    static String digest(String text, int digits) {
        try {
            var hash =
                    MessageDigest.getInstance("SHA-256")
                            .digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash).substring(0, digits);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
