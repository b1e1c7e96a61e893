package cloud.welkin.kernel.api;

/**
 * A query parameter that an operation understands.
 *
 * @param name as in the URL; ending in {@code *} it stands for every name that begins so
 */
public record Param(String name, Kind kind, String doc) {
    /** What values a parameter takes; a wrong one is refused before the operation is reached. */
    public enum Kind {
        TEXT,
        INTEGER,
        BOOLEAN,
        UUID,
        TIME
    }

    public static Param text(String name, String doc) {
        return new Param(name, Kind.TEXT, doc);
    }

    public static Param integer(String name, String doc) {
        return new Param(name, Kind.INTEGER, doc);
    }

    public static Param bool(String name, String doc) {
        return new Param(name, Kind.BOOLEAN, doc);
    }

    public static Param uuid(String name, String doc) {
        return new Param(name, Kind.UUID, doc);
    }

    public static Param time(String name, String doc) {
        return new Param(name, Kind.TIME, doc);
    }
}
