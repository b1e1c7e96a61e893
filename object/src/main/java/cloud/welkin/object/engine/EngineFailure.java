package cloud.welkin.object.engine;

/** What an engine could not do, and the operator's reason. */
public final class EngineFailure extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** What went wrong, by what can be done about it. */
    public enum Kind {
        /** No space left: 507. */
        FULL,
        /** No copy of the body is whole: an operator must look. */
        ROTTEN,
        /** No copy of the body is there. */
        MISSING,
        /** Too few disks work: 503. */
        DISK_FAILED
    }

    private final Kind kind;

    public EngineFailure(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    public EngineFailure(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}
