package cloud.welkin.database;

import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLTransientConnectionException;
import java.util.Optional;
import java.util.Set;
import org.jooq.exception.DataAccessException;
import org.jooq.exception.IntegrityConstraintViolationException;

/** What a failure of the driver means to us. SQL states: PostgreSQL's manual, appendix A. */
final class Failures {
    private static final Set<String> UNAVAILABLE =
            Set.of(
                    "57P01", // admin_shutdown
                    "57P02", // crash_shutdown
                    "57P03", // cannot_connect_now
                    "57P04", // database_dropped
                    "57P05", // idle_session_timeout
                    "25P03", // idle_in_transaction_session_timeout
                    "58030", // io_error
                    "3D000"); // invalid_catalog_name: no such database

    private Failures() {}

    /** A conflict of this transaction with others; once more from the start can succeed. */
    static boolean isConflict(Throwable failure) {
        return sql(failure)
                .map(
                        cause ->
                                switch (String.valueOf(cause.getSQLState())) {
                                    case "40001", "40P01" ->
                                            true; // serialization_failure, deadlock_detected
                                    // A migration changed a table under a statement prepared
                                    // before; the driver prepares it anew next time.
                                    case "0A000" ->
                                            String.valueOf(cause.getMessage())
                                                    .contains(
                                                            "cached plan must not change result"
                                                                    + " type");
                                    default -> false;
                                })
                .orElse(false);
    }

    static boolean isUnavailable(Throwable failure) {
        return sql(failure)
                .map(
                        cause -> {
                            var state = String.valueOf(cause.getSQLState());
                            return cause instanceof SQLTransientConnectionException
                                    || cause instanceof SQLNonTransientConnectionException
                                    || state.startsWith("08") // connection_exception
                                    || state.startsWith(
                                            "53") // insufficient_resources: memory, disk,
                                    // connections
                                    || state.startsWith("28") // invalid_authorization_specification
                                    || UNAVAILABLE.contains(state);
                        })
                .orElse(false);
    }

    /** The failure as our callers see it. */
    static RuntimeException translated(Exception failure) {
        if (failure instanceof DatabaseUnavailable already) {
            return already;
        }
        if (isUnavailable(failure)) {
            return new DatabaseUnavailable(
                    "the database does not answer: " + reason(failure), failure);
        }
        if (failure instanceof RuntimeException unchecked) {
            return unchecked;
        }
        var state = sql(failure).map(SQLException::getSQLState).orElse("");
        var message = String.valueOf(failure.getMessage());
        return state.startsWith("23")
                ? new IntegrityConstraintViolationException(message, failure)
                : new DataAccessException(message, failure);
    }

    private static String reason(Throwable failure) {
        return sql(failure).map(SQLException::getMessage).orElse("").lines().findFirst().orElse("");
    }

    private static Optional<SQLException> sql(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException found) {
                return Optional.of(found);
            }
        }
        return Optional.empty();
    }
}
