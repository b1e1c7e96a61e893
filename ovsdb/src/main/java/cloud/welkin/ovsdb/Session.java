package cloud.welkin.ovsdb;

import java.io.IOException;
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
 * <p>One virtual thread reads, another writes from a queue, so that a caller never blocks on a
 * server that does not read. Everything that the server sends is handled by the reading thread in
 * the order of its coming; that an answer to a transaction follows the updates which it caused is
 * what makes the replica read one's own writes.
 */
final class Session implements AutoCloseable {

    private static final byte[] END = new byte[0];

    private final Transport transport;
    private final BiConsumer<Session, JsonNode> notified;
    private final Map<Long, Pending> pending = new ConcurrentHashMap<>();
    private final AtomicLong ids = new AtomicLong();
    private final LinkedBlockingQueue<byte[]> outgoing = new LinkedBlockingQueue<>();
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile String end = "";
    private volatile long lastHeard = System.nanoTime();

    private record Pending(CompletableFuture<JsonNode> answer, Consumer<JsonNode> whileReading) {}

    Session(Remote remote, Duration patience, BiConsumer<Session, JsonNode> notified)
            throws IOException {
        this.transport = Transport.connect(remote, patience);
        this.notified = notified;
        Thread.ofVirtual().name("ovsdb-read-" + remote).start(this::read);
        Thread.ofVirtual().name("ovsdb-write-" + remote).start(() -> write(transport.out()));
    }

    JsonNode call(String method, ArrayNode params, Duration patience) {
        return call(method, params, patience, answer -> {});
    }

    /**
     * Calls and waits; {@code whileReading} gets the result in the reading thread, before anything
     * that follows it.
     */
    JsonNode call(
            String method, ArrayNode params, Duration patience, Consumer<JsonNode> whileReading) {
        long id = ids.incrementAndGet();
        var answer = new CompletableFuture<JsonNode>();
        pending.put(id, new Pending(answer, whileReading));
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
                Wire.JSON.readerFor(JsonNode.class).<JsonNode>readValues(transport.in())) {
            while (messages.hasNextValue()) {
                var message = messages.nextValue();
                lastHeard = System.nanoTime();
                if (message.hasNonNull("method")) {
                    requested(message);
                } else {
                    answered(message);
                }
            }
            end("closed by the server");
        } catch (JacksonException e) {
            end("could not read: " + e.getOriginalMessage());
        } catch (RuntimeException e) {
            end("could not handle a message: " + e);
        }
    }

    private void requested(JsonNode message) {
        if (message.path("method").asString("").equals("echo")) {
            var answer = JsonNodeFactory.instance.objectNode();
            answer.set("result", message.path("params"))
                    .set("error", JsonNodeFactory.instance.nullNode())
                    .set("id", message.path("id"));
            outgoing.add(Wire.JSON.writeValueAsBytes(answer));
        } else {
            notified.accept(this, message);
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
            waiting.whileReading.accept(message.path("result"));
            waiting.answer.complete(message.path("result"));
        } catch (RuntimeException e) {
            waiting.answer.completeExceptionally(e);
        }
    }

    /**
     * Returns when the connection is dead, why; declares it dead itself when the server is silent
     * for twice the probe.
     */
    String awaitEnd(Duration probe) throws InterruptedException {
        boolean asked = false;
        while (true) {
            long silence = System.nanoTime() - lastHeard;
            if (silence < probe.toNanos()) {
                asked = false;
            } else if (silence >= 2 * probe.toNanos()) {
                end("silent for " + Duration.ofNanos(silence));
            } else if (!asked) {
                asked = true;
                send(
                        "echo",
                        JsonNodeFactory.instance.arrayNode(),
                        JsonNodeFactory.instance.stringNode("echo"));
            }
            long next = asked ? 2 * probe.toNanos() - silence : probe.toNanos() - silence;
            if (ended.await(Math.max(next, 1_000_000), TimeUnit.NANOSECONDS)) {
                return end;
            }
        }
    }

    private void end(String reason) {
        synchronized (ended) {
            if (ended.getCount() > 0) {
                end = reason;
                ended.countDown();
            }
        }
        outgoing.add(END);
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
}
