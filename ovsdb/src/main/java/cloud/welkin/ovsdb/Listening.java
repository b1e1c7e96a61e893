package cloud.welkin.ovsdb;

import java.util.List;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A listener with its own queue and thread: however slow it is, the connection is not held up and
 * no event is lost.
 */
final class Listening implements Subscription {

    private static final Logger log = LoggerFactory.getLogger(Listening.class);

    private final Set<String> tables;
    private final Consumer<Event> listener;
    private final Consumer<Listening> closed;
    private final LinkedBlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private final Thread thread;

    Listening(Set<String> tables, Consumer<Event> listener, Consumer<Listening> closed) {
        this.tables = Set.copyOf(tables);
        this.listener = listener;
        this.closed = closed;
        this.thread = Thread.ofVirtual().name("ovsdb-listener").unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    void tell(Event event) {
        switch (event) {
            case Event.Changed(var changes) -> {
                var ofInterest =
                        tables.isEmpty()
                                ? changes
                                : changes.stream()
                                        .filter(each -> tables.contains(each.table()))
                                        .toList();
                if (!ofInterest.isEmpty()) {
                    events.add(new Event.Changed(List.copyOf(ofInterest)));
                }
            }
            case Event.Connected connected -> events.add(connected);
            case Event.Disconnected disconnected -> events.add(disconnected);
        }
    }

    private void run() {
        try {
            while (true) {
                var event = events.take();
                try {
                    listener.accept(event);
                } catch (RuntimeException e) {
                    log.error("a listener failed on {}", event.getClass().getSimpleName(), e);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        closed.accept(this);
        thread.interrupt();
    }
}
