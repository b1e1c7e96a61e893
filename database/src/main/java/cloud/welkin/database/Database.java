package cloud.welkin.database;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.Function;
import javax.sql.DataSource;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;
import org.jooq.conf.Settings;
import org.jooq.exception.DataAccessException;
import org.jooq.impl.DSL;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one database. Reads run in autocommit, changes in one transaction each that is repeated when PostgreSQL asks for
 * it (deadlock, serialization failure); work handed in here must therefore touch nothing but the transaction.
 */
public final class Database implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Database.class);
    private static final int TRIES = 10;
    private static final Duration WAIT_FOR_CONNECTION = Duration.ofSeconds(15);
    private static final Settings SETTINGS =
            new Settings()
                    .withExecuteLogging(false)
                    .withFetchWarnings(false)
                    .withRenderFormatted(false)
                    .withReturnRecordToPojo(false)
                    .withUpdatablePrimaryKeys(true);

    private final HikariDataSource pool;
    private final Listening listening;

    private Database(HikariDataSource pool, Listening listening) {
        this.pool = pool;
        this.listening = listening;
    }

    /** A pool of connections to the address, made as they are needed. */
    public static Database open(DatabaseAddress address, int connections) {
        HikariConfig config = new HikariConfig();
        address.configure(config);
        config.setMaximumPoolSize(connections);
        config.setMinimumIdle(Math.min(2, connections));
        config.setConnectionTimeout(WAIT_FOR_CONNECTION.toMillis());
        config.setInitializationFailTimeout(-1);
        config.setIdleTimeout(Duration.ofMinutes(1).toMillis());
        config.setAutoCommit(true);
        config.setPoolName("welkin");
        config.addDataSourceProperty("prepareThreshold", "2");
        config.addDataSourceProperty("preparedStatementCacheQueries", "1024");
        config.addDataSourceProperty("ApplicationName", "welkin");
        config.addDataSourceProperty("tcpKeepAlive", "true");
        return new Database(new HikariDataSource(config), new Listening(address));
    }

    /** Reads; each statement sees what was committed before it. */
    public <T> T read(Function<Tx, T> work) {
        return with(connection -> work.apply(tx(connection)));
    }

    /** Reads at one snapshot: all statements see the same state. */
    public <T> T snapshot(Function<Tx, T> work) {
        return with(
                connection -> {
                    connection.setReadOnly(true);
                    connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
                    connection.setAutoCommit(false);
                    try {
                        T result = work.apply(tx(connection));
                        connection.commit();
                        return result;
                    } finally {
                        rollbackQuietly(connection);
                        connection.setAutoCommit(true);
                        connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
                        connection.setReadOnly(false);
                    }
                });
    }

    /** Changes in one transaction; any failure rolls it back and goes on to the caller. */
    public <T> T write(Function<Tx, T> work) {
        for (int attempt = 1; ; attempt++) {
            try {
                return once(work);
            } catch (DataAccessException e) {
                if (attempt >= TRIES || !repeatable(e.sqlState())) {
                    throw e;
                }
                log.debug("transaction repeated after {}", e.sqlState());
                pause(attempt);
            }
        }
    }

    /** Changes that have no result. */
    public void change(Consumer<Tx> work) {
        write(
                tx -> {
                    work.accept(tx);
                    return Boolean.TRUE;
                });
    }

    /**
     * Hears of {@link Tx#notify} on any replica. Called on a thread of its own, one payload after the other; with an
     * empty payload after the connection was lost and made anew, when anything may have been missed.
     */
    public AutoCloseable listen(String channel, Consumer<String> onPayload) {
        return listening.listen(channel, onPayload);
    }

    public DataSource dataSource() {
        return pool;
    }

    @Override
    public void close() {
        listening.close();
        pool.close();
    }

    private <T> T once(Function<Tx, T> work) {
        Tx[] done = new Tx[1];
        T result =
                with(
                        connection -> {
                            connection.setAutoCommit(false);
                            Tx tx = tx(connection);
                            done[0] = tx;
                            boolean committed = false;
                            try {
                                T value = work.apply(tx);
                                connection.commit();
                                committed = true;
                                return value;
                            } finally {
                                if (!committed) {
                                    rollbackQuietly(connection);
                                }
                                connection.setAutoCommit(true);
                            }
                        });
        for (Runnable hook : done[0].hooks()) {
            try {
                hook.run();
            } catch (RuntimeException e) {
                log.error("a hook after commit failed", e);
            }
        }
        return result;
    }

    private interface Work<T> {
        T on(Connection connection) throws SQLException;
    }

    private <T> T with(Work<T> work) {
        Connection connection;
        try {
            connection = pool.getConnection();
        } catch (SQLException e) {
            throw new DatabaseUnavailable("no connection to the database: " + e.getMessage(), e);
        }
        try (connection) {
            return work.on(connection);
        } catch (SQLException e) {
            throw translated(e);
        } catch (DataAccessException e) {
            if (lost(e.sqlState())) {
                throw new DatabaseUnavailable("the connection to the database was lost", e);
            }
            throw e;
        }
    }

    private static RuntimeException translated(SQLException e) {
        return lost(e.getSQLState() == null ? "" : e.getSQLState())
                ? new DatabaseUnavailable("the connection to the database was lost", e)
                : new DataAccessException("transaction failed: " + e.getMessage(), e);
    }

    /** Connection exceptions, and a server that is shutting down or starting up. */
    private static boolean lost(String state) {
        return state.startsWith("08") || state.startsWith("57P");
    }

    private static boolean repeatable(String state) {
        return state.equals("40001") || state.equals("40P01");
    }

    private static Tx tx(Connection connection) {
        DSLContext sql = DSL.using(connection, SQLDialect.POSTGRES, SETTINGS);
        return new Tx(connection, sql);
    }

    private static void rollbackQuietly(Connection connection) {
        try {
            if (!connection.isClosed() && !connection.getAutoCommit()) {
                connection.rollback();
            }
        } catch (SQLException e) {
            // The connection is broken, and with it the transaction; the first failure is the one to tell.
            log.debug("rollback failed", e);
        }
    }

    private static void pause(int attempt) {
        try {
            Thread.sleep(ThreadLocalRandom.current().nextLong(1, 4L << Math.min(attempt, 6)));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DatabaseUnavailable("interrupted", e);
        }
    }
}
