package cloud.welkin.database;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A unix socket in the clothes of {@link Socket}. Reads block on the channel itself, which lets virtual threads go;
 * only while a timeout is set (pgjdbc does so to look for notifications) is a selector used. Reading and writing share
 * no lock.
 */
final class UnixSocket extends Socket {
    private final Path path;
    private @Nullable SocketChannel channel;
    private volatile int timeout;

    UnixSocket(Path path) {
        this.path = path;
    }

    @Override
    public void connect(SocketAddress ignored, int connectTimeout) throws IOException {
        channel = SocketChannel.open(UnixDomainSocketAddress.of(path));
    }

    @Override
    public void connect(SocketAddress ignored) throws IOException {
        connect(ignored, 0);
    }

    private SocketChannel channel() throws SocketException {
        SocketChannel open = channel;
        if (open == null) {
            throw new SocketException("not connected");
        }
        return open;
    }

    @Override
    public InputStream getInputStream() throws IOException {
        SocketChannel open = channel();
        return new InputStream() {
            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
            }

            @Override
            public int read(byte[] bytes, int offset, int length) throws IOException {
                if (length == 0) {
                    return 0;
                }
                ByteBuffer buffer = ByteBuffer.wrap(bytes, offset, length);
                int limit = timeout;
                return limit == 0 ? open.read(buffer) : readWithin(open, buffer, limit);
            }
        };
    }

    private static int readWithin(SocketChannel open, ByteBuffer buffer, int millis)
            throws IOException {
        open.configureBlocking(false);
        try (Selector selector = open.provider().openSelector()) {
            int count = open.read(buffer);
            if (count != 0) {
                return count;
            }
            SelectionKey key = open.register(selector, SelectionKey.OP_READ);
            selector.select(millis);
            key.cancel();
            count = open.read(buffer);
            if (count == 0) {
                throw new SocketTimeoutException("no answer within " + millis + " ms");
            }
            return count;
        } finally {
            try {
                open.configureBlocking(true);
            } catch (ClosedChannelException e) {
                // Closed by another thread meanwhile: the read has told, or will.
            }
        }
    }

    @Override
    public OutputStream getOutputStream() throws IOException {
        SocketChannel open = channel();
        return new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                write(new byte[] {(byte) b}, 0, 1);
            }

            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                ByteBuffer buffer = ByteBuffer.wrap(bytes, offset, length);
                while (buffer.hasRemaining()) {
                    open.write(buffer);
                }
            }
        };
    }

    @Override
    public void setSoTimeout(int millis) {
        timeout = millis;
    }

    @Override
    public int getSoTimeout() {
        return timeout;
    }

    @Override
    public boolean isConnected() {
        return channel != null;
    }

    @Override
    public boolean isClosed() {
        SocketChannel open = channel;
        return open != null && !open.isOpen();
    }

    @Override
    public void close() throws IOException {
        SocketChannel open = channel;
        if (open != null) {
            open.close();
        }
    }

    @Override
    public void setTcpNoDelay(boolean on) {}

    @Override
    public void setKeepAlive(boolean on) {}

    @Override
    public void setReceiveBufferSize(int size) {}

    @Override
    public void setSendBufferSize(int size) {}

    @Override
    public int getReceiveBufferSize() {
        return 65_536;
    }

    @Override
    public int getSendBufferSize() {
        return 65_536;
    }
}
