package cloud.welkin.database;

import java.util.Optional;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** Tells which constraint of the schema a failed statement violated, so that a service can say it in its own words. */
public final class Constraints {
    private Constraints() {}

    /** The violated constraint's name; empty when the failure was about something else. */
    public static Optional<String> violated(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof PSQLException sql) {
                ServerErrorMessage message = sql.getServerErrorMessage();
                return message == null
                        ? Optional.empty()
                        : Optional.ofNullable(message.getConstraint());
            }
        }
        return Optional.empty();
    }
}
