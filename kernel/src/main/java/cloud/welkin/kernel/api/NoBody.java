package cloud.welkin.kernel.api;

/** What handlers get of requests that have no body. */
public record NoBody() {
    public static final NoBody NONE = new NoBody();
}
