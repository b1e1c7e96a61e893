package cloud.welkin.ovsdb;

/**
 * One clause of a {@code where}; the clauses of an operation are joined by "and" (RFC 7047, section
 * 5.1).
 */
public record Condition(String column, Test test, Value value) {

    /** How the column is compared. */
    public enum Test {
        EQUAL("=="),
        DIFFERENT("!="),
        LESS("<"),
        AT_MOST("<="),
        GREATER(">"),
        AT_LEAST(">="),
        INCLUDES("includes"),
        EXCLUDES("excludes");

        final String word;

        Test(String word) {
            this.word = word;
        }
    }

    public static Condition is(String column, Value value) {
        return new Condition(column, Test.EQUAL, value);
    }

    public static Condition is(String column, String value) {
        return is(column, Value.of(value));
    }

    public static Condition is(RowId row) {
        return is("_uuid", Value.of(row));
    }

    public static Condition includes(String column, Value value) {
        return new Condition(column, Test.INCLUDES, value);
    }
}
