package cloud.welkin.kernel.work;

import cloud.welkin.database.Database;
import java.time.Duration;

/** Deletes sagas that ended long ago, and gives a task to an active saga that has none. */
final class SagaHousekeeping implements Reconciler {

    static final String NAME = "saga housekeeping";

    private final Database database;
    private final SagaStore store;
    private final Duration keep;

    SagaHousekeeping(Database database, SagaStore store, Duration keep) {
        this.database = database;
        this.store = store;
        this.keep = keep;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Duration every() {
        return Duration.ofMinutes(10);
    }

    @Override
    public Report reconcile() {
        int pruned = database.write(tx -> store.prune(tx, keep));
        int mended =
                database.write(
                        tx ->
                                store.withoutTask(tx).stream()
                                        .mapToInt(id -> store.giveTaskTo(tx, id))
                                        .sum());
        return Report.changed(
                pruned + mended, "%d pruned, %d given a task".formatted(pruned, mended));
    }
}
