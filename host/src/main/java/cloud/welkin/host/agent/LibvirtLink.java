package cloud.welkin.host.agent;

import cloud.welkin.host.libvirt.Connection;
import cloud.welkin.host.libvirt.LibvirtEvent;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way to the host's libvirt: a connection that is opened again when the daemon was restarted.
 * Whoever listens gets {@link LibvirtEvent.ConnectionClosed} when it ends and looks at everything.
 */
final class LibvirtLink implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(LibvirtLink.class);

    private final String uri;
    private final Consumer<LibvirtEvent> listener;
    private final ReentrantLock lock = new ReentrantLock();
    private Optional<Connection> current = Optional.empty();
    private boolean closed;

    LibvirtLink(String uri, Consumer<LibvirtEvent> listener) {
        this.uri = uri;
        this.listener = listener;
    }

    /**
     * A connection that was alive a moment ago.
     *
     * @throws cloud.welkin.host.libvirt.LibvirtException if nobody answers
     */
    Connection connection() {
        lock.lock();
        try {
            if (closed) {
                throw new IllegalStateException("the agent has ended");
            }
            if (current.isPresent() && current.get().isAlive()) {
                return current.get();
            }
            current.ifPresent(Connection::close);
            current = Optional.empty();
            Connection fresh = Connection.open(uri);
            fresh.subscribe(listener);
            current = Optional.of(fresh);
            LOG.info("connected to {}", uri);
            return fresh;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            current.ifPresent(Connection::close);
            current = Optional.empty();
        } finally {
            lock.unlock();
        }
    }
}
