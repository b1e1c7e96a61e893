package cloud.welkin.database;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * LISTEN for the whole program on one connection of its own. One thread owns that connection and
 * waits on it; who wants another channel adds a subscription and wakes the thread by a notification
 * on a private channel, because the driver lets nobody else use a connection while it waits.
 */
final class Listening implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Listening.class);

    /**
     * How long silence is believed before the server is asked whether it is still there: a
     * connection that died without a word would keep what was revoked from whoever listens.
     */
    private static final Duration SILENCE = Duration.ofMillis(500);

    /** How long the server may take to answer that. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private static final Duration SHORTEST_PAUSE = Duration.ofMillis(20);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);

    /** PostgreSQL cuts longer identifiers. */
    private static final int LONGEST_NAME = 63;

    private final DataSource source;
    private final String wake = "welkin_wake_" + UUID.randomUUID().toString().replace("-", "");
    private final List<Subscription> subscriptions = new CopyOnWriteArrayList<>();
    private volatile boolean closed;
    private volatile @Nullable Connection current;
    private @Nullable Thread thread;

    Listening(DataSource source) {
        this.source = source;
    }

    AutoCloseable add(String channel, Consumer<String> onPayload, Duration patience) {
        int length = channel.getBytes(StandardCharsets.UTF_8).length;
        if (length == 0 || length > LONGEST_NAME || channel.indexOf(0) >= 0) {
            throw new IllegalArgumentException("not a channel: " + channel);
        }
        var subscription = new Subscription(channel, onPayload);
        subscriptions.add(subscription);
        startOnce();
        wake();
        try {
            subscription.begun.get(patience.toMillis(), TimeUnit.MILLISECONDS);
            return () -> remove(subscription);
        } catch (InterruptedException interrupted) {
            remove(subscription);
            Thread.currentThread().interrupt();
            throw new DatabaseUnavailable(
                    "interrupted while beginning to listen to " + channel, interrupted);
        } catch (TimeoutException | ExecutionException failure) {
            remove(subscription);
            throw new DatabaseUnavailable("cannot listen to " + channel, failure);
        }
    }

    private void remove(Subscription subscription) {
        // The channel itself is left for the next connection to forget: an unheard notification
        // costs nothing.
        subscriptions.remove(subscription);
        subscription.close();
    }

    private synchronized void startOnce() {
        if (closed) {
            throw new IllegalStateException("the database is closed");
        }
        if (thread == null) {
            thread = Thread.ofVirtual().name("database-listen").start(this::listenForEver);
        }
    }

    private void wake() {
        try (var connection = source.getConnection();
                var statement = connection.prepareStatement("SELECT pg_notify(?, '')")) {
            statement.setString(1, wake);
            statement.execute();
        } catch (SQLException failure) {
            // No harm: while the server is away the thread is connecting, and then listens to
            // everything.
            log.debug("no wake-up", failure);
        }
    }

    private void listenForEver() {
        var pause = SHORTEST_PAUSE;
        var connectedBefore = false;
        while (!closed) {
            try (var connection = source.getConnection()) {
                current = connection;
                listenOn(connection, connectedBefore);
                connectedBefore = true;
                pause = SHORTEST_PAUSE;
                receive(connection);
            } catch (SQLException failure) {
                if (!closed) {
                    log.info(
                            "listening: connection lost, connecting again: {}",
                            failure.getMessage());
                }
            } catch (RuntimeException failure) {
                log.error("listening failed, connecting again", failure);
            }
            try {
                Thread.sleep(pause);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                return;
            }
            pause =
                    pause.multipliedBy(2).compareTo(LONGEST_PAUSE) > 0
                            ? LONGEST_PAUSE
                            : pause.multipliedBy(2);
        }
    }

    private void listenOn(Connection connection, boolean again) throws SQLException {
        execute(connection, wake);
        for (var subscription : subscriptions) {
            execute(connection, subscription.channel);
            subscription.begun.complete(true);
            if (again) {
                subscription.lookAtEverything();
            }
        }
    }

    private void receive(Connection connection) throws SQLException {
        var server = connection.unwrap(PGConnection.class);
        while (!closed) {
            var notifications = server.getNotifications((int) SILENCE.toMillis());
            if (notifications == null || notifications.length == 0) {
                if (!connection.isValid((int) PATIENCE.toSeconds())) {
                    throw new SQLException("the server has gone silent");
                }
                continue;
            }
            for (var notification : notifications) {
                if (notification.getName().equals(wake)) {
                    listenToNew(connection);
                }
                for (var subscription : subscriptions) {
                    if (subscription.channel.equals(notification.getName())) {
                        subscription.deliver(notification.getParameter());
                    }
                }
            }
        }
    }

    private void listenToNew(Connection connection) throws SQLException {
        for (var subscription : subscriptions) {
            if (!subscription.begun.isDone()) {
                execute(connection, subscription.channel);
                subscription.begun.complete(true);
            }
        }
    }

    private static void execute(Connection connection, String channel) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute("listen \"" + channel.replace("\"", "\"\"") + "\"");
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        subscriptions.forEach(Subscription::close);
        try {
            var connection = current;
            if (connection != null) {
                connection.abort(Runnable::run);
            }
        } catch (SQLException failure) {
            log.debug("closing", failure);
        }
        if (thread != null) {
            thread.interrupt();
        }
    }
}
