package cloud.welkin.ovsdb;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;

/**
 * One connection: JSON-RPC 1.0 in both directions (RFC 7047, section 4).
 *
 * <p>One thread reads and does nothing else but answer the server's echoes; a second handles what
 * was read, in the order of its coming; a third writes from a queue, so that a caller never blocks
 * on a server that does not read. That an answer to a transaction is handled after the updates
 * which it caused is what makes the replica read one's own writes. Whoever handles may take its
 * time: the server is heard all the while, and is not taken for silent because we are slow.
 *
 * <p>The reader is a thread of the platform: virtual ones may all be waiting for engines.
 */
final class Session implements AutoCloseable {

    private static final byte[] END = new byte[0];

    /** How often a server is looked after within the time of a probe. */
    private static final int LOOKS = 10;

    private final Transport transport;
    private final BiConsumer<Session, JsonNode> notified;
    private final Map<Long, Pending> pending = new ConcurrentHashMap<>();
    private final AtomicLong ids = new AtomicLong();
    private final LinkedBlockingQueue<byte[]> outgoing = new LinkedBlockingQueue<>();
    private final LinkedBlockingQueue<Runnable> incoming = new LinkedBlockingQueue<>();
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile String end = "";
    private final AtomicLong heard = new AtomicLong();

    private record Pending(CompletableFuture<JsonNode> answer, Consumer<JsonNode> inOrder) {}

    Session(Remote remote, Duration patience, BiConsumer<Session, JsonNode> notified)
            throws IOException {
        this.transport = Transport.connect(remote, patience);
        this.notified = notified;
        Thread.ofPlatform().daemon().name("ovsdb-read-" + remote).start(this::read);
        Thread.ofVirtual().name("ovsdb-handle-" + remote).start(this::handleAll);
        Thread.ofVirtual().name("ovsdb-write-" + remote).start(() -> write(transport.out()));
    }

    JsonNode call(String method, ArrayNode params, Duration patience) {
        return call(method, params, patience, answer -> {});
    }

