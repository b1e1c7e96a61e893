package cloud.welkin.database;

import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import org.jooq.DSLContext;
import org.jooq.impl.DSL;

/**
 * One connection for the time of one unit of work; in {@link Database#write} and {@link
 * Database#snapshot} one transaction. Handed on explicitly to everything that shall be part of it.
 * Belongs to the thread that got it and is void when the work returns.
 */
public final class Tx {
    private final Connection connection;
    private final DSLContext sql;
    private final boolean writing;
    private final List<Runnable> hooks = new ArrayList<>();

    Tx(Connection connection, DSLContext sql, boolean writing) {
        this.connection = connection;
        this.sql = sql;
        this.writing = writing;
    }

    public DSLContext sql() {
        return sql;
    }

    /** For what jOOQ cannot say. Neither close nor commit it. */
    public Connection connection() {
        return connection;
    }

    /**
     * Runs after the commit, in the order of registration, on the same thread, outside of the
     * transaction; never if the transaction fails. A hook's failure is logged and touches neither
     * the other hooks nor the caller.
     *
     * @throws IllegalStateException outside of {@link Database#write}
     */
    public void afterCommit(Runnable hook) {
        if (!writing) {
            throw new IllegalStateException(
                    "nothing is committed here: afterCommit needs Database.write");
        }
        hooks.add(hook);
    }

    /**
     * Tells those who {@link Database#listen} to the channel, when and if this transaction commits.
     * PostgreSQL folds equal notifications of a transaction into one.
     *
     * @param payload under 8000 bytes; ids, not data
     */
    public void notify(String channel, String payload) {
        sql.select(DSL.function("pg_notify", Object.class, DSL.val(channel), DSL.val(payload)))
                .execute();
    }

    List<Runnable> hooks() {
        return hooks;
    }
}
