package cloud.welkin.identity.work;

import cloud.welkin.kernel.work.Reconciler;
import cloud.welkin.kernel.work.Report;
import java.time.Duration;
import java.util.function.IntSupplier;

/**
 * One of identity's regular tasks: keys that are due, rows that are too old, users that nobody has
 * seen for long.
 *
 * @param task what it does; it returns how much it changed
 */
public record Housekeeping(String name, Duration every, IntSupplier task) implements Reconciler {
    @Override
    public Report reconcile() {
        int changed = task.getAsInt();
        return changed == 0 ? Report.nothing() : Report.changed(changed, changed + " changed");
    }
}
