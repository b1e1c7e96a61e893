package cloud.welkin.object.engine;

import java.io.InputStream;
import java.util.OptionalLong;
import java.util.function.Consumer;

/**
 * Keeps bodies. A body is written once, read by its locator, and forgotten by it. Which bodies
 * belong to an object is known by the rows alone: what no row names is an orphan, which the sweep
 * finds by {@link #list} and forgets.
 *
 * <p>All methods may be called by any number of threads.
 */
public interface ObjectEngine extends AutoCloseable {
    /**
     * Begins a body.
     *
     * @param length its length in bytes where it is known, so that space and place can be chosen
     */
    BodyWriter begin(OptionalLong length);

    /**
     * The bytes of a body from an offset on. Every chunk is checked before a byte of it is handed
     * out; a rotten or missing copy is passed over where there is another one.
     *
     * @throws EngineFailure ROTTEN or MISSING, also while reading, when no copy is whole
     */
    InputStream read(Locator locator, long from, long length);

    /** Frees a body's space, in its own time; a body that is not there is no failure. */
    void forget(Locator locator);

    /** Every committed body, in no order. Bodies committed while it runs may be absent. */
    void list(Consumer<Stored> each);

    /**
     * Gives back the space of bodies that no row names, older than the grace: those of uploads that
     * were killed, and packed ones that were forgotten.
     *
     * @param grace milliseconds that a body may be without a row; more than the time between its
     *     commit and its row's
     */
    Swept sweep(LiveBodies live, long grace);

    /** Bytes that can still be stored, and those that can be in all. */
    Space space();

    @Override
    void close();

    /**
     * A body that is there.
     *
     * @param bytes its length
     * @param age milliseconds since it was committed
     */
    record Stored(Locator locator, long bytes, long age) {}

    /**
     * What a sweep gave back.
     *
     * @param files that are gone
     */
    record Swept(long files, long bytes) {
        Swept and(Swept more) {
            return new Swept(files + more.files, bytes + more.bytes);
        }
    }

    /** Space of the engine in bytes of bodies, copies counted once. */
    record Space(long free, long total) {}
}
