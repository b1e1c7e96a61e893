package cloud.welkin.compute.domain;

import java.util.Locale;

/** What a server is, between tasks: Nova's vm_state. */
public enum VmState {
    BUILDING,
    ACTIVE,
    PAUSED,
    SUSPENDED,
    STOPPED,
    ERROR,
    DELETED;

    /** As rows and answers spell it. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static VmState of(String text) {
        return valueOf(text.toUpperCase(Locale.ROOT));
    }
}
