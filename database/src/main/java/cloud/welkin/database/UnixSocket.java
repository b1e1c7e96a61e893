package cloud.welkin.database;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A {@link Socket} over the JDK's unix domain channel. Reads and writes without a timeout block on
 * the channel itself, which unmounts a virtual thread and lets a reader and a writer go on side by
 * side. Only a read with a timeout, which a blocking channel does not have, makes the channel
 * non-blocking and waits by a selector; the next one without makes it blocking again. Of all TCP
 * options there are none: setting them is accepted and does nothing.
 */
final class UnixSocket extends Socket {
    private static final Duration FULL = Duration.ofNanos(200_000);

    private final Path path;
    private volatile @Nullable SocketChannel channel;
    private volatile boolean closed;
    private volatile int timeoutMillis;
    // Set by the reader alone: there if and only if the channel is non-blocking.
    private volatile @Nullable Selector readable;

    UnixSocket(Path path) {
        this.path = path;
    }

    void connect() throws IOException {
        var opened = SocketChannel.open(java.net.StandardProtocolFamily.UNIX);
        try {
            opened.connect(UnixDomainSocketAddress.of(path));
        } catch (IOException failure) {
            opened.close();
            throw new SocketException(
                    "no connection to " + path + ": " + failure.getMessage(), failure);
        }
        channel = opened;
        if (closed) {
            opened.close();
        }
    }

    /**
     * Ignores where to (pgjdbc's idea of a host) and the timeout: a unix socket connects at once or
     * fails.
     */
    @Override
    public void connect(SocketAddress endpoint, int timeout) throws IOException {
        connect();
    }

    @Override
    public void connect(SocketAddress endpoint) throws IOException {
        connect();
    }

    private SocketChannel open() throws SocketException {
        var open = channel;
        if (open == null || closed) {
            throw new SocketException(
                    closed ? "the socket is closed" : "the socket is not connected");
        }
        return open;
    }

    private int read(ByteBuffer into) throws IOException {
        var timeout = timeoutMillis;
        return timeout == 0 ? readBlocking(into) : readWithin(into, timeout);
    }

    private int readBlocking(ByteBuffer into) throws IOException {
        var from = open();
        var selector = readable;
        if (selector != null) {
            readable = null;
            selector.close();
            from.configureBlocking(true);
        }
        return from.read(into);
    }

    private int readWithin(ByteBuffer into, int timeout) throws IOException {
        var from = open();
        var selector = readable;
        if (selector == null) {
            selector = Selector.open();
            readable = selector;
            from.configureBlocking(false);
            from.register(selector, SelectionKey.OP_READ);
        }
        var until = System.nanoTime() + timeout * 1_000_000L;
        while (true) {
            var count = from.read(into);
            if (count != 0) {
                return count;
            }
            // Rounded up, because a select of 0 waits for ever.
            var left = (until - System.nanoTime() + 999_999) / 1_000_000;
            if (left <= 0) {
                throw new SocketTimeoutException("nothing to read within " + timeout + " ms");
            }
            try {
                selector.select(left);
                selector.selectedKeys().clear();
            } catch (ClosedSelectorException e) {
                throw new SocketException("the socket was closed while reading", e);
            }
            if (Thread.interrupted()) {
                Thread.currentThread().interrupt();
                close();
                throw new SocketException("interrupted while reading, the socket is closed");
            }
        }
    }

    private void write(ByteBuffer from) throws IOException {
        while (from.hasRemaining()) {
            var to = open();
            if (to.write(from) == 0) {
                // Non-blocking now, for a read with a timeout, and the server is slower than we.
                // Not by a selector: its key would keep the reader from changing that again.
                LockSupport.parkNanos(FULL.toNanos());
            }
        }
    }

    @Override
    public InputStream getInputStream() throws IOException {
        open();
        return new InputStream() {
            @Override
            public int read() throws IOException {
                var one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
            }

            @Override
            public int read(byte[] bytes, int offset, int length) throws IOException {
                return length == 0
                        ? 0
                        : UnixSocket.this.read(ByteBuffer.wrap(bytes, offset, length));
            }

            @Override
            public void close() throws IOException {
                UnixSocket.this.close();
            }
        };
    }

    @Override
    public OutputStream getOutputStream() throws IOException {
        open();
        return new OutputStream() {
            @Override
            public void write(int one) throws IOException {
                write(new byte[] {(byte) one}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                UnixSocket.this.write(ByteBuffer.wrap(bytes, offset, length));
            }

            @Override
            public void close() throws IOException {
                UnixSocket.this.close();
            }
        };
    }

    @Override
    public void close() throws IOException {
        closed = true;
        var open = channel;
        if (open != null) {
            open.close();
        }
        var selector = readable;
        if (selector != null) {
            selector.close();
        }
    }

    @Override
    public void setSoTimeout(int millis) {
        timeoutMillis = millis;
    }

    @Override
    public int getSoTimeout() {
        return timeoutMillis;
    }

    @Override
    public boolean isConnected() {
        return channel != null;
    }

    @Override
    public boolean isClosed() {
        return closed;
    }

    @Override
    public boolean isBound() {
        return channel != null;
    }

    @Override
    public InetAddress getInetAddress() {
        return InetAddress.getLoopbackAddress();
    }

    @Override
    public void shutdownOutput() throws IOException {
        open().shutdownOutput();
    }

    @Override
    public void shutdownInput() throws IOException {
        open().shutdownInput();
    }

    @Override
    public void setTcpNoDelay(boolean on) {}

    @Override
    public boolean getTcpNoDelay() {
        return true;
    }

    @Override
    public void setKeepAlive(boolean on) {}

    @Override
    public boolean getKeepAlive() {
        return false;
    }

    @Override
    public void setSendBufferSize(int size) {}

    @Override
    public int getSendBufferSize() {
        return 64 * 1024;
    }

    @Override
    public void setReceiveBufferSize(int size) {}

    @Override
    public int getReceiveBufferSize() {
        return 64 * 1024;
    }

    @Override
    public String toString() {
        return "UnixSocket[" + path + "]";
    }
}
