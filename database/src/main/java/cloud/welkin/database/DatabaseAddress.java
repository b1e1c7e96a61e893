package cloud.welkin.database;

import java.nio.file.Path;
import java.util.Optional;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/** Where a PostgreSQL database is, and as whom we come. */
public sealed interface DatabaseAddress {
    /**
     * A server on this machine, behind a socket that only we may reach.
     *
     * @param socket the socket's file, e.g. HOME/postgres/run/.s.PGSQL.5432; at most 107 bytes long
     */
    record UnixSocket(Path socket, String database, String user) implements DatabaseAddress {}

    /**
     * Any other PostgreSQL.
     *
     * @param url {@code jdbc:postgresql://…} with whatever parameters pgjdbc knows; they win over
     *     ours
     */
    record Jdbc(String url, Optional<String> user, Optional<String> password)
            implements DatabaseAddress {
        public Jdbc {
            if (!url.startsWith("jdbc:postgresql:")) {
                throw new IllegalArgumentException(
                        "not a PostgreSQL URL (jdbc:postgresql://HOST/DATABASE): "
                                + withoutSecrets(url));
            }
        }

        /** Never shows a password. */
        @Override
        public String toString() {
            return "Jdbc[" + withoutSecrets(url) + "]";
        }

        private static String withoutSecrets(String url) {
            return url.replaceAll("(?i)(password=)[^&]*", "$1…");
        }
    }

    /** A source of new connections, outside of any pool. */
    default DataSource dataSource() {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setApplicationName("welkin");
        // Our statements are few and come again and again: prepared on the server at their second
        // use they save it parsing and, later, planning.
        source.setPrepareThreshold(2);
        source.setPreparedStatementCacheQueries(1024);
        source.setTcpKeepAlive(true);
        source.setConnectTimeout(5);
        switch (this) {
            case UnixSocket(Path socket, String database, String user) -> {
                source.setServerNames(new String[] {"localhost"});
                source.setDatabaseName(database);
                source.setUser(user);
                source.setSocketFactory(UnixSocketFactory.class.getName());
                source.setSocketFactoryArg(socket.toString());
                // Each would cost a round trip to hear that a unix socket has no encryption.
                source.setSslMode("disable");
                source.setGssEncMode("disable");
            }
            case Jdbc(String url, Optional<String> user, Optional<String> password) -> {
                source.setUrl(url);
                user.ifPresent(source::setUser);
                password.ifPresent(source::setPassword);
            }
        }
        return source;
    }
}
