package cloud.welkin.database;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * The file that the server's messages are appended to. The server holds it open for ever, so when
 * it has grown too long it is copied to NAME.1 and cut, not renamed.
 */
record PostgresLog(Path file) {
    private static final long LONGEST = 16L << 20;

    ProcessBuilder.Redirect redirect() throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        bound();
        return ProcessBuilder.Redirect.appendTo(file.toFile());
    }

    void bound() throws IOException {
        bound(LONGEST);
    }

    void bound(long longest) throws IOException {
        if (Files.exists(file) && Files.size(file) > longest) {
            Files.copy(
                    file,
                    file.resolveSibling(file.getFileName() + ".1"),
                    StandardCopyOption.REPLACE_EXISTING);
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                channel.truncate(0);
            }
        }
    }

    /** Its last lines, for the failure of a start. */
    String end() {
        try {
            var lines = Files.readAllLines(file);
            return String.join("\n", lines.subList(Math.max(0, lines.size() - 5), lines.size()));
        } catch (IOException e) {
            return "";
        }
    }
}
