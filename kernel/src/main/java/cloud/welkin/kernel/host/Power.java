package cloud.welkin.kernel.host;

/** The power states that a guest can be wanted in or found in. */
public enum Power {
    RUNNING,
    PAUSED,
    /** Its memory is saved on disk; the guest goes on where it was. */
    SUSPENDED,
    STOPPED
}
