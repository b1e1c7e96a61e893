package cloud.welkin.image.work;

import cloud.welkin.database.Database;
import cloud.welkin.image.Images;
import cloud.welkin.image.domain.ImageStatus;
import cloud.welkin.image.store.ContentTable;
import cloud.welkin.image.store.ImageTable;
import cloud.welkin.image.store.ImageTable.Unsettled;
import cloud.welkin.kernel.work.Reconciler;
import cloud.welkin.kernel.work.Report;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Removes what nobody needs from the store and brings back to queued the images whose upload died
 * with its program. Files and rows are compared, never remembered: after any crash one run is
 * enough.
 */
public final class ImageStoreSweep implements Reconciler {
    public static final String NAME = "image store sweep";

    private final Database database;
    private final ImageTable images;
    private final ContentTable contents;
    private final ImageStore store;
    private final ImageLifecycle lifecycle;
    private final Duration grace;
    private final List<Images.Holder> holders = new CopyOnWriteArrayList<>();

    /**
     * @param grace how long data stays after its last image: a server may just be being made from
     *     it
     */
    public ImageStoreSweep(
            Database database,
            ImageTable images,
            ContentTable contents,
            ImageStore store,
            ImageLifecycle lifecycle,
            Duration grace) {
        this.database = database;
        this.images = images;
        this.contents = contents;
        this.store = store;
        this.lifecycle = lifecycle;
        this.grace = grace;
    }

    public void addHolder(Images.Holder holder) {
        holders.add(holder);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Duration every() {
        return Duration.ofMinutes(1);
    }

    @Override
    public Report reconcile() {
        try {
            int changed = deadUploads() + strayFiles() + unusedContents() + store.removeAbandoned();
            return changed == 0 ? Report.nothing() : Report.changed(changed, changed + " swept");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Images that wait for an upload which nobody makes any more. */
    private int deadUploads() throws IOException {
        int dropped = 0;
        for (Unsettled image : database.read(images::unsettled)) {
            UUID upload = image.upload().orElse(image.id());
            boolean stagedAway = image.staged() && Files.exists(store.staged(image.id()));
            if (!stagedAway && !store.isRunning(upload)) {
                dropped += database.write(tx -> drop(tx, image, upload)) ? 1 : 0;
            }
        }
        return dropped;
    }

    private boolean drop(cloud.welkin.database.Tx tx, Unsettled seen, UUID upload) {
        // Looked at again under the lock: the upload may have ended well since.
        return images.lock(tx, seen.id())
                .filter(image -> image.status() == seen.status())
                .map(image -> lifecycle.drop(tx, image, upload))
                .orElse(false);
    }

    /** Files of images that are gone or have their data by now. */
    private int strayFiles() throws IOException {
        int removed = 0;
        List<UUID> incoming = store.incomingImages();
        Set<UUID> awaited = new HashSet<>(database.read(tx -> images.queuedAmong(tx, incoming)));
        for (UUID id : incoming) {
            if (!awaited.contains(id) && Files.deleteIfExists(store.incoming(id))) {
                removed++;
            }
        }
        List<UUID> staged = store.stagedImages();
        Set<UUID> waiting = new HashSet<>();
        for (Unsettled image : database.read(images::unsettled)) {
            if (image.status() != ImageStatus.SAVING) {
                waiting.add(image.id());
            }
        }
        for (UUID id : staged) {
            if (!waiting.contains(id) && Files.deleteIfExists(store.staged(id))) {
                removed++;
            }
        }
        return removed;
    }

    private int unusedContents() throws IOException {
        int removed = 0;
        Instant since = lifecycle.now().minus(grace);
        List<String> unused = database.read(tx -> contents.unused(tx, since));
        Set<String> held = new HashSet<>();
        if (!unused.isEmpty()) {
            holders.forEach(holder -> held.addAll(database.read(holder::contentsNeeded)));
        }
        for (String sha512 : unused) {
            if (!held.contains(sha512)) {
                removed +=
                        database.write(tx -> contents.removeUnused(tx, sha512) && unlink(sha512))
                                ? 1
                                : 0;
            }
        }
        List<String> present = store.present();
        Set<String> known = database.read(tx -> contents.known(tx, present));
        for (String sha512 : present) {
            if (!known.contains(sha512)) {
                removed +=
                        database.write(
                                        tx ->
                                                contents.claimOrphan(tx, sha512)
                                                        && unlink(sha512)
                                                        && contents.removeUnused(tx, sha512))
                                ? 1
                                : 0;
            }
        }
        return removed;
    }

    /**
     * Within the transaction that holds the row's lock; if it fails to commit, a row without a file
     * is left, and swept.
     */
    private boolean unlink(String sha512) {
        try {
            store.remove(sha512);
            return true;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
