package cloud.welkin.ovsdb;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * What a column holds: an {@link Atom}, a set of atoms or a map between atoms (RFC 7047, section
 * 5.1).
 *
 * <p>Values are canonical, so that {@code equals} answers whether the database would see a
 * difference: a set of one is that one atom, and the order within sets and maps does not count.
 */
public sealed interface Value {

    /** One scalar. */
    sealed interface Atom extends Value {}

    record Text(String text) implements Atom {}

    record Whole(long number) implements Atom {}

    record Real(double number) implements Atom {}

    record Truth(boolean truth) implements Atom {}

    /** A reference to a row that exists. */
    record Ref(RowId id) implements Atom {}

    /**
     * A reference to a row that the same transaction inserts under this name ({@link
     * Operation.Insert#name}).
     */
    record NamedRef(String name) implements Atom {}

    /** None or several atoms; exactly one is written as the atom itself. */
    record SetOf(Set<Atom> elements) implements Value {
        static final SetOf EMPTY = new SetOf(Set.of());

        public SetOf {
            elements = Collections.unmodifiableSet(new LinkedHashSet<>(elements));
            if (elements.size() == 1) {
                throw new IllegalArgumentException("a set of one is its atom: use Value.set");
            }
        }
    }

    record MapOf(Map<Atom, Atom> pairs) implements Value {
        static final MapOf EMPTY = new MapOf(Map.of());

        public MapOf {
            pairs = Collections.unmodifiableMap(new LinkedHashMap<>(pairs));
        }
    }

    static Atom of(String text) {
        return new Text(text);
    }

    static Atom of(long number) {
        return new Whole(number);
    }

    static Atom of(boolean truth) {
        return new Truth(truth);
    }

    static Atom of(RowId id) {
        return new Ref(id);
    }

    static Atom real(double number) {
        return new Real(number);
    }

    static Atom named(String insertName) {
        return new NamedRef(insertName);
    }

    /** No element: how an optional column is left unset. */
    static Value none() {
        return SetOf.EMPTY;
    }

    static Value set(Collection<? extends Atom> atoms) {
        var distinct = new LinkedHashSet<Atom>(atoms);
        return switch (distinct.size()) {
            case 0 -> SetOf.EMPTY;
            case 1 -> distinct.getFirst();
            default -> new SetOf(distinct);
        };
    }

    static Value set(Atom... atoms) {
        return set(List.of(atoms));
    }

    static Value texts(Collection<String> texts) {
        return set(mapped(texts, Value::of));
    }

    static Value refs(Collection<RowId> ids) {
        return set(mapped(ids, Value::of));
    }

    static Value namedRefs(Collection<String> names) {
        return set(mapped(names, Value::named));
    }

    /**
     * A map of strings, such as every {@code external_ids}, {@code options} and {@code
     * other_config}.
     */
    static Value map(Map<String, String> pairs) {
        var atoms = new LinkedHashMap<Atom, Atom>();
        pairs.forEach((key, value) -> atoms.put(of(key), of(value)));
        return atoms.isEmpty() ? MapOf.EMPTY : new MapOf(atoms);
    }

    /** The atoms of a set, of a single atom (one) or the keys of a map. */
    default List<Atom> atoms() {
        return switch (this) {
            case Atom atom -> List.of(atom);
            case SetOf set -> List.copyOf(set.elements());
            case MapOf map -> List.copyOf(map.pairs().keySet());
        };
    }

    private static <T> List<Atom> mapped(Collection<T> from, Function<T, Atom> function) {
        var atoms = new ArrayList<Atom>(from.size());
        from.forEach(each -> atoms.add(function.apply(each)));
        return atoms;
    }
}
