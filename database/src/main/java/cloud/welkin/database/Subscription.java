package cloud.welkin.database;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One consumer of one channel, with a thread and a bounded queue of its own, so that a slow one
 * neither delays the others nor keeps the server's queue from being emptied. A full queue is
 * replaced by one "look at everything".
 */
final class Subscription {
    private static final Logger log = LoggerFactory.getLogger(Subscription.class);
    private static final int LONGEST_QUEUE = 10_000;
    private static final String EVERYTHING = "";

    final String channel;
    final CompletableFuture<Boolean> begun = new CompletableFuture<>();
    private final Consumer<String> consumer;
    private final LinkedBlockingQueue<String> waiting = new LinkedBlockingQueue<>(LONGEST_QUEUE);
    private final Thread thread;

    Subscription(String channel, Consumer<String> consumer) {
        this.channel = channel;
        this.consumer = consumer;
        this.thread = Thread.ofVirtual().name("database-listen-" + channel).start(this::consume);
    }

    void deliver(String payload) {
        if (!waiting.offer(payload)) {
            lookAtEverything();
        }
    }

    void lookAtEverything() {
        waiting.clear();
        waiting.add(EVERYTHING);
    }

    private void consume() {
        try {
            while (true) {
                var payload = waiting.take();
                try {
                    consumer.accept(payload);
                } catch (RuntimeException failure) {
                    log.error("a listener of {} failed", channel, failure);
                }
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    void close() {
        thread.interrupt();
    }
}
