package cloud.welkin.database;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.pool.HikariPool;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.Function;
import javax.sql.DataSource;
import org.jooq.Configuration;
import org.jooq.SQLDialect;
import org.jooq.conf.Settings;
import org.jooq.exception.DataAccessException;
import org.jooq.impl.DefaultConfiguration;
import org.jooq.impl.DefaultConnectionProvider;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.TransactionState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A pool of connections to one PostgreSQL database and the only way to a transaction. The
 * transaction is an argument ({@link Tx}), never a property of the thread, so a signature tells
 * whether something takes part in it.
 *
 * <p>Failures: {@link DatabaseUnavailable} when it cannot be reached or cannot work, jOOQ's {@code
 * IntegrityConstraintViolationException} (see {@link Constraints}) when a constraint refuses,
 * jOOQ's {@code DataAccessException} for all other answers of the server; what the work itself
 * throws passes through. Whatever happens, the transaction is over and the connection back.
 *
 * <p>Do not call one of these methods within the work of another: it takes a second connection,
 * which with all threads doing so is a deadlock of the pool.
 */
public final class Database implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Database.class);
    private static final int ATTEMPTS = 10;
    private static final int IDLE = 2;
    private static final Duration LONGEST_PAUSE = Duration.ofMillis(200);
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    static {
        // Read by jOOQ when its classes are initialized; there is no other switch.
        System.setProperty("org.jooq.no-logo", "true");
        System.setProperty("org.jooq.no-tips", "true");
    }

    private final HikariDataSource pool;
    private final Configuration configuration;
    private final Listening listening;

    private Database(HikariDataSource pool, Listening listening) {
        this.pool = pool;
        this.listening = listening;
        // inListPadding: IN lists of 3 and 4 values share one prepared statement.
        this.configuration =
                new DefaultConfiguration()
                        .set(SQLDialect.POSTGRES)
                        .set(
                                new Settings()
                                        .withExecuteLogging(false)
                                        .withFetchWarnings(false)
                                        .withRenderSchema(true)
                                        .withRenderFormatted(false)
                                        .withInListPadding(true)
                                        .withReturnRecordToPojo(false)
                                        .withUpdatablePrimaryKeys(true));
    }

    /**
     * Opens a pool of up to that many connections on an address; idle ones beyond a few are closed
     * after a minute.
     *
     * @throws DatabaseUnavailable if the database does not answer now
     */
    public static Database open(DatabaseAddress address, int connections) {
        return open(address, connections, PATIENCE);
    }

    static Database open(DatabaseAddress address, int connections, Duration patience) {
        var config = new HikariConfig();
        config.setPoolName("database");
        config.setDataSource(address.dataSource());
        config.setMaximumPoolSize(connections);
        config.setMinimumIdle(Math.min(IDLE, connections));
        if (connections > IDLE) {
            config.setIdleTimeout(Duration.ofMinutes(1).toMillis());
        }
        config.setConnectionTimeout(patience.toMillis());
        config.setValidationTimeout(Duration.ofSeconds(2).toMillis());
        config.setTransactionIsolation("TRANSACTION_READ_COMMITTED");
        config.setAutoCommit(true);
        try {
            return new Database(new HikariDataSource(config), new Listening(address.dataSource()));
        } catch (HikariPool.PoolInitializationException failure) {
            throw new DatabaseUnavailable(
                    "the database does not answer at " + address + ": " + failure.getMessage(),
                    failure);
        }
    }

    /**
     * Reads without a transaction: each statement sees what was committed when it began. The
     * cheapest way, for one statement.
     */
    public <T> T read(Function<Tx, T> work) {
        try (var connection = pool.getConnection()) {
            return work.apply(tx(connection, false));
        } catch (SQLException | RuntimeException failure) {
            throw Failures.translated(failure);
        }
    }

    /**
     * Reads all statements at one snapshot (REPEATABLE READ READ ONLY); a write within is refused
     * by the server.
     */
    public <T> T snapshot(Function<Tx, T> work) {
        try (var connection = pool.getConnection()) {
            connection.setAutoCommit(false);
            return inTransaction(
                    connection,
                    () -> {
                        try (var statement = connection.createStatement()) {
                            statement.execute(
                                    "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY");
                        }
                        return work.apply(tx(connection, false));
                    });
        } catch (SQLException | RuntimeException failure) {
            throw Failures.translated(failure);
        }
    }

    /**
     * One transaction, READ COMMITTED. When it loses a conflict with another one (deadlock,
     * serialization), the work is run again from its start, so it must have no effect outside of
     * the transaction but by {@link Tx#afterCommit}.
     */
    public <T> T write(Function<Tx, T> work) {
        for (int attempt = 1; ; attempt++) {
            try {
                return attempt(work);
            } catch (SQLException | RuntimeException failure) {
                if (!Failures.isConflict(failure)) {
                    throw Failures.translated(failure);
                }
                if (attempt == ATTEMPTS) {
                    throw new DatabaseUnavailable(
                            "gave up after " + ATTEMPTS + " conflicts with other transactions",
                            failure);
                }
                pause(attempt, failure);
            }
        }
    }

    /** {@link #write} without a result. */
    public void change(Consumer<Tx> work) {
        this.<Boolean>write(
                tx -> {
                    work.accept(tx);
                    return true;
                });
    }

    /**
     * One statement, a transaction by itself, which is not tried again: the cheapest way to write.
     */
    public void once(Consumer<Tx> statement) {
        Tx tx;
        try (var connection = pool.getConnection()) {
            tx = tx(connection, true);
            statement.accept(tx);
        } catch (SQLException | RuntimeException failure) {
            throw Failures.translated(failure);
        }
        tx.hooks().forEach(Database::run);
    }

    /**
     * Calls the consumer with the payload of every notification on the channel, and with the empty
     * string whenever some may have been missed (after the connection was lost, or when the
     * consumer lags far behind): look at everything then. Each consumer is called by one thread of
     * its own, in the order of arrival. Listening has begun when this method returns; the result
     * ends it.
     *
     * @throws DatabaseUnavailable if the channel could not be listened to
     */
    public AutoCloseable listen(String channel, Consumer<String> onPayload) {
        return listen(channel, onPayload, PATIENCE);
    }

    AutoCloseable listen(String channel, Consumer<String> onPayload, Duration patience) {
        return listening.add(channel, onPayload, patience);
    }

    /** The pool itself, for libraries that want to have one. */
    public DataSource dataSource() {
        return pool;
    }

    /** Ends listening and closes all connections, those in use as well. */
    @Override
    public void close() {
        listening.close();
        pool.close();
    }

    private <T> T attempt(Function<Tx, T> work) throws SQLException {
        Tx tx;
        T result;
        try (var connection = pool.getConnection()) {
            connection.setAutoCommit(false);
            var current = tx(connection, true);
            tx = current;
            result = inTransaction(connection, () -> work.apply(current));
        }
        tx.hooks().forEach(Database::run);
        return result;
    }

    private interface Work<T> {
        T run() throws SQLException;
    }

    /**
     * Commits, or rolls back on whatever is thrown; a rollback that fails never hides what led to
     * it.
     */
    private static <T> T inTransaction(Connection connection, Work<T> work) throws SQLException {
        try {
            T result = work.run();
            if (connection.unwrap(BaseConnection.class).getTransactionState()
                    == TransactionState.FAILED) {
                // The server would answer COMMIT with a rollback, and nobody would hear of it.
                throw new DataAccessException(
                        "a statement of this transaction failed, and the work went on as if not");
            }
            connection.commit();
            return result;
        } catch (Throwable failure) {
            try {
                connection.rollback();
            } catch (SQLException second) {
                failure.addSuppressed(second);
            }
            throw failure;
        }
    }

    private Tx tx(Connection connection, boolean writing) {
        return new Tx(
                connection,
                configuration.derive(new DefaultConnectionProvider(connection)).dsl(),
                writing);
    }

    private static void run(Runnable hook) {
        try {
            hook.run();
        } catch (RuntimeException failure) {
            log.error("a hook after a commit failed", failure);
        }
    }

    /** Full jitter, doubling: those who collided shall not meet again. */
    private static void pause(int attempt, Throwable failure) {
        var limit = Math.min(LONGEST_PAUSE.toNanos(), Duration.ofMillis(2).toNanos() << attempt);
        try {
            Thread.sleep(Duration.ofNanos(ThreadLocalRandom.current().nextLong(limit)));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new DatabaseUnavailable(
                    "interrupted while waiting to try a transaction again", failure);
        }
    }
}
