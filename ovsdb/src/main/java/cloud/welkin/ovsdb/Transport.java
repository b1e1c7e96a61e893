package cloud.welkin.ovsdb;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SocketChannel;
import java.nio.channels.WritableByteChannel;
import java.time.Duration;

/** A connected stream to a server. */
record Transport(InputStream in, OutputStream out, Closeable socket) implements Closeable {

    static Transport connect(Remote remote, Duration patience) throws IOException {
        return switch (remote) {
            case Remote.Unix(var path) -> {
                var channel = SocketChannel.open(UnixDomainSocketAddress.of(path));
                yield new Transport(
                        Channels.newInputStream(new Reading(channel)),
                        Channels.newOutputStream(new Writing(channel)),
                        channel);
            }
            case Remote.Tcp tcp -> of(connected(tcp.host(), tcp.port(), patience));
            case Remote.Ssl ssl -> {
                var plain = connected(ssl.host(), ssl.port(), patience);
                try {
                    yield of(
                            ssl.context()
                                    .getSocketFactory()
                                    .createSocket(plain, ssl.host(), ssl.port(), true));
                } catch (IOException e) {
                    plain.close();
                    throw e;
                }
            }
        };
    }

    private static Socket connected(String host, int port, Duration patience) throws IOException {
        var socket = new Socket();
        try {
            socket.connect(new InetSocketAddress(host, port), Math.toIntExact(patience.toMillis()));
            socket.setTcpNoDelay(true);
            return socket;
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    private static Transport of(Socket socket) throws IOException {
        return new Transport(socket.getInputStream(), socket.getOutputStream(), socket);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    // Channels' streams take the blocking lock of a SelectableChannel for both directions: a
    // waiting reader would
    // stop every writer. Behind these two the channel is not seen as one.
    private record Reading(SocketChannel channel) implements ReadableByteChannel {
        @Override
        public int read(ByteBuffer buffer) throws IOException {
            return channel.read(buffer);
        }

        @Override
        public boolean isOpen() {
            return channel.isOpen();
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }

    private record Writing(SocketChannel channel) implements WritableByteChannel {
        @Override
        public int write(ByteBuffer buffer) throws IOException {
            return channel.write(buffer);
        }

        @Override
        public boolean isOpen() {
            return channel.isOpen();
        }

        @Override
        public void close() throws IOException {
            channel.close();
        }
    }
}
