package cloud.welkin.compute.work;

import cloud.welkin.compute.store.ConsoleTokenStore;
import cloud.welkin.compute.store.ServerStore;
import cloud.welkin.database.Database;
import cloud.welkin.kernel.work.Reconciler;
import cloud.welkin.kernel.work.Report;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/** Forgets what nobody asks for any more: servers deleted long ago, expired console tokens. */
public final class Housekeeping implements Reconciler {
    private final Database database;
    private final ServerStore servers;
    private final ConsoleTokenStore tokens;
    private final Duration keepDeleted;
    private final Clock clock;

    public Housekeeping(
            Database database,
            ServerStore servers,
            ConsoleTokenStore tokens,
            Duration keepDeleted,
            Clock clock) {
        this.database = database;
        this.servers = servers;
        this.tokens = tokens;
        this.keepDeleted = keepDeleted;
        this.clock = clock;
    }

    @Override
    public String name() {
        return "compute housekeeping";
    }

    @Override
    public Duration every() {
        return Duration.ofMinutes(10);
    }

    @Override
    public Report reconcile() {
        Instant now = clock.instant();
        int forgotten =
                database.write(
                        tx -> servers.forget(tx, now.minus(keepDeleted)) + tokens.forget(tx, now));
        return Report.changed(forgotten, forgotten + " forgotten");
    }
}
