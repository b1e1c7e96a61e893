package cloud.welkin.object.engine;

/**
 * A body on its way in. Nothing of it is there before {@link #commit} has returned; closing without
 * a commit gives it up and frees its space.
 */
public interface BodyWriter extends AutoCloseable {
    /**
     * Takes more of the body; streams to the disk, holds no more than a buffer.
     *
     * @throws EngineFailure FULL when there is no space, DISK_FAILED when too few disks take it
     */
    void write(byte[] bytes, int from, int length);

    /**
     * Returns when the body survives the loss of power.
     *
     * @throws EngineFailure as {@link #write}; the body is given up then
     */
    Locator commit();

    @Override
    void close();
}
