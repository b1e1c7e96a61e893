package cloud.welkin.database;

import java.util.Optional;
import org.postgresql.util.PSQLException;

/**
 * Which constraint of the schema a failed statement ran into; names are unique within a schema by
 * our migrations' habit.
 */
public final class Constraints {
    private Constraints() {}

    /**
     * The name of the violated constraint, of kind unique, primary key, foreign key, check or
     * exclusion. Empty if the failure is of another kind; NOT NULL has no name before PostgreSQL
     * 18.
     */
    public static Optional<String> violated(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof PSQLException answer && answer.getServerErrorMessage() != null) {
                return Optional.ofNullable(answer.getServerErrorMessage().getConstraint());
            }
        }
        return Optional.empty();
    }

    /** Whether the failure is the violation of just this constraint. */
    public static boolean violated(Throwable failure, String constraint) {
        return violated(failure).filter(constraint::equals).isPresent();
    }
}
