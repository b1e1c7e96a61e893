package cloud.welkin.object.work;

import cloud.welkin.database.Database;
import cloud.welkin.kernel.work.Reconciler;
import cloud.welkin.kernel.work.Report;
import cloud.welkin.object.engine.LiveBodies;
import cloud.welkin.object.engine.ObjectEngine;
import cloud.welkin.object.engine.ObjectEngine.Swept;
import cloud.welkin.object.store.ObjectTable;
import java.time.Duration;
import java.util.Map;

/**
 * Finds bodies that belong to no object: of uploads that were killed between the body and its row,
 * and packed ones that were deleted. It never meets an upload under way: a body gets its row within
 * moments of its commit, and is left alone for the grace.
 */
public final class OrphanSweep implements Reconciler {
    private final Database database;
    private final ObjectTable objects;
    private final Bodies bodies;
    private final Duration grace;

    public OrphanSweep(Database database, ObjectTable objects, Bodies bodies, Duration grace) {
        this.database = database;
        this.objects = objects;
        this.bodies = bodies;
        this.grace = grace;
    }

    @Override
    public String name() {
        return "object orphans";
    }

    @Override
    public Duration every() {
        return grace;
    }

    @Override
    public Report reconcile() {
        long files = 0;
        long bytes = 0;
        for (Map.Entry<String, ObjectEngine> policy : bodies.engines().entrySet()) {
            LiveBodies live =
                    (prefix, each) ->
                            database.snapshot(
                                    tx -> {
                                        objects.bodies(tx, policy.getKey(), prefix, each);
                                        return true;
                                    });
            Swept swept = policy.getValue().sweep(live, grace.toMillis());
            files += swept.files();
            bytes += swept.bytes();
        }
        return files + bytes == 0
                ? Report.nothing()
                : Report.changed(
                        (int) Math.min(Integer.MAX_VALUE, Math.max(1, files)),
                        files + " files and " + bytes + " bytes that belonged to no object");
    }
}
