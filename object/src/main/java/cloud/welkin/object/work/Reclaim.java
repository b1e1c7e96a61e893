package cloud.welkin.object.work;

import cloud.welkin.database.Database;
import cloud.welkin.kernel.work.Reconciler;
import cloud.welkin.kernel.work.Report;
import cloud.welkin.object.engine.EngineFailure;
import cloud.welkin.object.store.ObjectTable;
import cloud.welkin.object.store.ObjectTable.Garbage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gives the space of bodies back that no row names any more. */
public final class Reclaim implements Reconciler {
    private static final Logger log = LoggerFactory.getLogger(Reclaim.class);
    private static final int BATCH = 1000;

    private final Database database;
    private final ObjectTable objects;
    private final Bodies bodies;

    public Reclaim(Database database, ObjectTable objects, Bodies bodies) {
        this.database = database;
        this.objects = objects;
        this.bodies = bodies;
    }

    @Override
    public String name() {
        return "object garbage";
    }

    @Override
    public Duration every() {
        return Duration.ofSeconds(5);
    }

    @Override
    public Report reconcile() {
        int reclaimed = 0;
        while (true) {
            List<Garbage> garbage = database.read(tx -> objects.garbage(tx, BATCH));
            List<Garbage> forgotten = forget(garbage);
            if (!forgotten.isEmpty()) {
                database.change(tx -> objects.forgotten(tx, forgotten));
            }
            reclaimed += forgotten.size();
            if (garbage.size() < BATCH || forgotten.size() < garbage.size()) {
                return reclaimed == 0
                        ? Report.nothing()
                        : Report.changed(reclaimed, reclaimed + " bodies forgotten");
            }
        }
    }

    private List<Garbage> forget(List<Garbage> garbage) {
        List<Garbage> forgotten = new ArrayList<>();
        for (Garbage body : garbage) {
            try {
                bodies.forget(body.policy(), body.locator());
                forgotten.add(body);
            } catch (EngineFailure e) {
                log.warn("{} is not forgotten yet: {}", body.locator(), e.getMessage());
            }
        }
        return forgotten;
    }
}
