package cloud.welkin.database;

import java.net.InetAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.nio.file.Path;
import javax.net.SocketFactory;

/** Lets pgjdbc, which knows only {@link Socket}s, speak through a unix socket ({@code socketFactory} property). */
public final class UnixSocketFactory extends SocketFactory {
    private final Path path;

    /** Called by pgjdbc with the property {@code socketFactoryArg}. */
    public UnixSocketFactory(String path) {
        this.path = Path.of(path);
    }

    @Override
    public Socket createSocket() {
        return new UnixSocket(path);
    }

    @Override
    public Socket createSocket(String host, int port) throws UnknownHostException {
        throw new UnknownHostException("only unix sockets are made here");
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress local, int localPort)
            throws UnknownHostException {
        throw new UnknownHostException("only unix sockets are made here");
    }

    @Override
    public Socket createSocket(InetAddress host, int port) {
        throw new IllegalStateException("only unix sockets are made here");
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort) {
        throw new IllegalStateException("only unix sockets are made here");
    }
}
