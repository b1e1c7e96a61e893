package cloud.welkin.server;

/** The program cannot start as it was asked to; one line says why, and the operator can mend it. */
final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1;

    Refused(String message) {
        super(message);
    }

    Refused(String message, Throwable cause) {
        super(message, cause);
    }
}
