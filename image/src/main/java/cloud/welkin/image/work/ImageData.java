package cloud.welkin.image.work;

import cloud.welkin.database.Database;
import cloud.welkin.database.Tx;
import cloud.welkin.image.domain.Formats;
import cloud.welkin.image.domain.Image;
import cloud.welkin.image.domain.ImageStatus;
import cloud.welkin.image.format.ImageInspector;
import cloud.welkin.image.format.Inspection;
import cloud.welkin.image.store.ContentTable.Content;
import cloud.welkin.image.store.ImageTable;
import cloud.welkin.image.work.ImageLifecycle.Cause;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.failure.FailureKind;
import cloud.welkin.kernel.quota.QuotaResource;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the data of images in: uploads, staging, imports, what hosts have written. Whatever goes
 * wrong, the image is queued again and no byte is kept; a killed program leaves that to {@link
 * ImageStoreSweep}.
 */
public final class ImageData {
    private static final Logger log = LoggerFactory.getLogger(ImageData.class);

    /** The largest image: Glance's own default. */
    private static final long LARGEST = 1L << 40;

    private final Database database;
    private final ImageTable images;
    private final ImageStore store;
    private final ImageLifecycle lifecycle;
    private final ImageQuotas quotas;

    public ImageData(
            Database database,
            ImageTable images,
            ImageStore store,
            ImageLifecycle lifecycle,
            ImageQuotas quotas) {
        this.database = database;
        this.images = images;
        this.store = store;
        this.lifecycle = lifecycle;
        this.quotas = quotas;
    }

    /**
     * Takes the data of an image as the client sends it.
     *
     * @param load finds and locks the image, or refuses
     * @throws Failure 409 unless queued, 413 too long or disk full, 415 not what it claims to be,
     *     410 deleted meanwhile
     */
    public void upload(Function<Tx, Image> load, InputStream body, long announced, Cause cause) {
        try (Upload upload = store.begin()) {
            Begun begun =
                    begin(load, upload, ImageStatus.SAVING, ImageQuotas.SIZE, announced, cause);
            orDrop(
                    begun.image(),
                    upload,
                    () -> {
                        Content content = upload.receive(body, begun.room());
                        checkLength(announced, content);
                        Optional<Long> virtual = inspect(begun.image(), upload.path());
                        activate(
                                begun.image(), ImageStatus.SAVING, upload.path(), content, virtual);
                    });
        } catch (IOException | UncheckedIOException e) {
            throw noSpaceOr(e);
        }
    }

    /** Takes data that waits for an import. */
    public void stage(Function<Tx, Image> load, InputStream body, long announced, Cause cause) {
        try (Upload upload = store.begin()) {
            Begun begun =
                    begin(
                            load,
                            upload,
                            ImageStatus.UPLOADING,
                            ImageQuotas.STAGED,
                            announced,
                            cause);
            orDrop(
                    begun.image(),
                    upload,
                    () -> {
                        Content content = upload.receive(body, begun.room());
                        checkLength(announced, content);
                        store.stage(upload.path(), begun.image().id());
                        database.change(
                                tx -> {
                                    Image now =
                                            images.lock(tx, begun.image().id())
                                                    .filter(
                                                            it ->
                                                                    it.status()
                                                                            == ImageStatus
                                                                                    .UPLOADING)
                                                    .orElseThrow(
                                                            () -> goneMeanwhile(begun.image()));
                                    lifecycle.staged(tx, now, content.size());
                                });
                    });
        } catch (IOException | UncheckedIOException e) {
            throw noSpaceOr(e);
        }
    }

