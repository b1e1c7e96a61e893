package cloud.welkin.kernel.work;

/**
 * The thing that a saga works on: {@code server/8c1f…}. Whoever learns a fact about the thing
 * signals its subject.
 *
 * @param kind the field's word, without a slash: {@code server}, {@code volume}
 * @param id the thing's id
 */
public record Subject(String kind, String id) {

    public Subject {
        if (kind.isEmpty() || kind.contains("/") || id.isEmpty()) {
            throw new IllegalArgumentException("A subject is KIND/ID, not " + kind + "/" + id);
        }
    }

    /** A subject by a typed id, whose {@code toString} is the id. */
    public static Subject of(String kind, Object id) {
        return new Subject(kind, id.toString());
    }

    static Subject parse(String text) {
        int slash = text.indexOf('/');
        return new Subject(text.substring(0, slash), text.substring(slash + 1));
    }

    @Override
    public String toString() {
        return kind + "/" + id;
    }
}
