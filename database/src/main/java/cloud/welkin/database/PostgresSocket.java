package cloud.welkin.database;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The path by which the server's socket is reached. The kernel takes at most 107 bytes of one; the
 * server itself binds a relative path, and where a home lies too deep for us there is a link to it
 * in a short folder of our own, whose name the home remembers.
 */
final class PostgresSocket {
    static final int LONGEST = 107;
    private static final String NAME = ".s.PGSQL.5432";
    private static final String LINK = "run";

    private PostgresSocket() {}

    static Path of(Path home) throws IOException {
        Path direct = home.resolve("run").resolve(NAME);
        if (direct.toString().getBytes(StandardCharsets.UTF_8).length <= LONGEST) {
            return direct;
        }
        Optional<Path> known = remembered(home).filter(folder -> isOurs(folder, home));
        return (known.isPresent() ? known.get() : shortFolder(home)).resolve(LINK).resolve(NAME);
    }

    /** Takes the short folder away again, if there is one. */
    static void forget(Path home) throws IOException {
        Optional<Path> known = remembered(home);
        if (known.isPresent() && isOurs(known.get(), home)) {
            Files.deleteIfExists(known.get().resolve(LINK));
            Files.deleteIfExists(known.get());
        }
        Files.deleteIfExists(note(home));
    }

    private static Path note(Path home) {
        return home.resolve("socket-folder");
    }

    private static Optional<Path> remembered(Path home) throws IOException {
        Path note = note(home);
        return Files.exists(note)
                ? Optional.of(Path.of(Files.readString(note).strip()))
                : Optional.empty();
    }

    /** In a folder that everybody may write to, another could have made it to catch our traffic. */
    private static boolean isOurs(Path folder, Path home) {
        try {
            return Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)
                    && Files.getOwner(folder, LinkOption.NOFOLLOW_LINKS)
                            .equals(Files.getOwner(home))
                    && Files.readSymbolicLink(folder.resolve(LINK)).equals(home.resolve("run"));
        } catch (IOException gone) {
            return false;
        }
    }

    private static Path shortFolder(Path home) throws IOException {
        Path parent = Path.of(Files.isWritable(Path.of("/run")) ? "/run" : "/tmp");
        Path folder = Files.createTempDirectory(parent, "welkin-");
        Files.createSymbolicLink(folder.resolve(LINK), home.resolve("run"));
        Files.writeString(note(home), folder.toString());
        return folder;
    }
}
