package cloud.welkin.host.contained;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.Objects;

/**
 * What a host keeps in the home: {@code HOME/host/NAME} with its state and {@code HOME/log/NAME}
 * with its logs. {@code run} is seen as {@code /run} from inside.
 */
record HostFolder(Path home, String name) {

    /**
     * Linux allows a socket's path 107 bytes; this is the longest that is made below {@code run}.
     */
    private static final String LONGEST_SOCKET = "libvirt/libvirt-admin-sock";

    HostFolder {
        home = home.toAbsolutePath().normalize();
    }

    Path state() {
        return home.resolve("host").resolve(name);
    }

    Path run() {
        return state().resolve("run");
    }

    Path logs() {
        return home.resolve("log").resolve(name);
    }

    Path metadataSocket() {
        return home.resolve("run").resolve("metadata.sock");
    }

    /** The path inside of something in {@link #run}. */
    static String inside(String below) {
        return "/run/" + below;
    }

    void create() {
        var socket = run().resolve(LONGEST_SOCKET).toString();
        if (socket.getBytes(StandardCharsets.UTF_8).length > 107) {
            throw new IllegalArgumentException(
                    "the home's path is too long for unix sockets: " + home);
        }
        if (home.startsWith("/run") || home.startsWith("/proc") || home.startsWith("/sys")) {
            throw new IllegalArgumentException("a home cannot be in /run, /proc or /sys: " + home);
        }
        folder(run());
        try {
            GuestAccount.passable(home);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        folder(logs());
        folder(state().resolve("etc/libvirt"));
        folder(state().resolve("ovs"));
        folder(state().resolve("ovn"));
    }

    static void folder(Path path) {
        try {
            Files.createDirectories(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What stands in the file; empty when there is none. */
    static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return "";
        }
    }

    /** Puts a script of ours in place. */
    static void writeResource(Path file, String name) {
        try (var source = HostFolder.class.getResourceAsStream(name)) {
            write(
                    file,
                    new String(
                            Objects.requireNonNull(source).readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Puts a file in place whole, or not at all. Does not touch one that has this content.
     *
     * @return whether it had another one, or none
     */
    static boolean write(Path file, String content) {
        try {
            if (Files.exists(file) && Files.readString(file).equals(content)) {
                return false;
            }
            var parent = Objects.requireNonNull(file.toAbsolutePath().getParent());
            folder(parent);
            var fresh = Files.createTempFile(parent, file.getFileName().toString(), ".new");
            Files.writeString(fresh, content);
            Files.move(
                    fresh,
                    file,
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
            return true;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void remove(Path path) {
        if (!Files.exists(path)) {
            return;
        }
        try (var all = Files.walk(path)) {
            for (var each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(each);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
