package cloud.welkin.ovsdb;

import cloud.welkin.ovsdb.Value.Atom;
import cloud.welkin.ovsdb.Value.MapOf;
import cloud.welkin.ovsdb.Value.Real;
import cloud.welkin.ovsdb.Value.Ref;
import cloud.welkin.ovsdb.Value.Text;
import cloud.welkin.ovsdb.Value.Truth;
import cloud.welkin.ovsdb.Value.Whole;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * A row as it was at one moment. Every column that was asked for is there, defaults included;
 * asking for another one is a programming error and throws {@link IllegalArgumentException}, as
 * does reading a column as what it is not.
 */
public record Row(RowId id, Map<String, Value> columns) {

    public Row {
        columns = Map.copyOf(columns);
    }

    public Value value(String column) {
        var value = columns.get(column);
        if (value == null) {
            throw new IllegalArgumentException(
                    "column %s was not asked for (%s)".formatted(column, columns.keySet()));
        }
        return value;
    }

    /** The string; "" when an optional one is not set. */
    public String text(String column) {
        return optionalText(column).orElse("");
    }

    public Optional<String> optionalText(String column) {
        return single(column).map(atom -> textOf(column, atom));
    }

    /** The integer; 0 when an optional one is not set. */
    public long whole(String column) {
        return optionalWhole(column).orElse(0);
    }

    public OptionalLong optionalWhole(String column) {
        var atom = single(column);
        if (atom.isEmpty()) {
            return OptionalLong.empty();
        }
        if (atom.get() instanceof Whole(var number)) {
            return OptionalLong.of(number);
        }
        throw mismatch(column, "an integer");
    }

    public double real(String column) {
        var atom = single(column);
        if (atom.isEmpty()) {
            return 0;
        }
        if (atom.get() instanceof Real(var number)) {
            return number;
        }
        throw mismatch(column, "a real number");
    }

    /** The boolean; false when an optional one is not set. */
    public boolean truth(String column) {
        return optionalTruth(column).orElse(false);
    }

    public Optional<Boolean> optionalTruth(String column) {
        return single(column)
                .map(
                        atom -> {
                            if (atom instanceof Truth(var truth)) {
                                return truth;
                            }
                            throw mismatch(column, "a boolean");
                        });
    }

    public Optional<RowId> ref(String column) {
        return single(column).map(atom -> refOf(column, atom));
    }

    public Set<RowId> refs(String column) {
        var ids = new LinkedHashSet<RowId>();
        value(column).atoms().forEach(atom -> ids.add(refOf(column, atom)));
        return ids;
    }

    public Set<String> texts(String column) {
        var texts = new LinkedHashSet<String>();
        value(column).atoms().forEach(atom -> texts.add(textOf(column, atom)));
        return texts;
    }

    /** A map of strings, such as {@code external_ids}. */
    public Map<String, String> map(String column) {
        if (!(value(column) instanceof MapOf(var pairs))) {
            throw mismatch(column, "a map");
        }
        var texts = new LinkedHashMap<String, String>();
        pairs.forEach((key, value) -> texts.put(textOf(column, key), textOf(column, value)));
        return texts;
    }

    /** One entry of a map of strings. */
    public Optional<String> entry(String column, String key) {
        return Optional.ofNullable(map(column).get(key));
    }

    private Optional<Atom> single(String column) {
        return switch (value(column)) {
            case Atom atom -> Optional.of(atom);
            case Value.SetOf set when set.elements().isEmpty() -> Optional.empty();
            case Value.SetOf set -> throw mismatch(column, "a single value");
            case MapOf map -> throw mismatch(column, "a single value");
        };
    }

    private String textOf(String column, Atom atom) {
        if (atom instanceof Text(var text)) {
            return text;
        }
        throw mismatch(column, "text");
    }

    private RowId refOf(String column, Atom atom) {
        if (atom instanceof Ref(var ref)) {
            return ref;
        }
        throw mismatch(column, "a reference");
    }

    private IllegalArgumentException mismatch(String column, String wanted) {
        return new IllegalArgumentException(
                "column %s is not %s but %s".formatted(column, wanted, value(column)));
    }
}
