package cloud.welkin.image.work;

import cloud.welkin.database.Tx;
import cloud.welkin.image.domain.Image;
import cloud.welkin.image.domain.ImageStatus;
import cloud.welkin.image.store.ContentTable;
import cloud.welkin.image.store.ContentTable.Content;
import cloud.welkin.image.store.ImageTable;
import cloud.welkin.kernel.event.Event;
import cloud.welkin.kernel.event.Events;
import cloud.welkin.kernel.json.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Every change of an image's state, each with its counts of quota and its event in the same
 * transaction.
 */
public final class ImageLifecycle {
    /** Who caused it, for the event. */
    public record Cause(String user, String requestId) {
        public static final Cause PROGRAM = new Cause("", "");
    }

    private final ImageTable images;
    private final ContentTable contents;
    private final ImageStore store;
    private final ImageQuotas quotas;
    private final Events events;
    private final Clock clock;

    public ImageLifecycle(
            ImageTable images,
            ContentTable contents,
            ImageStore store,
            ImageQuotas quotas,
            Events events,
            Clock clock) {
        this.images = images;
        this.contents = contents;
        this.store = store;
        this.quotas = quotas;
        this.events = events;
        this.clock = clock;
    }

    public Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }

    /**
     * @return false when the id is taken
     */
    public boolean create(Tx tx, Image image, Cause cause) {
        quotas.take(tx, image.owner(), Map.of(ImageQuotas.COUNT, 1L));
        if (!images.insert(tx, image)) {
            return false;
        }
        publish(tx, "image.create", image, cause);
        return true;
    }

    /**
     * Writes what a client changed; the counts move with the image when it goes to another owner.
     */
    public void update(Tx tx, Image before, Image after, Cause cause) {
        if (!before.owner().equals(after.owner())) {
            Map<cloud.welkin.kernel.quota.QuotaResource, Long> holds = new HashMap<>();
            holds.put(ImageQuotas.COUNT, 1L);
            if (before.sha512().isPresent()) {
                holds.put(ImageQuotas.SIZE, ImageQuotas.mib(before.size().orElse(0L)));
            }
            Map<cloud.welkin.kernel.quota.QuotaResource, Long> frees = new HashMap<>();
            holds.forEach((resource, amount) -> frees.put(resource, -amount));
            quotas.take(tx, before.owner(), frees);
            quotas.take(tx, after.owner(), holds);
        }
        images.update(tx, after);
        publish(tx, "image.update", after, cause);
    }

    /**
     * Data begins to come.
     *
     * @param into SAVING or UPLOADING (staging)
     * @return false when the image is not queued
     */
    boolean begin(Tx tx, Image image, UUID upload, ImageStatus into, Cause cause) {
        if (!images.beginUpload(tx, image.id(), upload, into, now())) {
            return false;
        }
        quotas.take(tx, image.owner(), Map.of(ImageQuotas.UPLOADING, 1L));
        publish(tx, "image.prepare", image, cause);
        return true;
    }

    /** Data did not come, or not what was promised: the image is queued again. */
    boolean drop(Tx tx, Image image, UUID upload) {
        long staged = stagedSize(image);
        if (!images.dropUpload(tx, image.id(), upload, now())) {
            return false;
        }
        quotas.take(
                tx,
                image.owner(),
                Map.of(ImageQuotas.UPLOADING, -1L, ImageQuotas.STAGED, -ImageQuotas.mib(staged)));
        return true;
    }

    void staged(Tx tx, Image image, long size) {
        quotas.take(tx, image.owner(), Map.of(ImageQuotas.STAGED, ImageQuotas.mib(size)));
        images.staged(tx, image.id(), size, now());
    }

    /**
     * The data is complete and sound: puts its file in place and the image to active.
     *
     * @return false when the image does not wait for it any more
     */
    boolean activate(
            Tx tx,
            Image image,
            ImageStatus from,
            Path file,
            Content content,
            Optional<Long> virtualSize) {
        contents.claim(tx, content, now());
        try {
            store.place(file, content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        var data =
                new ImageTable.Data(content.sha512(), content.md5(), content.size(), virtualSize);
        long staged = stagedSize(image);
        if (!images.activate(tx, image.id(), from, data, now())) {
            return false;
        }
        Map<cloud.welkin.kernel.quota.QuotaResource, Long> deltas = new HashMap<>();
        deltas.put(ImageQuotas.SIZE, ImageQuotas.mib(content.size()));
        if (from != ImageStatus.QUEUED) {
            deltas.put(ImageQuotas.UPLOADING, -1L);
            deltas.put(ImageQuotas.STAGED, -ImageQuotas.mib(staged));
        }
        quotas.take(tx, image.owner(), deltas);
        Image active = images.find(tx, image.id()).orElse(image);
        publish(tx, "image.upload", active, Cause.PROGRAM);
        publish(tx, "image.activate", active, Cause.PROGRAM);
        return true;
    }

    /** The image is gone; its data follows when nobody needs it. */
    public void delete(Tx tx, Image image, Cause cause) {
        long staged = stagedSize(image);
        images.delete(tx, image.id());
        image.sha512().ifPresent(sha512 -> contents.touch(tx, sha512, now()));
        Map<cloud.welkin.kernel.quota.QuotaResource, Long> deltas = new HashMap<>();
        deltas.put(ImageQuotas.COUNT, -1L);
        switch (image.status()) {
            case QUEUED -> {}
            case SAVING, UPLOADING, IMPORTING -> {
                deltas.put(ImageQuotas.UPLOADING, -1L);
                deltas.put(ImageQuotas.STAGED, -ImageQuotas.mib(staged));
            }
            case ACTIVE, DEACTIVATED ->
                    deltas.put(ImageQuotas.SIZE, -ImageQuotas.mib(image.size().orElse(0L)));
        }
        quotas.take(tx, image.owner(), deltas);
        publish(tx, "image.delete", image, cause);
    }

    /** While data is staged, the image's size is that of the staged data. */
    private static long stagedSize(Image image) {
        return switch (image.status()) {
            case UPLOADING, IMPORTING -> image.size().orElse(0L);
            case QUEUED, SAVING, ACTIVE, DEACTIVATED -> 0L;
        };
    }

    private void publish(Tx tx, String type, Image image, Cause cause) {
        Map<String, Object> payload = new LinkedHashMap<>();
        payload.put("id", image.id());
        payload.put("name", image.name());
        payload.put("owner", image.owner());
        payload.put("status", image.status().word());
        payload.put("visibility", image.visibility());
        payload.put("disk_format", image.diskFormat());
        payload.put("container_format", image.containerFormat());
        payload.put("size", image.size());
        payload.put("virtual_size", image.virtualSize());
        payload.put("min_disk", image.minDisk());
        payload.put("min_ram", image.minRam());
        payload.put("created_at", image.createdAt().toString());
        events.publish(
                tx,
                new Event(
                        UUID.randomUUID(),
                        now(),
                        type,
                        image.owner(),
                        cause.user(),
                        image.id().toString(),
                        cause.requestId(),
                        Json.tree(payload)));
    }
}
