package cloud.welkin.kernel.api;

/** An answer that had begun could not be finished; the transport must break the connection. */
public final class BrokenAnswer extends RuntimeException {
    private static final long serialVersionUID = 1;

    BrokenAnswer(RuntimeException cause) {
        super(cause);
    }
}
