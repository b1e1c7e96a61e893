package cloud.welkin.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnixSocketTest {
    @TempDir Path folder;

    private final ServerSocketChannel server = open();
    private UnixSocket socket = new UnixSocket(Path.of("/nowhere"));
    private SocketChannel peer = SocketChannel.open();

    UnixSocketTest() throws IOException {}

    private static ServerSocketChannel open() throws IOException {
        return ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    }

    @BeforeEach
    void connect() throws IOException {
        Path path = folder.resolve("socket");
        server.bind(UnixDomainSocketAddress.of(path));
        socket = new UnixSocket(path);
        socket.connect();
        peer.close();
        peer = server.accept();
    }

    @AfterEach
    void close() throws IOException {
        socket.close();
        peer.close();
        server.close();
    }

    @Test
    void aReadWithATimeoutEndsInOneAndTheSocketIsGoodAfterwards() throws Exception {
        socket.setSoTimeout(5);
        assertThatThrownBy(() -> socket.getInputStream().read())
                .isInstanceOf(SocketTimeoutException.class);

        socket.setSoTimeout(0);
        send("a");
        assertThat(socket.getInputStream().read()).isEqualTo('a');
        socket.setSoTimeout(60_000);
        send("b");
        assertThat(socket.getInputStream().read()).isEqualTo('b');
    }

    @Test
    void whatIsThereAlreadyIsReadWhateverTheTimeout() throws Exception {
        socket.setSoTimeout(1);
        send("abc");
        assertThat(socket.getInputStream().readNBytes(3)).asString().isEqualTo("abc");
    }

    @Test
    void theEndIsTheEndWithAndWithoutATimeout() throws Exception {
        peer.close();
        socket.setSoTimeout(60_000);
        assertThat(socket.getInputStream().read()).isEqualTo(-1);
        socket.setSoTimeout(0);
        assertThat(socket.getInputStream().read()).isEqualTo(-1);
    }

    @Test
    void closingWakesAReaderWithAndWithoutATimeout() throws Exception {
        for (int timeout : new int[] {0, 600_000}) {
            try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                var second = new UnixSocket(folder.resolve("socket"));
                second.connect();
                second.setSoTimeout(timeout);
                var reader = new Thread[1];
                var read =
                        threads.submit(
                                () -> {
                                    reader[0] = Thread.currentThread();
                                    return second.getInputStream().read();
                                });
                Until.holds(() -> reader[0] != null && waits(reader[0]));
                second.close();
                assertThatThrownBy(read::get).hasCauseInstanceOf(IOException.class);
            }
        }
    }

    private static boolean waits(Thread thread) {
        return switch (thread.getState()) {
            case WAITING, TIMED_WAITING -> true;
            case NEW, RUNNABLE, BLOCKED, TERMINATED -> false;
        };
    }

    @Test
    void readersOnVirtualThreadsHoldNoThreadOfTheSystem() throws Exception {
        // Far more readers than carriers: with one of them pinned each, the last would never start.
        int readers = 100;
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var peers = new java.util.ArrayList<SocketChannel>();
            var reads = new java.util.ArrayList<java.util.concurrent.Future<Integer>>();
            for (int i = 0; i < readers; i++) {
                var each = new UnixSocket(folder.resolve("socket"));
                each.connect();
                each.setSoTimeout(i % 2 == 0 ? 0 : 600_000);
                peers.add(server.accept());
                reads.add(threads.submit(() -> each.getInputStream().read()));
            }
            for (var each : peers.reversed()) {
                each.write(ByteBuffer.wrap(new byte[] {7}));
            }
            for (var read : reads) {
                assertThat(read.get()).isEqualTo(7);
            }
            for (var each : peers) {
                each.close();
            }
        }
    }

    @Test
    void aReaderThatWaitsDoesNotHinderAWriter() throws Exception {
        for (int timeout : new int[] {0, 600_000}) {
            socket.setSoTimeout(timeout);
            try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                var read = threads.submit(() -> socket.getInputStream().read());
                socket.getOutputStream()
                        .write("ping".getBytes(java.nio.charset.StandardCharsets.UTF_8));
                var got = ByteBuffer.allocate(4);
                while (got.hasRemaining()) {
                    peer.read(got);
                }
                send("!");
                assertThat(read.get()).isEqualTo('!');
            }
        }
    }

    @Test
    void moreThanTheBufferHoldsIsWrittenWhileAReadWithATimeoutWaits() throws Exception {
        int size = 8 << 20;
        socket.setSoTimeout(600_000);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var read = threads.submit(() -> socket.getInputStream().read());
            var write =
                    threads.submit(
                            () -> {
                                socket.getOutputStream().write(new byte[size]);
                                return true;
                            });
            var got = ByteBuffer.allocate(size);
            while (got.hasRemaining()) {
                peer.read(got);
            }
            assertThat(write.get()).isTrue();
            send("x");
            assertThat(read.get()).isEqualTo('x');
        }
    }

    @Test
    void nobodyThereIsAFailureThatNamesTheSocket() {
        assertThatThrownBy(() -> new UnixSocket(folder.resolve("none")).connect())
                .isInstanceOf(IOException.class)
                .hasMessageContaining("none");
    }

    private void send(String text) throws IOException {
        peer.write(ByteBuffer.wrap(text.getBytes(java.nio.charset.StandardCharsets.UTF_8)));
    }
}
