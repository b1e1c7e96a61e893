package cloud.welkin.object.work;

import cloud.welkin.database.Database;
import cloud.welkin.kernel.work.Reconciler;
import cloud.welkin.kernel.work.Report;
import cloud.welkin.object.store.UsageTable;
import java.time.Duration;

/** Folds the changes of usage into the bases, so that counting stays cheap. */
public final class UsageFold implements Reconciler {
    private static final int BATCH = 20_000;

    private final Database database;
    private final UsageTable usages;

    public UsageFold(Database database, UsageTable usages) {
        this.database = database;
        this.usages = usages;
    }

    @Override
    public String name() {
        return "object usage";
    }

    @Override
    public Duration every() {
        return Duration.ofSeconds(5);
    }

    @Override
    public Report reconcile() {
        int folded = 0;
        int last;
        do {
            last = database.write(tx -> usages.fold(tx, BATCH));
            folded += last;
        } while (last == BATCH);
        return folded == 0 ? Report.nothing() : Report.changed(folded, folded + " changes folded");
    }
}
