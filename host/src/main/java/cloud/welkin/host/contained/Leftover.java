package cloud.welkin.host.contained;

/** Something with a host's mark on it that nothing accounts for. */
public record Leftover(Kind kind, String name) {

    /** What it is. */
    public enum Kind {
        NAMESPACE,
        /** A port on a bridge whose device is gone. */
        PORT,
        /** A tap in the host's namespace that is on no bridge. */
        DEVICE,
        PROCESS
    }
}
