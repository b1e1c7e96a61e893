package cloud.welkin.volume;

import cloud.welkin.database.Tx;
import cloud.welkin.kernel.policy.Caller;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** What compute asks of the volume service, in its own transactions. */
public interface Volumes {
    /**
     * The format of every volume's file, as QEMU names it: a raw file grows and moves without a
     * tool.
     */
    String FORMAT = "raw";

    /** The volume, if the caller may use it. */
    Optional<VolumeFacts> find(Tx tx, Caller caller, UUID id);

    /**
     * A new volume, to be made on its host soon; its {@link Listener} hears of the end.
     *
     * @throws cloud.welkin.kernel.failure.Failure as the API does: quota, sizes, an unusable image
     */
    UUID create(Tx tx, Caller caller, NewVolume volume);

    /** Begins to delete a volume that is in no use. */
    void delete(Tx tx, UUID id);

    /**
     * Reserves a volume for a server: nobody else can have it from now on.
     *
     * @throws cloud.welkin.kernel.failure.Failure 400 when it is not available, as Nova says it
     */
    Attachment reserve(Tx tx, Caller caller, UUID volume, UUID server, Optional<String> device);

    /** The guest has the volume now: in-use. */
    void attached(Tx tx, UUID attachment, String device, String host);

    /** The attachment is to go (detaching); the guest still has it. */
    void detaching(Tx tx, UUID attachment);

    /** The guest does not have it (any more): the attachment is gone, the volume free again. */
    void release(Tx tx, UUID attachment);

    List<Attachment> attachmentsOf(Tx tx, Collection<UUID> servers);

    /** Called in the transaction in which a volume became available or failed. */
    void addListener(Listener listener);

    /** Hears of what happens to volumes. */
    interface Listener {
        void settled(Tx tx, UUID volume, boolean available);
    }

    /**
     * @param path where guests on its host find it, once it was made
     * @param bootable whether it was filled from an image
     */
    record VolumeFacts(
            UUID id,
            String name,
            String status,
            long sizeGib,
            boolean bootable,
            boolean multiattach,
            Optional<String> path,
            String zone) {}

    record NewVolume(
            Optional<String> name,
            long sizeGib,
            Optional<UUID> image,
            Optional<UUID> snapshot,
            Optional<UUID> source,
            Optional<String> type,
            Optional<String> zone) {}

    /**
     * @param path where guests find the volume; empty until it was made
     * @param status reserved, attaching, attached or detaching
     */
    record Attachment(
            UUID id,
            UUID volume,
            UUID server,
            Optional<String> device,
            String status,
            Optional<String> path,
            long sizeGib) {}
}
