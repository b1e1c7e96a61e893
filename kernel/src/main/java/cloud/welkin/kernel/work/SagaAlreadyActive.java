package cloud.welkin.kernel.work;

/**
 * A saga that may be active only once for a subject was started a second time; nothing was begun.
 */
public final class SagaAlreadyActive extends RuntimeException {

    private final Subject subject;

    SagaAlreadyActive(String name, Subject subject) {
        super("%s is already at work on %s".formatted(name, subject));
        this.subject = subject;
    }

    public Subject subject() {
        return subject;
    }
}
