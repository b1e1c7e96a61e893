package cloud.welkin.server;

import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;

/** Asks the running program over its control socket, which only its own account can reach. */
final class ControlClient {
    private static final int NOTHING_RUNS = 3;

    private ControlClient() {}

    /**
     * Prints the answer; 0 when all is well, 1 when the program says that it is not, 3 when none
     * runs.
     */
    static int print(Path home, String path) throws IOException {
        return print(home, "GET", path, Map.of());
    }

    /** The same, with headers. */
    static int print(Path home, String path, Map<String, String> headers) throws IOException {
        return print(home, "GET", path, headers);
    }

    /** The same with another method, for what changes something. */
    static int print(Path home, String method, String path) throws IOException {
        return print(home, method, path, Map.of());
    }

    private static int print(Path home, String method, String path, Map<String, String> headers)
            throws IOException {
        Path socket = home.resolve("run/control.sock");
        String answer;
        try {
            answer = ask(socket, method, path, headers);
        } catch (NoSuchFileException | ConnectException e) {
            System.err.println("welkin: nothing runs in " + home);
            return NOTHING_RUNS;
        } catch (SocketException e) {
            System.err.println(
                    "welkin: the program in " + home + " does not answer: " + e.getMessage());
            return NOTHING_RUNS;
        }
        int body = answer.indexOf("\r\n\r\n");
        System.out.print(answer.substring(body + 4));
        return answer.startsWith("HTTP/1.1 200") ? 0 : 1;
    }

    private static String ask(Path socket, String method, String path, Map<String, String> headers)
            throws IOException {
        if (!Files.exists(socket)) {
            throw new NoSuchFileException(socket.toString());
        }
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            String request =
                    method
                            + " "
                            + path
                            + " HTTP/1.1\r\nHost: control\r\nConnection: close\r\n"
                            + headers.entrySet().stream()
                                    .map(h -> h.getKey() + ": " + h.getValue() + "\r\n")
                                    .collect(Collectors.joining())
                            + "\r\n";
            channel.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.UTF_8)));
            return new String(
                    Channels.newInputStream(channel).readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
