package cloud.welkin.kernel.work;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which replica runs which reconciler: PostgreSQL's session advisory locks, held on one connection
 * of its own for as long as this replica lives. When the process dies, PostgreSQL frees them at
 * once; when the connection dies, the leases are lost and the holder is told.
 *
 * <p>Taken from the pool for good: count one connection more.
 */
final class Leases implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Leases.class);
    static final Duration CHECK_EVERY = Duration.ofMillis(500);

    private final DataSource source;
    private final Consumer<String> onGain;
    private final Consumer<String> onLoss;
    private final ReentrantLock lock = new ReentrantLock();
    private final Set<String> wanted = new HashSet<>();
    private final Set<String> held = new HashSet<>();
    private Optional<Connection> session = Optional.empty();
    private boolean closed;

    Leases(DataSource source, Consumer<String> onGain, Consumer<String> onLoss) {
        this.source = source;
        this.onGain = onGain;
        this.onLoss = onLoss;
    }

    void want(String name) {
        lock.lock();
        try {
            wanted.add(name);
        } finally {
            lock.unlock();
        }
    }

    /** Takes what is free and checks that what is held is still held. */
    void check() {
        var gained = new HashSet<String>();
        var lost = new HashSet<String>();
        lock.lock();
        try {
            if (closed) {
                return;
            }
            take(gained);
        } catch (SQLException | RuntimeException e) {
            log.warn("The leases of reconcilers are lost: {}", e.getMessage());
            lost.addAll(held);
            held.clear();
            gained.clear();
            giveUpSession();
        } finally {
            lock.unlock();
        }
        lost.forEach(onLoss);
        gained.forEach(onGain);
    }

    private void take(Set<String> gained) throws SQLException {
        Connection connection = session();
        try (PreparedStatement alive = connection.prepareStatement("select 1")) {
            alive.execute();
        }
        for (String name : wanted) {
            if (!held.contains(name) && tryLock(connection, name)) {
                held.add(name);
                gained.add(name);
            }
        }
    }

    private static boolean tryLock(Connection connection, String name) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement(
                        "select pg_try_advisory_lock(hashtextextended(?, 4711))")) {
            statement.setString(1, "welkin reconciler " + name);
            try (var result = statement.executeQuery()) {
                return result.next() && result.getBoolean(1);
            }
        }
    }

    private Connection session() throws SQLException {
        if (session.isEmpty()) {
            Connection connection = source.getConnection();
            connection.setAutoCommit(true);
            session = Optional.of(connection);
        }
        return session.get();
    }

    private void giveUpSession() {
        session.ifPresent(Leases::handBack);
        session = Optional.empty();
    }

    /**
     * The connection goes back to a pool: no lock may go with it. One that cannot be unlocked is
     * broken, and the pool drops it.
     */
    private static void handBack(Connection connection) {
        try (connection;
                PreparedStatement unlock =
                        connection.prepareStatement("select pg_advisory_unlock_all()")) {
            unlock.execute();
        } catch (SQLException e) {
            log.debug("Closing the session of the leases", e);
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            held.clear();
            giveUpSession();
        } finally {
            lock.unlock();
        }
    }
}
