package cloud.welkin.host.agent;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;

/** What guests write on their serial consoles, and where their screens are. */
public final class GuestConsoles {

    /** No more than this is told, bytes, as in Nova. */
    private static final int LONGEST = 102_400;

    private final Path home;

    public GuestConsoles(Path home) {
        this.home = home;
    }

    /**
     * The end of the console log.
     *
     * @param lines how many lines at most; all that is kept (at most 100 KiB) when empty
     * @return empty when the guest has not run here
     */
    public Optional<String> log(UUID guest, OptionalInt lines) {
        Path file = GuestFolder.of(home, guest).consoleLog();
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            // virtlogd moves a full log to NAME.0 and goes on with an empty one.
            String text = tail(file.resolveSibling(file.getFileName() + ".0")) + tail(file);
            text = text.substring(Math.max(0, text.length() - LONGEST));
            return Optional.of(lines.isPresent() ? last(text, lines.getAsInt()) : text);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** The unix socket of a guest's VNC server; there while the guest runs. */
    public Path vncSocket(UUID guest) {
        return GuestFolder.of(home, guest).vncSocket();
    }

    /** The unix socket of a guest's first serial console, for one user at a time. */
    public Path serialSocket(UUID guest) {
        return GuestFolder.of(home, guest).consoleSocket();
    }

    private static String tail(Path file) throws IOException {
        if (!Files.exists(file)) {
            return "";
        }
        try (var channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long start = Math.max(0, channel.size() - LONGEST);
            ByteBuffer bytes = ByteBuffer.allocate(LONGEST);
            while (bytes.hasRemaining() && channel.read(bytes, start + bytes.position()) > 0) {
                // A short read is not the end.
            }
            return new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8);
        }
    }

    static String last(String text, int lines) {
        if (lines <= 0) {
            return "";
        }
        int end = text.endsWith("\n") ? text.length() - 1 : text.length();
        int start = end;
        for (int line = 0; line < lines; line++) {
            start = text.lastIndexOf('\n', start - 1);
            if (start < 0) {
                return text;
            }
        }
        return text.substring(start + 1);
    }
}
