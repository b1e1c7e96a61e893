package cloud.welkin.object.domain;

/** How many objects there are and how many bytes they have. */
public record Usage(long objects, long bytes) {
    public static final Usage NONE = new Usage(0, 0);
}
