package cloud.welkin.image.work;

import cloud.welkin.database.Database;
import cloud.welkin.image.domain.Image;
import cloud.welkin.image.domain.ImageStatus;
import cloud.welkin.image.domain.ImportTask;
import cloud.welkin.image.store.ImageTable;
import cloud.welkin.image.store.TaskTable;
import cloud.welkin.kernel.failure.Failure;
import cloud.welkin.kernel.work.Reconciler;
import cloud.welkin.kernel.work.Report;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes staged data in for every import that was asked for and is not done. A killed program's are
 * simply begun again.
 */
public final class ImageImports implements Reconciler {
    public static final String NAME = "image imports";
    private static final Logger log = LoggerFactory.getLogger(ImageImports.class);

    private final Database database;
    private final ImageTable images;
    private final TaskTable tasks;
    private final ImageData data;
    private final ImageLifecycle lifecycle;

    public ImageImports(
            Database database,
            ImageTable images,
            TaskTable tasks,
            ImageData data,
            ImageLifecycle lifecycle) {
        this.database = database;
        this.images = images;
        this.tasks = tasks;
        this.data = data;
        this.lifecycle = lifecycle;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Duration every() {
        return Duration.ofSeconds(30);
    }

    @Override
    public Report reconcile() {
        List<ImportTask> pending = database.read(tasks::pending);
        pending.forEach(this::run);
        return pending.isEmpty()
                ? Report.nothing()
                : Report.changed(pending.size(), pending.size() + " imports");
    }

    private void run(ImportTask task) {
        Optional<Image> image = database.read(tx -> images.find(tx, task.image()));
        try {
            database.change(
                    tx -> tasks.setStatus(tx, task.id(), "processing", "", lifecycle.now()));
            if (image.isPresent() && image.get().status() == ImageStatus.IMPORTING) {
                data.importStaged(image.get());
            }
            database.change(tx -> tasks.setStatus(tx, task.id(), "success", "", lifecycle.now()));
        } catch (Failure e) {
            fail(task, e.text());
        } catch (RuntimeException e) {
            log.error("the import {} of image {} failed", task.id(), task.image(), e);
            fail(task, "The staged data could not be taken in.");
        }
    }

    private void fail(ImportTask task, String why) {
        database.change(
                tx -> {
                    images.lock(tx, task.image())
                            .filter(image -> image.status() == ImageStatus.IMPORTING)
                            .ifPresent(
                                    image ->
                                            images.unsettled(tx).stream()
                                                    .filter(it -> it.id().equals(image.id()))
                                                    .flatMap(it -> it.upload().stream())
                                                    .forEach(it -> lifecycle.drop(tx, image, it)));
                    tasks.setStatus(tx, task.id(), "failure", why, lifecycle.now());
                });
    }
}
