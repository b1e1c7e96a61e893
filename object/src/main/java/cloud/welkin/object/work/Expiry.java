package cloud.welkin.object.work;

import cloud.welkin.database.Database;
import cloud.welkin.kernel.work.Reconciler;
import cloud.welkin.kernel.work.Report;
import cloud.welkin.object.store.ObjectTable;
import java.time.Clock;
import java.time.Duration;

/** Deletes objects whose time is over ({@code X-Delete-At}); readers pass over them before. */
public final class Expiry implements Reconciler {
    private static final int BATCH = 1000;

    private final Database database;
    private final ObjectTable objects;
    private final Clock clock;

    public Expiry(Database database, ObjectTable objects, Clock clock) {
        this.database = database;
        this.objects = objects;
        this.clock = clock;
    }

    @Override
    public String name() {
        return "object expiry";
    }

    @Override
    public Duration every() {
        return Duration.ofSeconds(5);
    }

    @Override
    public Report reconcile() {
        int deleted = 0;
        int last;
        do {
            last = database.write(tx -> objects.deleteExpired(tx, clock.instant(), BATCH));
            deleted += last;
        } while (last == BATCH);
        return deleted == 0 ? Report.nothing() : Report.changed(deleted, deleted + " expired");
    }
}
