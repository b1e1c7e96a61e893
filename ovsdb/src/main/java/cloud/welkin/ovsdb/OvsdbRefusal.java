package cloud.welkin.ovsdb;

import java.util.Locale;

/**
 * The server refused a transaction; nothing of it was done. Reasons are those of RFC 7047, section
 * 4.1.3 and 5.2.
 */
public final class OvsdbRefusal extends OvsdbException {

    /** Why a transaction was refused. */
    public enum Reason {
        REFERENTIAL_INTEGRITY_VIOLATION,
        CONSTRAINT_VIOLATION,
        RESOURCES_EXHAUSTED,
        IO_ERROR,
        DUPLICATE_UUID_NAME,
        DOMAIN_ERROR,
        RANGE_ERROR,
        TIMED_OUT,
        NOT_SUPPORTED,
        ABORTED,
        NOT_OWNER,
        PERMISSION_ERROR,
        SYNTAX_ERROR,
        UNKNOWN_DATABASE,
        NOT_LEADER,
        CANCELED,
        /** An error that this client does not know; its words are in the message. */
        OTHER;

        static Reason of(String word) {
            var name = word.toUpperCase(Locale.ROOT).replace(' ', '_').replace('/', '_');
            if (name.equals("I_O_ERROR")) {
                return IO_ERROR;
            }
            for (var reason : values()) {
                if (reason.name().equals(name)) {
                    return reason;
                }
            }
            return name.contains("SYNTAX") || name.contains("UNKNOWN_COLUMN")
                    ? SYNTAX_ERROR
                    : OTHER;
        }
    }

    private final Reason reason;
    private final int operation;

    OvsdbRefusal(Reason reason, int operation, String message) {
        super(message);
        this.reason = reason;
        this.operation = operation;
    }

    public Reason reason() {
        return reason;
    }

    /**
     * The index of the operation at fault, or the number of operations when only the commit failed.
     */
    public int operation() {
        return operation;
    }
}
