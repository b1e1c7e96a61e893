package cloud.welkin.ovsdb;

/**
 * Something between this program and a database server failed. What is known about the outcome is
 * in the subtype.
 */
public sealed class OvsdbException extends RuntimeException
        permits OvsdbException.Unavailable,
                OvsdbException.OutcomeUnknown,
                OvsdbException.WaitedTooLong,
                OvsdbException.Incompatible,
                OvsdbRefusal {

    OvsdbException(String message) {
        super(message);
    }

    OvsdbException(String message, Throwable cause) {
        super(message, cause);
    }

    /** There was no connection in time: nothing was sent. */
    public static final class Unavailable extends OvsdbException {
        Unavailable(String message, Throwable cause) {
            super(message, cause);
        }

        Unavailable(String message) {
            super(message);
        }
    }

    /**
     * The request was sent and no answer came: a transaction may or may not have been committed.
     * The replica tells.
     */
    public static final class OutcomeUnknown extends OvsdbException {
        OutcomeUnknown(String message) {
            super(message);
        }

        OutcomeUnknown(String message, Throwable cause) {
            super(message, cause);
        }
    }

    /** What was waited for did not come to pass in time. */
    public static final class WaitedTooLong extends OvsdbException {
        WaitedTooLong(String message) {
            super(message);
        }
    }

    /** The server does not speak the protocol, or lacks a table or column that was asked for. */
    public static final class Incompatible extends OvsdbException {
        Incompatible(String message) {
            super(message);
        }
    }
}
