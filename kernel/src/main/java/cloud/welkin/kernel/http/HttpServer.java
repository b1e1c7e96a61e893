package cloud.welkin.kernel.http;

import cloud.welkin.kernel.api.Answer;
import cloud.welkin.kernel.api.BrokenAnswer;
import cloud.welkin.kernel.api.Dispatcher;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.function.Function;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.http2.server.HTTP2CServerConnectionFactory;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * The one port of the program: Jetty's core, a virtual thread for each request. Paths stay as they
 * came ({@code %2F}, {@code //}, {@code ..} are data in object names), framing is strict.
 */
public final class HttpServer implements AutoCloseable {
    private static final int LARGEST_HEADERS = 65_536;

    private final Server server;
    private final ServerConnector connector;
    private final Optional<TlsListener> tls;

    /**
     * @param pages what else is served beside the APIs (health, metrics, console), asked in order
     * @throws IllegalArgumentException when the certificate or key cannot be used, in clear words
     */
    public HttpServer(
            HttpSettings settings, Dispatcher dispatcher, Function<Server, List<Handler>> pages) {
        QueuedThreadPool threads = new QueuedThreadPool(16, 2);
        threads.setName("http");
        threads.setVirtualThreadsExecutor(
                Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("http-", 0).factory()));
        server = new Server(threads);
        HttpConfiguration http = new HttpConfiguration();
        http.setUriCompliance(UriCompliance.UNSAFE);
        http.setRequestHeaderSize(LARGEST_HEADERS);
        http.setResponseHeaderSize(LARGEST_HEADERS);
        http.setSendServerVersion(false);
        // What a client says its object's type is comes back letter by letter.
        http.setHeaderCacheCaseSensitive(true);
        connector =
                new ServerConnector(
                        server,
                        1,
                        1,
                        new HttpConnectionFactory(http),
                        new HTTP2CServerConnectionFactory(http));
        connector.setHost(settings.host());
        connector.setPort(settings.port());
        tls = settings.tls().map(secure -> listener(secure, server, http));
        add(connector, settings);
        tls.ifPresent(secure -> add(secure.connector(), settings));
        Handler.Sequence all = new Handler.Sequence();
        all.addHandler(new ApiHandler(dispatcher));
        pages.apply(server).forEach(all::addHandler);
        server.setHandler(all);
        server.setErrorHandler(new PlainErrors());
    }

    private static TlsListener listener(TlsSettings tls, Server server, HttpConfiguration http) {
        try {
            return new TlsListener(tls, server, http);
        } catch (java.io.IOException e) {
            throw new IllegalArgumentException("TLS: " + e.getMessage(), e);
        }
    }

    private void add(ServerConnector listener, HttpSettings settings) {
        listener.setIdleTimeout(settings.idle().toMillis());
        listener.setAcceptQueueSize(1024);
        server.addConnector(listener);
    }

    /**
     * Binds the port and serves.
     *
     * @throws java.io.IOException when the address cannot be bound, in clear words
     */
    public void start() throws java.io.IOException {
        try {
            server.start();
            tls.ifPresent(TlsListener::start);
        } catch (java.io.IOException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("the HTTP server cannot start", e);
        }
    }

    public int port() {
        return connector.getLocalPort();
    }

    public URI uri() {
        return URI.create("http://" + connector.getHost() + ":" + port());
    }

    /** Where TLS is spoken, if it is. */
    public Optional<Integer> tlsPort() {
        return tls.map(secure -> secure.connector().getLocalPort());
    }

    @Override
    public void close() {
        tls.ifPresent(TlsListener::close);
        try {
            server.stop();
        } catch (Exception e) {
            throw new IllegalStateException("the HTTP server does not stop", e);
        }
    }

    private static final class ApiHandler extends Handler.Abstract {
        private final Dispatcher dispatcher;

        ApiHandler(Dispatcher dispatcher) {
            super(InvocationType.BLOCKING);
            this.dispatcher = dispatcher;
        }

        @Override
        public boolean handle(Request request, Response response, Callback callback) {
            JettyIncoming incoming = new JettyIncoming(request, response);
            if (request.getHttpURI().getPath() == null || !dispatcher.owns(incoming)) {
                return false;
            }
            EarlyAnswer.prepare(request);
            Answer answer;
            try {
                answer = dispatcher.dispatch(incoming);
            } catch (BrokenAnswer e) {
                callback.failed(e);
                return true;
            }
            if (answer.streamed()) {
                callback.succeeded();
                return true;
            }
            response.setStatus(answer.status());
            answer.headers().forEach((name, values) -> response.getHeaders().put(name, values));
            if (answer.body().length > 0) {
                response.getHeaders().put("Content-Length", answer.body().length);
            }
            response.write(
                    true,
                    request.getMethod().equals("HEAD")
                            ? ByteBuffer.allocate(0)
                            : ByteBuffer.wrap(answer.body()),
                    answer.status() < 400 ? callback : EarlyAnswer.after(request, callback));
            return true;
        }
    }
}