    /**
     * Calls and waits; {@code inOrder} gets the result in the handling thread, before anything that
     * follows it.
     */
    JsonNode call(String method, ArrayNode params, Duration patience, Consumer<JsonNode> inOrder) {
        long id = ids.incrementAndGet();
        var answer = new CompletableFuture<JsonNode>();
        pending.put(id, new Pending(answer, inOrder));
        send(method, params, JsonNodeFactory.instance.numberNode(id));
        if (ended.getCount() == 0) {
            end(end);
        }
        try {
            return answer.get(patience.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            pending.remove(id);
            send(
                    "cancel",
                    JsonNodeFactory.instance.arrayNode().add(id),
                    JsonNodeFactory.instance.nullNode());
            throw new OvsdbException.OutcomeUnknown(
                    "no answer to %s within %s".formatted(method, patience), e);
        } catch (InterruptedException e) {
            pending.remove(id);
            Thread.currentThread().interrupt();
            throw new OvsdbException.OutcomeUnknown(
                    "interrupted while waiting for the answer to " + method, e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof OvsdbException known) {
                throw known;
            }
            throw new OvsdbException.Incompatible(
                    "answer to %s: %s".formatted(method, e.getCause()));
        }
    }

    private void send(String method, ArrayNode params, JsonNode id) {
        var message = JsonNodeFactory.instance.objectNode();
        message.put("method", method).set("params", params).set("id", id);
        outgoing.add(Wire.JSON.writeValueAsBytes(message));
    }

    private void write(OutputStream out) {
        try {
            while (true) {
                var bytes = outgoing.take();
                if (bytes.length == 0) {
                    return;
                }
                out.write(bytes);
                if (outgoing.isEmpty()) {
                    out.flush();
                }
            }
        } catch (IOException e) {
            end("could not write: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void read() {
        try (var messages =
                Wire.JSON
                        .readerFor(JsonNode.class)
                        .<JsonNode>readValues(new Heard(transport.in(), heard))) {
            while (messages.hasNextValue()) {
                var message = messages.nextValue();
                if (message.path("method").asString("").equals("echo")) {
                    echoed(message);
                } else {
                    incoming.add(() -> handle(message));
                }
            }
            incoming.add(() -> end("closed by the server"));
        } catch (JacksonException e) {
            incoming.add(() -> end("could not read: " + e.getOriginalMessage()));
        } catch (RuntimeException e) {
            incoming.add(() -> end("could not read: " + e));
        }
    }

    private void echoed(JsonNode message) {
        var answer = JsonNodeFactory.instance.objectNode();
        answer.set("result", message.path("params"))
                .set("error", JsonNodeFactory.instance.nullNode())
                .set("id", message.path("id"));
        outgoing.add(Wire.JSON.writeValueAsBytes(answer));
    }

    private void handleAll() {
        try {
            while (ended.getCount() > 0) {
                incoming.take().run();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            end("could not handle a message: " + e);
        }
    }

    private void handle(JsonNode message) {
        if (message.hasNonNull("method")) {
            notified.accept(this, message);
        } else {
            answered(message);
        }
    }

    private void answered(JsonNode message) {
        var waiting = pending.remove(message.path("id").asLong(-1));
        if (waiting == null) {
            return;
        }
        if (message.hasNonNull("error")) {
            waiting.answer.completeExceptionally(Wire.refusal(message.path("error")));
            return;
        }
        try {
            waiting.inOrder.accept(message.path("result"));
            waiting.answer.complete(message.path("result"));
        } catch (RuntimeException e) {
            waiting.answer.completeExceptionally(e);
        }
    }

    /**
     * Returns when the connection is dead, why; declares it dead itself when the server says
     * nothing for the probe, is asked for an echo, and says nothing for the probe again.
     *
     * <p>Time in which we did not run (a machine under load, a program that was stopped) is not the
     * server's silence: what passes between two looks counts as no more than the time for which
     * this thread meant to wait, and the reader comes before the verdict.
     */
    String awaitEnd(Duration probe) throws InterruptedException {
        long look = Math.max(probe.toNanos() / LOOKS, 1);
        long known = heard.get();
        int silent = 0;
        while (!ended.await(look, TimeUnit.NANOSECONDS)) {
            long now = heard.get();
            silent = now == known ? silent + 1 : 0;
            known = now;
            if (silent == LOOKS) {
                send(
                        "echo",
                        JsonNodeFactory.instance.arrayNode(),
                        JsonNodeFactory.instance.stringNode("echo"));
            } else if (silent >= 2 * LOOKS) {
                end("silent for " + probe.multipliedBy(2));
            }
        }
        return end;
    }

    private void end(String reason) {
        synchronized (ended) {
            if (ended.getCount() > 0) {
                end = reason;
                ended.countDown();
            }
        }
        outgoing.add(END);
        incoming.add(() -> {}); // wakes the handler, which ends
        try {
            transport.close();
        } catch (IOException e) {
            // It is dead either way.
        }
        for (var id : List.copyOf(pending.keySet())) {
            var waiting = pending.remove(id);
            if (waiting != null) {
                waiting.answer.completeExceptionally(
                        new OvsdbException.OutcomeUnknown("connection lost: " + end));
            }
        }
    }

    @Override
    public void close() {
        end("closed here");
    }

    /** Counts what comes in, so that a long message is heard before it is whole. */
    private static final class Heard extends FilterInputStream {
        private final AtomicLong bytes;

        Heard(InputStream in, AtomicLong bytes) {
            super(in);
            this.bytes = bytes;
        }

        @Override
        public int read() throws IOException {
            int one = super.read();
            bytes.addAndGet(one < 0 ? 0 : 1);
            return one;
        }

        @Override
        public int read(byte[] to, int offset, int length) throws IOException {
            int count = super.read(to, offset, length);
            bytes.addAndGet(Math.max(count, 0));
            return count;
        }
    }
}
