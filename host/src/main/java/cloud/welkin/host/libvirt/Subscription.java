package cloud.welkin.host.libvirt;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A listener of a connection with its queue and its own virtual thread. Events come in libvirt's
 * order, one at a time; a listener may block and may throw (which is logged).
 */
public final class Subscription implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Subscription.class);

    private final BlockingQueue<LibvirtEvent> queue;
    private final AtomicLong lost = new AtomicLong();
    private final Consumer<LibvirtEvent> listener;
    private final Consumer<Subscription> onClose;
    private final Thread thread;

    Subscription(int capacity, Consumer<LibvirtEvent> listener, Consumer<Subscription> onClose) {
        this.queue = new ArrayBlockingQueue<>(capacity);
        this.listener = listener;
        this.onClose = onClose;
        this.thread = Thread.ofVirtual().name("libvirt-listener").unstarted(this::deliver);
    }

    void start() {
        thread.start();
    }

    /** Never waits: it runs on the event loop's thread. */
    void offer(LibvirtEvent event) {
        if (!queue.offer(event)) {
            lost.incrementAndGet();
        }
    }

    /** Events dropped that the listener was not told of yet. */
    long lost() {
        return lost.get();
    }

    /** No event is begun after this; one that is being handled is interrupted. */
    @Override
    public void close() {
        onClose.accept(this);
        thread.interrupt();
    }

    private void deliver() {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                LibvirtEvent event = queue.take();
                handle(event);
                long dropped = lost.getAndSet(0);
                if (dropped > 0) {
                    handle(new LibvirtEvent.EventsLost(dropped));
                }
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    private void handle(LibvirtEvent event) {
        try {
            listener.accept(event);
        } catch (RuntimeException failed) {
            LOG.error("a listener failed on {}", event, failed);
        }
    }
}
