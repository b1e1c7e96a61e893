package cloud.welkin.host.libvirt;

/**
 * libvirt refused or failed.
 *
 * <p>{@link #code} is what a caller decides by; {@link #number} is libvirt's own number (0 where
 * the failure is this binding's), {@link #domain} the part of libvirt that raised it. Messages are
 * meant for operators: they may hold paths of the host, so they are never passed on to a tenant.
 */
public final class LibvirtException extends RuntimeException {

    private final ErrorCode code;
    private final int number;
    private final ErrorDomain domain;

    LibvirtException(ErrorCode code, int number, ErrorDomain domain, String message) {
        super("%s (%s)".formatted(message, code));
        this.code = code;
        this.number = number;
        this.domain = domain;
    }

    private LibvirtException(ErrorCode code, LibvirtException cause) {
        super(cause.getMessage(), cause);
        this.code = code;
        this.number = cause.number;
        this.domain = cause.domain;
    }

    static LibvirtException of(ErrorCode code, String message) {
        return new LibvirtException(code, 0, ErrorDomain.NONE, message);
    }

    /** The same failure with the stack of the thread that waited for it. */
    LibvirtException seenByCaller() {
        return new LibvirtException(code, this);
    }

    /** The same failure, known to be the connection's end. */
    LibvirtException withLostConnection() {
        return new LibvirtException(ErrorCode.CONNECTION_LOST, this);
    }

    /** What went wrong, as far as anybody decides by it. */
    public ErrorCode code() {
        return code;
    }

    /** libvirt's error number (virErrorNumber), 0 if the failure is not libvirt's. */
    public int number() {
        return number;
    }

    /** The part of libvirt that raised the error. */
    public ErrorDomain domain() {
        return domain;
    }

    /** Whether this is the given failure. */
    public boolean is(ErrorCode expected) {
        return code == expected;
    }
}
