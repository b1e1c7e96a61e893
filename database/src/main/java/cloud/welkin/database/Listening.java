package cloud.welkin.database;

import com.zaxxer.hikari.HikariConfig;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One connection that listens on all channels asked for, for as long as the database is open. */
final class Listening implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Listening.class);
    private static final int LOOK_FOR_NEW_CHANNELS_MS = 100;

    private final DatabaseAddress address;
    private final Map<String, List<Consumer<String>>> consumers = new ConcurrentHashMap<>();
    private volatile boolean closed;
    private volatile @Nullable Connection connection;
    private @Nullable Thread thread;

    Listening(DatabaseAddress address) {
        this.address = address;
    }

    synchronized AutoCloseable listen(String channel, Consumer<String> onPayload) {
        if (!channel.matches("[a-z_]{1,60}")) {
            throw new IllegalArgumentException("not a channel: " + channel);
        }
        List<Consumer<String>> list =
                consumers.computeIfAbsent(channel, name -> new CopyOnWriteArrayList<>());
        list.add(onPayload);
        if (thread == null) {
            // A platform thread: it waits in a selector most of its life.
            thread = Thread.ofPlatform().daemon().name("database-listen").start(this::run);
        }
        return () -> list.remove(onPayload);
    }

    private void run() {
        boolean first = true;
        while (!closed) {
            try (Connection fresh = connect(address)) {
                connection = fresh;
                follow(fresh, first);
            } catch (SQLException e) {
                if (!closed) {
                    log.debug("listening interrupted: {}", e.getMessage());
                    pause();
                }
            }
            first = false;
        }
    }

    private void follow(Connection fresh, boolean first) throws SQLException {
        Set<String> heard = ConcurrentHashMap.newKeySet();
        PGConnection postgres = fresh.unwrap(PGConnection.class);
        boolean missed = !first;
        while (!closed) {
            for (String channel : consumers.keySet()) {
                if (heard.add(channel)) {
                    try (Statement statement = fresh.createStatement()) {
                        statement.execute("listen " + channel);
                    }
                    if (missed) {
                        deliver(channel, "");
                    }
                }
            }
            missed = false;
            PGNotification[] notifications = postgres.getNotifications(LOOK_FOR_NEW_CHANNELS_MS);
            if (notifications != null) {
                for (PGNotification notification : notifications) {
                    deliver(notification.getName(), notification.getParameter());
                }
            }
        }
    }

    private void deliver(String channel, String payload) {
        for (Consumer<String> consumer : consumers.getOrDefault(channel, List.of())) {
            try {
                consumer.accept(payload);
            } catch (RuntimeException e) {
                log.error("a listener of {} failed", channel, e);
            }
        }
    }

    /** A connection outside of any pool. */
    static Connection connect(DatabaseAddress address) throws SQLException {
        HikariConfig config = new HikariConfig();
        address.configure(config);
        Properties properties = new Properties();
        properties.putAll(config.getDataSourceProperties());
        if (config.getUsername() != null) {
            properties.setProperty("user", config.getUsername());
        }
        if (config.getPassword() != null) {
            properties.setProperty("password", config.getPassword());
        }
        properties.setProperty("ApplicationName", "welkin listen");
        return DriverManager.getConnection(config.getJdbcUrl(), properties);
    }

    private static void pause() {
        try {
            Thread.sleep(200);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        closed = true;
        Connection open = connection;
        if (open != null) {
            try {
                open.close();
            } catch (SQLException e) {
                log.debug("closing the listener", e);
            }
        }
    }
}
