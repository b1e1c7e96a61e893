package cloud.welkin.server;

import cloud.welkin.compute.ConsoleTokens;
import cloud.welkin.compute.GuestConsoles;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Fields;
import org.eclipse.jetty.websocket.api.Session;
import org.eclipse.jetty.websocket.server.WebSocketUpgradeHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The screens of guests in a browser: /console serves noVNC's pages, and its websocket carries RFB
 * between the browser and the guest's VNC socket. Whoever comes must have a token from {@code POST
 * /servers/{id}/remote-consoles}.
 */
final class ConsolePages {
    private static final Logger log = LoggerFactory.getLogger(ConsolePages.class);
    private static final String PREFIX = "/console/";
    private static final List<Path> NOVNC =
            List.of(Path.of("/usr/share/novnc"), Path.of("/usr/share/webapps/novnc"));
    private static final Map<String, String> TYPES =
            Map.of(
                    "html", "text/html; charset=utf-8",
                    "js", "text/javascript; charset=utf-8",
                    "css", "text/css; charset=utf-8",
                    "json", "application/json",
                    "svg", "image/svg+xml",
                    "png", "image/png",
                    "ico", "image/x-icon",
                    "ttf", "font/ttf",
                    "woff", "font/woff",
                    "oga", "audio/ogg");

    private final ConsoleTokens tokens;
    private final GuestConsoles consoles;

    ConsolePages(ConsoleTokens tokens, GuestConsoles consoles) {
        this.tokens = tokens;
        this.consoles = consoles;
    }

    /** The websocket first, then the pages around it. */
    Handler on(Server server) {
        WebSocketUpgradeHandler sockets =
                WebSocketUpgradeHandler.from(
                        server,
                        container -> {
                            container.setIdleTimeout(Duration.ofMinutes(10));
                            container.setMaxBinaryMessageSize(1 << 20);
                            container.addMapping(
                                    PREFIX + "websockify",
                                    (request, response, callback) -> carrier(request));
                        });
        sockets.setHandler(new NoVncFiles());
        return sockets;
    }

    private Object carrier(org.eclipse.jetty.websocket.server.ServerUpgradeRequest request) {
        Fields query = Request.extractQueryParameters(request);
        Optional<Path> socket =
                Optional.ofNullable(query.getValue("token"))
                        .flatMap(tokens::redeem)
                        .flatMap(consoles::vncSocket);
        return new Carrier(socket);
    }

    /** One browser and one guest. */
    @org.eclipse.jetty.websocket.api.annotations.WebSocket
    public static final class Carrier implements Session.Listener.AutoDemanding {
        private final Optional<Path> socket;
        private Optional<SocketChannel> guest = Optional.empty();

        Carrier(Optional<Path> socket) {
            this.socket = socket;
        }

        @Override
        public void onWebSocketOpen(Session session) {
            if (socket.isEmpty()) {
                session.close(
                        4001,
                        "the token is not valid",
                        org.eclipse.jetty.websocket.api.Callback.NOOP);
                return;
            }
            try {
                SocketChannel channel =
                        SocketChannel.open(UnixDomainSocketAddress.of(socket.get()));
                guest = Optional.of(channel);
                Thread.ofVirtual().name("vnc").start(() -> toBrowser(channel, session));
            } catch (IOException e) {
                log.info("a console cannot be reached", e);
                session.close(
                        4002,
                        "the console cannot be reached",
                        org.eclipse.jetty.websocket.api.Callback.NOOP);
            }
        }

        private static void toBrowser(SocketChannel channel, Session session) {
            ByteBuffer buffer = ByteBuffer.allocate(65_536);
            try {
                while (channel.read(buffer.clear()) >= 0) {
                    var sent = new org.eclipse.jetty.websocket.api.Callback.Completable();
                    session.sendBinary(buffer.flip(), sent);
                    sent.join();
                }
                session.close();
            } catch (IOException | java.util.concurrent.CompletionException e) {
                session.close();
            }
        }

        @Override
        public void onWebSocketBinary(
                ByteBuffer payload, org.eclipse.jetty.websocket.api.Callback callback) {
            try {
                if (guest.isPresent()) {
                    while (payload.hasRemaining()) {
                        guest.get().write(payload);
                    }
                }
                callback.succeed();
            } catch (IOException e) {
                callback.fail(e);
            }
        }

        @Override
        public void onWebSocketClose(
                int status, String reason, org.eclipse.jetty.websocket.api.Callback callback) {
            guest.ifPresent(
                    channel -> {
                        try {
                            channel.close();
                        } catch (IOException e) {
                            log.debug("closing a console", e);
                        }
                    });
            callback.succeed();
        }
    }

    /** noVNC's own files, from the package novnc; nothing outside of its folder. */
    private static final class NoVncFiles extends Handler.Abstract {
        NoVncFiles() {
            super(InvocationType.BLOCKING);
        }

        @Override
        public boolean handle(Request request, Response response, Callback callback)
                throws IOException {
            String path = request.getHttpURI().getCanonicalPath();
            if (path == null || !path.startsWith(PREFIX) || !request.getMethod().equals("GET")) {
                return false;
            }
            Optional<Path> root = NOVNC.stream().filter(Files::isDirectory).findFirst();
            if (root.isEmpty()) {
                Response.writeError(request, response, callback, 404, "install the package novnc");
                return true;
            }
            Path file = root.get().resolve(path.substring(PREFIX.length())).normalize();
            if (!file.startsWith(root.get()) || !Files.isRegularFile(file)) {
                return false;
            }
            String name = file.getFileName().toString();
            response.getHeaders()
                    .put(
                            "Content-Type",
                            TYPES.getOrDefault(
                                    name.substring(name.lastIndexOf('.') + 1),
                                    "application/octet-stream"));
            Content.Sink.write(response, true, ByteBuffer.wrap(Files.readAllBytes(file)));
            callback.succeeded();
            return true;
        }
    }
}
