package cloud.welkin.server;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.LocalConnector;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.Callback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A small HTTP server behind a unix socket: for the operator's questions, and for the guests'
 * metadata proxies. One request without a body for each connection. Jetty 12.1 has no connector for
 * unix sockets, so the bytes are carried to its local one: the parsing stays Jetty's.
 */
final class UnixHttp implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(UnixHttp.class);
    private static final int LARGEST_REQUEST = 16_384;
    private static final int AT_ONCE = 256;
    private static final byte[] END_OF_HEADERS = {13, 10, 13, 10};

    /** A question: its path, headers and query. */
    record Question(
            String method,
            String path,
            Function<String, Optional<String>> header,
            Optional<String> query) {}

    /** A whole answer. */
    record Answer(int status, String contentType, byte[] body) {
        static Answer text(int status, String text) {
            return new Answer(
                    status, "text/plain;charset=utf-8", text.getBytes(StandardCharsets.UTF_8));
        }
    }

    private final Path socket;
    private final Server server = new Server();
    private final LocalConnector http = new LocalConnector(server);
    private final ServerSocketChannel listening;
    private final Semaphore room = new Semaphore(AT_ONCE);

    UnixHttp(Path socket, String permissions, Function<Question, Answer> answers)
            throws IOException {
        this.socket = socket;
        server.addConnector(http);
        server.setHandler(new Answering(answers));
        try {
            server.start();
        } catch (Exception e) {
            throw new IOException("the socket " + socket + " cannot be served", e);
        }
        Files.deleteIfExists(socket);
        listening = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        listening.bind(UnixDomainSocketAddress.of(socket), 128);
        Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString(permissions));
        Thread.ofVirtual().name("unix-http-" + socket.getFileName()).start(this::accept);
    }

    private void accept() {
        while (listening.isOpen()) {
            try {
                room.acquire();
                SocketChannel channel = listening.accept();
                Thread.ofVirtual().start(() -> serve(channel));
            } catch (ClosedChannelException e) {
                return;
            } catch (IOException e) {
                room.release();
                log.warn("accepting on {} failed", socket, e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private void serve(SocketChannel channel) {
        try (channel) {
            Optional<ByteBuffer> request = read(channel);
            if (request.isPresent()) {
                ByteBuffer answer = http.getResponse(request.get(), false, 60, TimeUnit.SECONDS);
                while (answer != null && answer.hasRemaining()) {
                    channel.write(answer);
                }
            }
        } catch (Exception e) {
            log.debug("a request on {} failed", socket, e);
        } finally {
            room.release();
        }
    }

    /** The bytes up to the end of the headers; empty when they do not end, or are too many. */
    private static Optional<ByteBuffer> read(SocketChannel channel) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(LARGEST_REQUEST);
        while (buffer.hasRemaining() && channel.read(buffer) >= 0) {
            if (ends(buffer)) {
                return Optional.of(buffer.flip());
            }
        }
        return Optional.empty();
    }

    private static boolean ends(ByteBuffer buffer) {
        int at = buffer.position() - END_OF_HEADERS.length;
        for (int i = 0; i < END_OF_HEADERS.length; i++) {
            if (at < 0 || buffer.get(at + i) != END_OF_HEADERS[i]) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void close() throws IOException {
        listening.close();
        Files.deleteIfExists(socket);
        try {
            server.stop();
        } catch (Exception e) {
            throw new IOException(e);
        }
    }

    private static final class Answering extends Handler.Abstract {
        private final Function<Question, Answer> answers;

        Answering(Function<Question, Answer> answers) {
            super(InvocationType.BLOCKING);
            this.answers = answers;
        }

        @Override
        public boolean handle(Request request, Response response, Callback callback) {
            Answer answer =
                    answers.apply(
                            new Question(
                                    request.getMethod(),
                                    request.getHttpURI().getPath(),
                                    name -> Optional.ofNullable(request.getHeaders().get(name)),
                                    Optional.ofNullable(request.getHttpURI().getQuery())));
            response.setStatus(answer.status());
            response.getHeaders().put("Content-Type", answer.contentType());
            response.getHeaders().put("Content-Length", answer.body().length);
            response.getHeaders().put("Connection", "close");
            response.write(true, ByteBuffer.wrap(answer.body()), callback);
            return true;
        }
    }
}
