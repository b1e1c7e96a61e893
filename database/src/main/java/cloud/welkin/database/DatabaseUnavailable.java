package cloud.welkin.database;

/**
 * The database does not answer, or answered that it cannot work now: it is starting or stopping,
 * has no connection, memory or disk left, or could not serialize a transaction however often it was
 * tried. Nothing of the failed transaction was kept, except when the connection broke during the
 * commit itself, where nobody can know. HTTP answers 503.
 */
public final class DatabaseUnavailable extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public DatabaseUnavailable(String message) {
        super(message);
    }

    public DatabaseUnavailable(String message, Throwable cause) {
        super(message, cause);
    }
}
