package cloud.welkin.ovsdb;

import java.util.Collection;
import java.util.Map;

/**
 * A change of part of a column: arithmetic on numbers, insertion into and deletion from sets and
 * maps.
 */
public record Mutation(String column, Mutator mutator, Value value) {

    /** What is done to the column. */
    public enum Mutator {
        ADD("+="),
        SUBTRACT("-="),
        MULTIPLY("*="),
        DIVIDE("/="),
        REMAINDER("%="),
        INSERT("insert"),
        DELETE("delete");

        final String word;

        Mutator(String word) {
            this.word = word;
        }
    }

    public static Mutation add(String column, long number) {
        return new Mutation(column, Mutator.ADD, Value.of(number));
    }

    /**
     * Adds elements to a set, or pairs to a map. A pair whose key is there already is left as it
     * was: {@link #removeKeys} first.
     */
    public static Mutation insert(String column, Value value) {
        return new Mutation(column, Mutator.INSERT, value);
    }

    /** Removes elements from a set, or exactly these pairs from a map. */
    public static Mutation delete(String column, Value value) {
        return new Mutation(column, Mutator.DELETE, value);
    }

    /** Adds the pairs of strings that a map does not have yet. */
    public static Mutation insertPairs(String column, Map<String, String> pairs) {
        return insert(column, Value.map(pairs));
    }

    /** Removes pairs from a map of strings, whatever their values. */
    public static Mutation removeKeys(String column, Collection<String> keys) {
        return delete(column, Value.texts(keys));
    }
}
