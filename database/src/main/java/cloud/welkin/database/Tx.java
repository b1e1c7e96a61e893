package cloud.welkin.database;

import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import org.jooq.DSLContext;
import org.jooq.impl.DSL;

/**
 * A transaction (or an autocommit read), handed on explicitly from the request down to the last statement. What shall
 * happen only if it commits is registered here.
 */
public final class Tx {
    private final Connection connection;
    private final DSLContext sql;
    private final List<Runnable> hooks = new ArrayList<>();

    Tx(Connection connection, DSLContext sql) {
        this.connection = connection;
        this.sql = sql;
    }

    public DSLContext sql() {
        return sql;
    }

    public Connection connection() {
        return connection;
    }

    /** Runs after the commit, in order; never when it rolls back. A failing hook is logged, not thrown. */
    public void afterCommit(Runnable hook) {
        hooks.add(hook);
    }

    /** Tells every listener of the channel, on any replica, once this commits. The payload is at most 7,999 bytes. */
    public void notify(String channel, String payload) {
        sql.select(DSL.function("pg_notify", Object.class, DSL.val(channel), DSL.val(payload)))
                .execute();
    }

    List<Runnable> hooks() {
        return hooks;
    }
}
