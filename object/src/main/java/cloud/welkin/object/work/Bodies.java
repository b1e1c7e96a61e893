package cloud.welkin.object.work;

import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.failure.FailureKind;
import cloud.welkin.object.engine.BodyWriter;
import cloud.welkin.object.engine.EngineFailure;
import cloud.welkin.object.engine.Locator;
import cloud.welkin.object.engine.ObjectEngine;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The bodies of all storage policies: each is kept by an engine. */
public final class Bodies {
    /** The one policy that every cloud has. */
    public static final String DEFAULT_POLICY = "Policy-0";

    private static final Logger log = LoggerFactory.getLogger(Bodies.class);

    /**
     * A body that is safe.
     *
     * @param locator where; absent for an empty one
     * @param md5 in hex
     */
    public record Received(Optional<Locator> locator, long length, String md5) {}

    private final Map<String, ObjectEngine> engines;

    public Bodies(Map<String, ObjectEngine> engines) {
        this.engines = Map.copyOf(engines);
    }

    public boolean hasPolicy(String name) {
        return engines.containsKey(name);
    }

    /**
     * Streams a body to its place. Returns when it survives the loss of power; whoever calls then
     * makes a row of it or forgets it.
     *
     * @param length as the client announced it; more or less than that is refused
     * @param most bytes at all: 413 beyond
     */
    public Received receive(String policy, InputStream body, OptionalLong length, long most) {
        try (Md5Beside md5 = new Md5Beside()) {
            int count = body.readNBytes(md5.buffer(), 0, md5.buffer().length);
            if (count == 0) {
                whole(length, 0);
                return new Received(Optional.empty(), 0, md5.hex());
            }
            long total = 0;
            try (BodyWriter writer = engine(policy).begin(length)) {
                while (count > 0) {
                    total += count;
                    if (total > most) {
                        throw Failure.tooLarge("Your request is too large.");
                    }
                    writer.write(md5.buffer(), 0, count);
                    md5.take(count);
                    count = body.readNBytes(md5.buffer(), 0, md5.buffer().length);
                }
                whole(length, total);
                return new Received(Optional.of(writer.commit()), total, md5.hex());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while a body was received", e);
        } catch (IOException e) {
            throw new Failure(
                            FailureKind.BAD_REQUEST,
                            "ClientDisconnect",
                            "The body ended before it was whole.")
                    .because(String.valueOf(e.getMessage()));
        } catch (EngineFailure e) {
            throw refusal(e);
        }
    }

    private static void whole(OptionalLong announced, long came) {
        if (announced.isPresent() && announced.getAsLong() != came) {
            throw Failure.badRequest("The body has %d bytes, not those announced.", came);
        }
    }

    /** A part of a stored body; nothing where there is none. */
    public InputStream read(String policy, Optional<Locator> locator, long from, long length) {
        if (locator.isEmpty() || length == 0) {
            return InputStream.nullInputStream();
        }
        return engine(policy).read(locator.get(), from, length);
    }

    /** What a client is told of an engine's failure; the operator reads the rest in the log. */
    public static Failure refusal(EngineFailure failure) {
        return switch (failure.kind()) {
            case FULL -> {
                log.warn("the object store is full: {}", failure.getMessage());
                yield new Failure(
                        FailureKind.INSUFFICIENT_STORAGE,
                        "InsufficientStorage",
                        "There is no space left for this object.");
            }
            case ROTTEN, MISSING, DISK_FAILED -> {
                log.error("the object store failed: {}", failure.getMessage(), failure);
                yield Failure.unavailable("The object's data cannot be had now; try again.");
            }
        };
    }

    /** Gives a body up that no row will name. */
    public void forget(String policy, Locator locator) {
        engine(policy).forget(locator);
    }

    public Map<String, ObjectEngine> engines() {
        return engines;
    }

    private ObjectEngine engine(String policy) {
        ObjectEngine engine = engines.get(policy);
        if (engine == null) {
            throw new IllegalStateException("no engine for the storage policy " + policy);
        }
        return engine;
    }

    /** A digest of the kind that ETags are. */
    public static MessageDigest md5() {
        try {
            return MessageDigest.getInstance("MD5");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
