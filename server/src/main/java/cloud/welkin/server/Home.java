package cloud.welkin.server;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;

/** The folder in which everything lives that Welkin writes, and where in it what is. */
record Home(Path root) {
    static Home at(Path root) throws IOException {
        Files.createDirectories(root);
        Home home = new Home(root.toRealPath());
        // Others may pass through to the engines' folders, which have owners of their own, and read
        // nothing.
        Files.setPosixFilePermissions(home.root(), PosixFilePermissions.fromString("rwx--x--x"));
        for (String folder : new String[] {"log", "run", "secrets"}) {
            Files.createDirectories(home.root().resolve(folder));
            Files.setPosixFilePermissions(
                    home.root().resolve(folder), PosixFilePermissions.fromString("rwx------"));
        }
        // The host opens it to its guests.
        if (Files.notExists(home.images())) {
            Files.createDirectory(
                    home.images(),
                    PosixFilePermissions.asFileAttribute(
                            PosixFilePermissions.fromString("rwx------")));
        }
        return home;
    }

    Path settings() {
        return root.resolve("settings");
    }

    Path policy() {
        return root.resolve("policy.yaml");
    }

    Path images() {
        return root.resolve("images");
    }

    /** Where the bodies of objects are. */
    Path objects() {
        return root.resolve("objects");
    }

    Path postgres() {
        return root.resolve("postgres");
    }

    Path log(String name) {
        return root.resolve("log").resolve(name);
    }

    Path run(String name) {
        return root.resolve("run").resolve(name);
    }

    /** A secret of this home, if it has been written. */
    Optional<String> secret(String name) throws IOException {
        Path file = root.resolve("secrets").resolve(name);
        return Files.exists(file) ? Optional.of(Files.readString(file).strip()) : Optional.empty();
    }

    void writeSecret(String name, String text) throws IOException {
        write(root.resolve("secrets").resolve(name), text + "\n", "rw-------");
    }

    /** Writes a file whole or not at all; it is on the disk afterwards. */
    static void write(Path file, String text, String permissions) throws IOException {
        Path fresh = file.resolveSibling(file.getFileName() + ".new");
        Files.deleteIfExists(fresh);
        Files.createFile(
                fresh,
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions)));
        try (FileChannel channel = FileChannel.open(fresh, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = StandardCharsets.UTF_8.encode(text);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        Files.move(
                fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        try (FileChannel folder = FileChannel.open(fresh.toAbsolutePath().getParent())) {
            folder.force(true);
        }
    }
}
