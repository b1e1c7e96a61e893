package cloud.welkin.kernel.http;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http2.ErrorCode;
import org.eclipse.jetty.http2.HTTP2Connection;
import org.eclipse.jetty.http2.HTTP2Stream;
import org.eclipse.jetty.http2.frames.ResetFrame;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.HttpStream;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.Callback;

/**
 * What becomes of a request that was answered before its body was read, because it was refused: the
 * client shall get the answer although it still sends.
 *
 * <p>What still comes is read and thrown away for a while. Over HTTP/1 the connection is closed
 * then, but not while data are under way: the kernel would answer them by a reset of the
 * connection, which takes the answer along (RFC 9112, 9.6). Over HTTP/2 the client is asked to stop
 * by a reset without error (RFC 9113, 8.1); Jetty by itself resets with CANCEL, upon which clients
 * throw the answer away, and closes the connection when many frames follow.
 */
final class EarlyAnswer {
    private static final Duration LINGER = Duration.ofSeconds(2);

    private EarlyAnswer() {}

    /** To be called before the request is handled. */
    static void prepare(Request request) {
        if (request.getConnectionMetaData().getConnection() instanceof HTTP2Connection http2) {
            request.addHttpStreamWrapper(stream -> new Ending(stream, http2));
        }
    }

    /** The callback of the answer's last write: it ends the request once the client has it. */
    static Callback after(Request request, Callback callback) {
        if (request.getLength() == 0 || request.getHeaders().contains(HttpHeader.EXPECT)) {
            return callback;
        }
        return Callback.from(
                () -> Thread.startVirtualThread(() -> linger(request, callback)), callback::failed);
    }

    private static void linger(Request request, Callback callback) {
        try {
            discard(request, System.nanoTime() + LINGER.toNanos());
            callback.succeeded();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            callback.failed(e);
        }
    }

    private static void discard(Request request, long end) throws InterruptedException {
        while (true) {
            long left = end - System.nanoTime();
            Content.Chunk chunk = request.read();
            if (chunk == null) {
                CountDownLatch more = new CountDownLatch(1);
                request.demand(more::countDown);
                if (!more.await(left, TimeUnit.NANOSECONDS)) {
                    return;
                }
                continue;
            }
            if (Content.Chunk.isFailure(chunk)) {
                return;
            }
            chunk.release();
            if (chunk.isLast() || left <= 0) {
                return;
            }
        }
    }

    private static final class Ending extends HttpStream.Wrapper {
        private final HTTP2Connection connection;

        Ending(HttpStream stream, HTTP2Connection connection) {
            super(stream);
            this.connection = connection;
        }

        @Override
        public void succeeded() {
            stopSending();
            super.succeeded();
        }

        @Override
        public void failed(Throwable failure) {
            stopSending();
            super.failed(failure);
        }

        /** When the whole answer is out and only the client's half is open still. */
        private void stopSending() {
            HTTP2Stream stream = connection.getSession().getStream(Integer.parseInt(getId()));
            if (stream != null && stream.isLocallyClosed() && !stream.isRemotelyClosed()) {
                stream.reset(
                        new ResetFrame(stream.getId(), ErrorCode.NO_ERROR.code), Callback.NOOP);
            }
        }
    }
}
