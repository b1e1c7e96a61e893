package cloud.welkin.database;

/** The database does not answer, or no connection was free in time. Trying again later may help; nothing was changed. */
public final class DatabaseUnavailable extends RuntimeException {
    private static final long serialVersionUID = 1;

    public DatabaseUnavailable(String message, Throwable cause) {
        super(message, cause);
    }
}