    /**
     * Takes staged data in. Doing it twice is doing it once.
     *
     * @throws Failure when the data is not what it claims to be
     */
    void importStaged(Image image) {
        Path staged = store.staged(image.id());
        try {
            Content content = Checksums.of(staged);
            Optional<Long> virtual = inspect(image, staged);
            activate(image, ImageStatus.IMPORTING, staged, content, virtual);
            Files.deleteIfExists(staged);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What {@link cloud.welkin.image.Images#takeIn} promises. */
    public void takeIn(UUID id) {
        Image image =
                database.read(tx -> images.find(tx, id))
                        .orElseThrow(() -> Failure.notFound("No image found with ID %s", id));
        Path file = store.incoming(id);
        try {
            if (image.status() == ImageStatus.QUEUED) {
                try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                    channel.force(true);
                }
                Content content = Checksums.of(file);
                Optional<Long> virtual = inspect(image, file);
                activate(image, ImageStatus.QUEUED, file, content, virtual);
            }
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** An image whose upload has begun, and how many bytes may come. */
    private record Begun(Image image, long room) {}

    private Begun begin(
            Function<Tx, Image> load,
            Upload upload,
            ImageStatus into,
            QuotaResource limit,
            long announced,
            Cause cause) {
        Begun begun =
                database.write(
                        tx -> {
                            Image image = load.apply(tx);
                            if (image.diskFormat().isEmpty() || image.containerFormat().isEmpty()) {
                                throw Failure.badRequest(
                                        "Properties disk_format, container_format must be set prior"
                                                + " to saving data.");
                            }
                            if (!lifecycle.begin(tx, image, upload.id(), into, cause)) {
                                throw Failure.conflict(
                                        "Image status transition from %s to %s is not allowed",
                                        image.status().word(), into.word());
                            }
                            long room = quotas.bytesLeft(tx, image.owner(), limit);
                            return new Begun(image, Math.min(room, LARGEST));
                        });
        if (announced > begun.room()) {
            drop(begun.image(), upload);
            throw Failure.tooLarge(
                    "The image is larger than the %d bytes that may still be stored.",
                    begun.room());
        }
        return begun;
    }

    @FunctionalInterface
    private interface Receiving {
        void run() throws IOException;
    }

    private void orDrop(Image image, Upload upload, Receiving receiving) {
        boolean done = false;
        try {
            receiving.run();
            done = true;
        } catch (Upload.TooLong e) {
            throw Failure.tooLarge("The image is larger than what may still be stored.");
        } catch (Upload.BrokenBody e) {
            throw Failure.badRequest("The upload ended before its announced end.");
        } catch (IOException e) {
            throw noSpaceOr(e);
        } finally {
            if (!done) {
                drop(image, upload);
            }
        }
    }

    private void drop(Image image, Upload upload) {
        database.change(
                tx ->
                        images.lock(tx, image.id())
                                .ifPresent(now -> lifecycle.drop(tx, now, upload.id())));
    }

    private void activate(
            Image image, ImageStatus from, Path file, Content content, Optional<Long> virtual) {
        boolean active =
                database.write(
                        tx ->
                                images.lock(tx, image.id())
                                        .map(
                                                now ->
                                                        lifecycle.activate(
                                                                tx, now, from, file, content,
                                                                virtual))
                                        .orElse(false));
        if (!active) {
            throw goneMeanwhile(image);
        }
    }

    private static void checkLength(long announced, Content content) {
        if (announced >= 0 && content.size() != announced) {
            throw Failure.badRequest(
                    "%d bytes were announced and %d came.", announced, content.size());
        }
    }

    private static Failure goneMeanwhile(Image image) {
        return new Failure(
                FailureKind.GONE,
                "Gone",
                "Image "
                        + image.id()
                        + " could not be found after upload. The image may have been deleted"
                        + " during the upload.");
    }

    /**
     * The size of the disk in the data, where it can be told; refuses what is not what it claims to
     * be.
     */
    private static Optional<Long> inspect(Image image, Path file) throws IOException {
        String declared = image.diskFormat().orElse("raw");
        if (Formats.isPacked(image.containerFormat().orElse("bare"))) {
            return Optional.empty();
        }
        return switch (ImageInspector.inspect(file)) {
            case Inspection.Sound(String format, long size) -> {
                if (!ImageInspector.matches(declared, format)) {
                    throw unsupported(
                            "Image content (%s) does not match disk_format %s", format, declared);
                }
                yield Optional.of(size);
            }
            case Inspection.Unsafe(String format, String why) ->
                    throw unsupported("Image content (%s) was rejected: %s", format, why);
        };
    }

    private static Failure unsupported(String message, String one, String other) {
        return new Failure(
                FailureKind.UNSUPPORTED_MEDIA_TYPE,
                "InvalidImageData",
                message.formatted(one, other));
    }

    private static RuntimeException noSpaceOr(Exception e) {
        String message = String.valueOf(e.getMessage());
        if (message.contains("No space left") || message.contains("Disk quota exceeded")) {
            log.error("image storage is full: {}", message);
            return Failure.tooLarge(
                    "Image storage media is full: no space is left for this image.");
        }
        return e instanceof RuntimeException known
                ? known
                : new UncheckedIOException((IOException) e);
    }
}
