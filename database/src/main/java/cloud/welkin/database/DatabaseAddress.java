package cloud.welkin.database;

import com.zaxxer.hikari.HikariConfig;
import java.nio.file.Path;
import java.util.Optional;

/** Where a database is. */
public sealed interface DatabaseAddress {
    /**
     * A server on this machine, behind a socket that only we may reach.
     *
     * @param socket the socket's file, e.g. HOME/postgres/run/.s.PGSQL.5432
     */
    record UnixSocket(Path socket, String database, String user) implements DatabaseAddress {}

    /** Any other PostgreSQL, by JDBC URL. */
    record Jdbc(String url, Optional<String> user, Optional<String> password)
            implements DatabaseAddress {
        @Override
        public String toString() {
            return "Jdbc[" + url.replaceAll("password=[^&]*", "password=…") + "]";
        }
    }

    /** Fills in what the pool needs to know. */
    default void configure(HikariConfig config) {
        switch (this) {
            case UnixSocket(Path socket, String database, String user) -> {
                config.setJdbcUrl("jdbc:postgresql://localhost/" + database);
                config.setUsername(user);
                config.addDataSourceProperty("socketFactory", UnixSocketFactory.class.getName());
                config.addDataSourceProperty("socketFactoryArg", socket.toString());
            }
            case Jdbc(String url, Optional<String> user, Optional<String> password) -> {
                config.setJdbcUrl(url);
                user.ifPresent(config::setUsername);
                password.ifPresent(config::setPassword);
            }
        }
    }
}
