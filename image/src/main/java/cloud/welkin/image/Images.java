package cloud.welkin.image;

import cloud.welkin.database.Tx;
import cloud.welkin.kernel.policy.Caller;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** What the other services ask of the image service, in their own transactions. */
public interface Images {
    /** The image, if the caller may see it. */
    Optional<ImageFacts> find(Tx tx, Caller caller, UUID id);

    /**
     * A new image without data, queued: what a server is saved into.
     *
     * @throws cloud.welkin.kernel.failure.Failure 413 when the caller's quota is used up
     */
    UUID create(Tx tx, Caller caller, NewImage image);

    /** Where a host shall write the data of a queued image. */
    Path incoming(UUID id);

    /**
     * Takes the file at {@link #incoming} in as the image's data and makes the image active. Reads
     * the whole file, so it makes its own transactions; doing it twice is doing it once.
     *
     * @throws cloud.welkin.kernel.failure.Failure 400 when the data is not what it claims to be
     */
    void takeIn(UUID id);

    /**
     * The making of an image has failed: nothing of it is left, its incoming file and what was
     * taken in already included.
     */
    void giveUp(Tx tx, UUID id);

    /** The file that holds the data with this SHA-512; hosts on this machine read it in place. */
    Path content(String sha512);

    /**
     * Data stays as long as any holder needs it, also when its last image is deleted. Before the
     * program serves.
     */
    void addHolder(Holder holder);

    /** Somebody who uses the files of the store in place. */
    @FunctionalInterface
    interface Holder {
        /**
         * The SHA-512 of all the data that is still needed: by disks that lie on it, by copies that
         * are to be made.
         */
        Set<String> contentsNeeded(Tx tx);
    }

    /** As much of an image as servers and volumes are made from. */
    record ImageFacts(
            UUID id,
            String name,
            String status,
            String diskFormat,
            String containerFormat,
            long size,
            long virtualSize,
            int minDiskGib,
            int minRamMib,
            Optional<String> sha512,
            Map<String, String> properties) {

        /** Whether servers can be made from it: active, with data. */
        public boolean usable() {
            return status.equals("active") && sha512.isPresent();
        }
    }

    /** An image to be. */
    record NewImage(
            String name,
            String diskFormat,
            String containerFormat,
            int minDiskGib,
            int minRamMib,
            Map<String, String> properties) {}
}
