package cloud.welkin.identity.store;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jooq.Condition;
import org.jooq.Field;
import org.jooq.impl.DSL;

/**
 * How a list compares an attribute: Keystone's {@code name=x}, {@code name__contains=x}, {@code
 * name__istartswith=x} … What stands in the text stands for itself: {@code %}, {@code _} and {@code
 * \} match nothing but themselves.
 *
 * @param caseless without regard to upper and lower case
 */
public record TextMatch(String attribute, Kind kind, boolean caseless, String text) {
    /** Of fewer letters there is no trigram: the index on parts of names is of no use. */
    private static final int TRIGRAM = 3;

    /** What the attribute must have to do with the text. */
    public enum Kind {
        EQUALS,
        CONTAINS,
        STARTSWITH,
        ENDSWITH
    }

    /** As exactly as {@code attribute=text}. */
    public static TextMatch exactly(String attribute, String text) {
        return new TextMatch(attribute, Kind.EQUALS, false, text);
    }

    /** The conditions of all that are of these columns. */
    static List<Condition> on(List<TextMatch> matches, Map<String, Field<String>> columns) {
        return matches.stream()
                .flatMap(
                        match ->
                                Optional.ofNullable(columns.get(match.attribute())).stream()
                                        .map(match::on))
                .toList();
    }

    private Condition on(Field<String> column) {
        return switch (kind) {
            case EQUALS -> caseless ? lower(column).eq(lower(text)) : column.eq(text);
            case CONTAINS -> like(column, "%" + escaped() + "%");
            case STARTSWITH -> like(column, escaped() + "%");
            case ENDSWITH -> like(column, "%" + escaped());
        };
    }

    /**
     * The indexes are on names in lower case: they narrow, and the case is looked at after. Where
     * they cannot, changing the case of every name would be most of the work.
     */
    private Condition like(Field<String> column, String pattern) {
        if (!caseless && kind != Kind.STARTSWITH && text.length() < TRIGRAM) {
            return column.like(pattern);
        }
        Condition like = lower(column).like(lower(pattern));
        return caseless ? like : like.and(column.like(pattern));
    }

    private static Field<String> lower(Field<String> column) {
        return DSL.lower(column);
    }

    private static Field<String> lower(String text) {
        return DSL.lower(DSL.val(text));
    }

    private String escaped() {
        return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_");
    }

    /** The same for what is not in the database alone. */
    public boolean matches(Optional<String> value) {
        return value.filter(
                        present -> {
                            String left = folded(present);
                            String right = folded(text);
                            return switch (kind) {
                                case EQUALS -> left.equals(right);
                                case CONTAINS -> left.contains(right);
                                case STARTSWITH -> left.startsWith(right);
                                case ENDSWITH -> left.endsWith(right);
                            };
                        })
                .isPresent();
    }

    private String folded(String value) {
        return caseless ? value.toLowerCase(Locale.ROOT) : value;
    }
}
